"""Where something was, coarsely: three decimals of a degree, about 100 m. Nobody's sleeping place is stored."""

import uuid
from decimal import Decimal, InvalidOperation
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django import forms
from django.db.models import Avg
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Zone

FAR_KM = 30  # from the middle of the zones of a city
EARTH_KM = 6371
COARSE = Decimal("0.001")


class Position(NamedTuple):
    """A place as it is stored: degrees, rounded."""

    latitude: Decimal
    longitude: Decimal


class DegreeField(forms.DecimalField):
    """Degrees of latitude or longitude; whatever was sent, three decimals of it are known afterwards."""

    def __init__(self, *, most: int, **options: Any) -> None:
        options.setdefault("widget", forms.HiddenInput(attrs={"data-draft-keep": ""}))
        super().__init__(
            min_value=-most, max_value=most, required=False,
            error_messages={
                "invalid": _("This is no position."), "min_value": _("There is no such place on earth."),
                "max_value": _("There is no such place on earth."),
            },
            **options,
        )  # fmt: skip

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stub says a whole number
        """Read and round. Raises ValidationError for what is no number."""
        found = super().to_python(value)
        rounded = None if found is None else _rounded(found)
        return found if rounded is None else rounded


def read_position(form: forms.Form) -> Position | None:
    """What a cleaned form with `latitude` and `longitude` says; half a position is an error at the other half."""
    latitude, longitude = (form.cleaned_data.get(name) for name in ("latitude", "longitude"))
    if latitude is not None and longitude is not None:
        return Position(latitude, longitude)
    for name, value, other in (("latitude", latitude, longitude), ("longitude", longitude, latitude)):
        if value is None and other is not None and name not in form.errors:
            form.add_error(name, _now("A position needs both latitude and longitude."))
    return None


def coarse_text(sent: Any) -> str:
    """A number of degrees as it is kept, of whatever was sent; "?" when it is none, for a place may be read from it."""
    try:
        found = _rounded(Decimal(str(sent).strip().replace(",", ".")))
    except InvalidOperation:
        return "?"
    return "?" if found is None else str(found)


def coarse(degrees: float) -> Decimal:
    """Degrees as they are stored."""
    return Decimal(degrees).quantize(COARSE)


def put_at(record: Any, position: Position | None) -> None:
    """Set, without saving, where a `Positioned` record of a partner is, or that nobody knows."""
    record.latitude, record.longitude = position or (None, None)
    record.is_far = is_far_from_city(position, record.partner_id)


def is_far_from_city(position: Position | None, partner_id: uuid.UUID) -> bool:
    """Whether a position is more than FAR_KM from the middle of the city's zones; no city known, nothing is far."""
    if position is None:
        return False
    places = Zone.objects.filter(partner=partner_id, is_active=True, latitude__isnull=False, longitude__isnull=False)
    middle = places.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
    if middle["latitude"] is None:
        return False
    here = (float(position.latitude), float(position.longitude))
    return kilometres(here, (middle["latitude"], middle["longitude"])) > FAR_KM


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance over ground between two places given in degrees."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def _rounded(degrees: Decimal) -> Decimal | None:
    """Three decimals of it; None when it has none, being infinite or so large that it is refused anyhow."""
    try:
        return degrees.quantize(COARSE)
    except InvalidOperation:
        return None
