"""Changes of where and when a service is: places, hours, seasons, exceptions. Logged under the service, atomic."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory import OfferDetails, create_offer, lock_offer, log_offer
from lgnet.catalogue.hours_text import write_hours
from lgnet.catalogue.models import Offer, OfferException, OfferHours, OfferPlace, Site, Zone
from lgnet.catalogue.opening import Span, WeekSpan, first_overlap
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User

_FIELDS = ("site", "name", "address", "directions", "zone", "latitude", "longitude", "opens_on_holidays")
_SECRET = frozenset({"site", "name", "address", "directions", "zone", "latitude", "longitude"})
_DECIMALS = 3  # about 100 metres
_LONGEST_SEASON = 3 * 366  # days


@dataclass(frozen=True)
class PlaceDetails:
    """Where a service is and its usual hours; seasons and exceptions are kept apart."""

    site: Site | None = None
    name: str = ""
    address: str = ""
    directions: str = ""
    zone: Zone | None = None
    latitude: float | None = None
    longitude: float | None = None
    opens_on_holidays: bool = False
    hours: Sequence[WeekSpan] = ()


@transaction.atomic
def create_offer_at(
    *, by: User, partner: Partner, details: OfferDetails, place: PlaceDetails | None, record_id: uuid.UUID | None = None
) -> Offer:
    """Put a service into the directory with its first place, both or neither; a form sent twice makes one.

    Raises as `directory.create_offer` and `add_place`.
    """
    offer = create_offer(by=by, partner=partner, details=details, record_id=record_id)
    if place and not offer.places.exists():
        add_place(by=by, offer=offer, details=place)
    return offer


@transaction.atomic
def add_place(*, by: User, offer: Offer, details: PlaceDetails, record_id: uuid.UUID | None = None) -> OfferPlace:
    """Say where and when a service is, once more if it is at several places; a form sent twice says it once.

    Raises PermissionDenied for who does not keep the directory there, DomainError for a site or zone of another city,
    half a position, or hours that overlap.
    """
    offer = lock_offer(by, offer)

    def write() -> OfferPlace:
        place = OfferPlace(pk=record_id or uuid7(), offer=offer)
        _put(place, details)
        place.save(force_insert=True)
        _put_hours(place, details.hours, None, None)
        _log(by, place, {"place": ["", _words(place)], "hours": ["", write_hours(details.hours)]})
        return place

    return write_once(OfferPlace, record_id, is_mine=lambda found: found.offer_id == offer.pk, write=write)


@transaction.atomic
def change_place(*, by: User, place: OfferPlace, details: PlaceDetails) -> OfferPlace:
    """Change a place and its usual hours. Raises as `add_place`."""
    place = _locked(by, place)
    before = {name: getattr(place, name) for name in _FIELDS} | {"hours": _usual(place)}
    _put(place, details)
    place.save()
    _put_hours(place, details.hours, None, None)
    after = {name: getattr(place, name) for name in _FIELDS} | {"hours": write_hours(details.hours)}
    if changed := audit.changes(before, after):
        _log(by, place, changed)
    return place


@transaction.atomic
def remove_place(*, by: User, place: OfferPlace) -> None:
    """Take a place away with its hours. Raises PermissionDenied."""
    place = _locked(by, place)
    words, hours = _words(place), _usual(place)
    place.delete()
    _log(by, place, {"place": [words, ""], "hours": [hours, ""]})


@transaction.atomic
def set_season(
    *, by: User, place: OfferPlace, first_day: date, last_day: date, hours: Sequence[WeekSpan]
) -> OfferPlace:
    """Give a place other weekly hours between two days, both included; they take the place of the usual ones.

    Raises PermissionDenied, and DomainError for days that are not in order, a season within another or longer than
    three years, no hours (that is an exception), or hours that overlap.
    """
    place = _locked(by, place)
    _check_days(first_day, last_day)
    if not hours:
        raise DomainError(_("Write the hours. If it is closed in these days, add an exception."), field="hours")
    others = place.hours.filter(first_day__lte=last_day, last_day__gte=first_day)
    if others.exclude(first_day=first_day, last_day=last_day).exists():
        raise DomainError(_("Another season has some of these days."), field="first_day")
    before = write_hours(one.as_span() for one in place.hours.filter(first_day=first_day, last_day=last_day))
    _put_hours(place, hours, first_day, last_day)
    _log(by, place, {f"{first_day}/{last_day}": [before, write_hours(hours)]})
    return place


@transaction.atomic
def remove_season(*, by: User, place: OfferPlace, first_day: date) -> None:
    """Take away the hours of a season. Raises PermissionDenied, and DomainError where there is none."""
    place = _locked(by, place)
    rows = place.hours.filter(first_day=first_day)
    row = rows.first()
    if row is None:
        raise DomainError(_("There is no such season."))
    before = write_hours(one.as_span() for one in rows)
    rows.delete()
    _log(by, place, {f"{first_day}/{row.last_day}": [before, ""]})


@transaction.atomic
def add_exception(
    *, by: User, place: OfferPlace, first_day: date, last_day: date, spans: Sequence[Span] = (), note: str = "",
    record_id: uuid.UUID | None = None,
) -> OfferException:  # fmt: skip
    """Say that a place is closed on some days, or open at other hours; a form sent twice says it once.

    Raises PermissionDenied, and DomainError for days that have passed or are not in order, that are in another
    exception, or for spans that overlap.
    """
    place = _locked(by, place)

    def write() -> OfferException:
        _check_days(first_day, last_day)
        if last_day < timezone.localdate():
            raise DomainError(_("These days have passed."), field="last_day")
        if place.exceptions.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
            raise DomainError(_("Another exception has some of these days. Remove that one first."), field="first_day")
        _check_spans([(0, span) for span in spans])
        row = OfferException.objects.create(
            pk=record_id or uuid7(), place=place, first_day=first_day, last_day=last_day, note=one_line(note),
            spans=[[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in spans],
        )  # fmt: skip
        _log(by, place, {"exception": ["", _exception_words(row)]})
        return row

    return write_once(OfferException, record_id, is_mine=lambda found: found.place_id == place.pk, write=write)


@transaction.atomic
def remove_exception(*, by: User, exception: OfferException) -> None:
    """Take an exception away: the usual hours hold. Raises PermissionDenied."""
    place = _locked(by, exception.place)
    words = _exception_words(exception)
    OfferException.objects.filter(pk=exception.pk).delete()
    _log(by, place, {"exception": [words, ""]})


def postal_code(address: str) -> str:
    """The five figures of an Italian postal code in an address, or nothing."""
    found = re.search(r"(?<!\d)\d{5}(?!\d)", address)
    return found[0] if found else ""


def _locked(by: User, place: OfferPlace) -> OfferPlace:
    lock_offer(by, place.offer)
    return OfferPlace.objects.select_related("offer__partner", "site", "zone").get(pk=place.pk)


def _put(place: OfferPlace, details: PlaceDetails) -> None:
    partner_id = place.offer.partner_id
    if details.site and details.site.partner_id != partner_id:
        raise DomainError(_("This site is of another city."), field="site")
    if details.zone and details.zone.partner_id != partner_id:
        raise DomainError(_("This zone is of another city."), field="zone")
    if (details.latitude is None) != (details.longitude is None):
        raise DomainError(_("Write both latitude and longitude, or neither."), field="latitude")
    place.site, place.zone, place.opens_on_holidays = details.site, details.zone, details.opens_on_holidays
    place.name, place.address = one_line(details.name), one_line(details.address)
    place.directions = one_line(details.directions)
    place.latitude, place.longitude = _rough(details.latitude), _rough(details.longitude)


def _put_hours(place: OfferPlace, hours: Sequence[WeekSpan], first_day: date | None, last_day: date | None) -> None:
    """Replace the hours of a season, or the usual ones."""
    _check_spans([(one.weekday, (one.opens, one.closes)) for one in hours])
    place.hours.filter(first_day=first_day, last_day=last_day).delete()
    OfferHours.objects.bulk_create(
        [
            OfferHours(
                place=place,
                weekday=one.weekday,
                opens=one.opens,
                closes=one.closes,
                first_day=first_day,
                last_day=last_day,
            )
            for one in hours
        ]
    )


def _check_spans(spans: Sequence[tuple[int, Span]]) -> None:
    if first_overlap(spans):
        raise DomainError(_("Two times overlap."), field="hours")


def _check_days(first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise DomainError(_("The last day is before the first."), field="last_day")
    if (last_day - first_day).days > _LONGEST_SEASON:
        raise DomainError(_("This is longer than three years. Check the year."), field="last_day")


def _usual(place: OfferPlace) -> str:
    return write_hours(one.as_span() for one in place.hours.all() if one.first_day is None)


def _words(place: OfferPlace) -> str:
    """The place for the log, which more people read than may know where a secret one is."""
    return place.title or _("a protected place") if place.is_secret else place.title or place.address


def _exception_words(row: OfferException) -> str:
    hours = ", ".join(f"{opens}-{closes}" for opens, closes in row.spans) or pgettext("a place", "closed")
    return f"{row.first_day}/{row.last_day} {hours}"


def _rough(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, _DECIMALS)


def _log(by: User, place: OfferPlace, changed: dict[str, Any]) -> None:
    if place.is_secret:
        changed = {name: ["", ""] if name in _SECRET else pair for name, pair in changed.items()}
    log_offer(AuditEntry.Action.UPDATE, by, place.offer, {"changes": changed})
