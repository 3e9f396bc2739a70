"""Outlines of zones from a file in GeoJSON, checked feature by feature before anything is kept."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.catalogue.zones import require_zones
from lgnet.core.errors import DomainError
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User

ZONE = "catalogue.zone"
NAMES = ("name", "nome", "zone", "zona", "quartiere", "denominazione")  # of the property that says which zone it is
MOST_CORNERS = 20_000  # of a file; a city's neighbourhoods have a few thousand
MOST_BYTES = 3 * 1024 * 1024
DECIMALS = 5  # of a degree: a metre
FARTHEST = 0.7  # degrees of an outline from the rough middle of its zone, if that is known
SHOWN = 8  # reasons told at once

Ring = list[list[float]]


@dataclass(frozen=True)
class Outline:
    """The outer borders of a zone: each a list of corners, longitude and latitude."""

    zone: Zone
    rings: list[Ring]

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of its rough middle."""
        longitudes, latitudes = zip(*(corner for ring in self.rings for corner in ring), strict=True)
        return round((min(latitudes) + max(latitudes)) / 2, 4), round((min(longitudes) + max(longitudes)) / 2, 4)


def read_outlines(content: bytes, zones: Iterable[Zone]) -> list[Outline]:
    """The outlines in a GeoJSON file, for these zones. Raises DomainError that names each feature that is wrong."""
    by_name = {_plain(zone.name): zone for zone in zones}
    found: dict[Any, Outline] = {}
    wrong: list[str] = []
    for number, feature in enumerate(_features(content), start=1):
        name = _name_of(feature)
        try:
            outline = _outline(feature, name, by_name)
            if outline.zone.pk in found:
                raise DomainError(_("the zone is in the file twice"))
            found[outline.zone.pk] = outline
        except DomainError as error:
            named = {"number": number, "name": name or "?", "why": error}
            wrong.append(_("Feature %(number)s (%(name)s): %(why)s.") % named)
    if wrong:
        rest = len(wrong) - SHOWN
        more = [_("And %(n)s more.") % {"n": rest}] if rest > 0 else []
        raise DomainError(" ".join([*wrong[:SHOWN], *more]), field="file")
    if sum(len(ring) for outline in found.values() for ring in outline.rings) > MOST_CORNERS:
        raise DomainError(_("The outlines have too many corners: simplify them first."), field="file")
    return list(found.values())


@transaction.atomic
def keep_outlines(*, by: User, partner: Partner, outlines: Sequence[Outline]) -> int:
    """Keep the outlines of zones of a city, instead of those they had; a zone without a middle gets one. How many.

    Raises PermissionDenied for who does not make the zones of the city.
    """
    require_zones(by, partner.pk)
    zones = Zone.objects.select_for_update().filter(partner=partner).in_bulk([one.zone.pk for one in outlines])
    for outline in outlines:
        zone = zones[outline.zone.pk]
        zone.outline = outline.rings
        if zone.latitude is None or zone.longitude is None:
            zone.latitude, zone.longitude = outline.middle
        zone.save(update_fields=["outline", "latitude", "longitude"])
        corners = sum(map(len, outline.rings))
        _log(by, zone, {"outline": corners})
    return len(zones)


@transaction.atomic
def remove_outlines(*, by: User, partner: Partner) -> int:
    """Take the outlines of all zones of a city away. How many there were. Raises PermissionDenied."""
    require_zones(by, partner.pk)
    zones = [zone for zone in Zone.objects.select_for_update().filter(partner=partner) if zone.outline]
    for zone in zones:
        zone.outline = []
        zone.save(update_fields=["outline"])
        _log(by, zone, {"outline": 0})
    return len(zones)


def _log(by: User, zone: Zone, detail: dict[str, Any]) -> None:
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type=ZONE, object_id=zone.pk, partner_id=zone.partner_id,
        detail={"what": zone.name} | detail,
    )  # fmt: skip


def _features(content: bytes) -> list[Any]:
    if len(content) > MOST_BYTES:
        raise DomainError(_("The file is larger than 3 MB: simplify the outlines first."), field="file")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DomainError(_("This is no GeoJSON: the file cannot be read."), field="file") from None
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        raise DomainError(_("This is no GeoJSON with a collection of features."), field="file")
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise DomainError(_("There is no feature in the file."), field="file")
    return features


def _name_of(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    lower = {str(key).casefold(): value for key, value in properties.items()}
    name = next((str(lower[key]).strip()[:100] for key in NAMES if lower.get(key)), "")
    return name.encode("utf-8", "replace").decode()  # JSON knows halves of characters, which no page can show


def _outline(feature: Any, name: str, by_name: dict[str, Zone]) -> Outline:
    zone = by_name.get(_plain(name))
    if not name:
        raise DomainError(_('it does not say in a property "name" which zone it is'))
    if zone is None:
        raise DomainError(_("no zone of the city has this name"))
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        parts = [parts]
    elif kind != "MultiPolygon":
        raise DomainError(_("it is no area (Polygon or MultiPolygon)"))
    if not isinstance(parts, list) or not all(isinstance(part, list) and part for part in parts) or not parts:
        raise DomainError(_("it has no corners"))
    outline = Outline(zone, [_ring(part[0]) for part in parts])
    _check_where(outline)
    return outline


def _ring(corners: Any) -> Ring:
    ring = list(_corners(corners))
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise DomainError(_("its border is not closed, or has fewer than three corners"))
    return ring


def _corners(corners: Any) -> Iterator[list[float]]:
    if not isinstance(corners, list):
        raise DomainError(_("it has no corners"))
    for corner in corners:
        if not isinstance(corner, list) or len(corner) < 2 or not all(_is_number(value) for value in corner[:2]):
            raise DomainError(_("a corner is no pair of numbers"))
        longitude, latitude = corner[:2]
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise DomainError(_("its coordinates are not in degrees of longitude and latitude (WGS 84)"))
        yield [round(longitude, DECIMALS), round(latitude, DECIMALS)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_where(outline: Outline) -> None:
    zone, (latitude, longitude) = outline.zone, outline.middle
    if zone.latitude is None or zone.longitude is None:
        return
    if abs(latitude - zone.latitude) > FARTHEST or abs(longitude - zone.longitude) > FARTHEST:
        raise DomainError(_("it lies far from this zone: longitude comes first, then latitude"))


def _plain(name: str) -> str:
    return one_line(name).casefold()
