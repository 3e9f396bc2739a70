"""What the page of a service shows to a reader of staff."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory_codes import Trait
from lgnet.catalogue.directory_hours import OtherDays, Week, other_days_of, span_text, weeks_of
from lgnet.catalogue.directory_selectors import areas_of, history_of, keeps_directory_of, knows_where, open_state
from lgnet.catalogue.directory_tables import codes_in_words, open_words, state_of
from lgnet.catalogue.models import Offer, OfferPlace
from lgnet.catalogue.opening import ROME, OpenState, state_at
from lgnet.core.dates import day_words
from lgnet.core.maps import NARROW, WIDE, Place, Sheet, draw_map
from lgnet.network.models import User

_HEIGHT = 260  # of the map of a few places
_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class PlaceShown:
    """A place as its page shows it. `where` is empty for who may not know where a secret place is."""

    place: OfferPlace
    title: str
    where: list[tuple[Any, Any]]
    is_withheld: bool
    now: str
    is_open: bool
    weeks: list[dict[str, Any]]
    other_days: list[dict[str, Any]]


def offer_page(user: User, offer: Offer, moment: datetime) -> dict[str, Any]:
    """Everything on the page of a service."""
    state = open_state(offer, moment)
    words, kind = state_of(offer)
    return {
        "offer": offer, "areas": areas_of(offer), "may_keep": keeps_directory_of(user, offer.partner_id),
        "now": open_words(state), "is_open": bool(state and state.is_open), "state": words, "state_kind": kind,
        "facts": _facts(offer), "places": [_shown(user, place, moment) for place in offer.places.all()],
        "maps": _maps(offer), "history": [_told(row) for row in history_of(user, offer)],
        "described_in": _languages(offer), "sheets": settings.PUBLIC_LANGUAGES,
    }  # fmt: skip


def _facts(offer: Offer) -> list[tuple[Any, Any]]:
    who = ", ".join(part for part in (codes_in_words(offer, Trait.AUDIENCE), offer.eligibility) if part)
    return [
        (_("Kind of service"), ", ".join(kind.name for kind in offer.types.all())),
        (_("For whom"), who),
        (_("How to come in"), codes_in_words(offer, Trait.ACCESS)),
        (_("Documents to bring"), offer.documents),
        (_("Cost"), _("free") if offer.is_free else offer.cost or pgettext("a cost", "not said")),
        (_("Languages spoken there"), codes_in_words(offer, Trait.LANGUAGE)),
        (_("Accessibility"), codes_in_words(offer, Trait.ACCESSIBILITY)),
    ]


def _shown(user: User, place: OfferPlace, moment: datetime) -> PlaceShown:
    today = moment.astimezone(ROME).date()
    knows = knows_where(user, place)
    where = []
    if knows:
        where = [
            (_("Address"), place.full_address), (_("Zone"), place.zone.name if place.zone else ""),
            (_("How to get there"), place.directions),
        ]  # fmt: skip
    state = open_state_of(place, moment)
    title = (place.name or (place.site.name if place.site else "")) if knows else place.title
    return PlaceShown(
        place, title, where, place.is_secret and not knows, open_words(state), bool(state and state.is_open),
        [_week(week) for week in weeks_of(place, today)], [_other(one) for one in other_days_of(place, today)],
    )  # fmt: skip


def open_state_of(place: OfferPlace, moment: datetime) -> OpenState | None:
    """Whether one place is open; None where no hours are known."""
    return state_at(place.timetable, moment) if place.timetable.is_known else None


def _week(week: Week) -> dict[str, Any]:
    days = [
        {
            "name": day_words(_MONDAY + timedelta(days=day), "EEEE"),
            "spans": [span_text(one) for one in spans],
        }
        for day, spans in week.days
    ]
    return {"days": days, "first_day": week.first_day, "last_day": week.last_day}


def _other(one: OtherDays) -> dict[str, Any]:
    return {
        "first_day": one.first_day, "last_day": one.last_day, "spans": [span_text(span) for span in one.spans],
        "note": one.note or ("" if one.exception else _("public holiday")), "exception": one.exception,
    }  # fmt: skip


def _maps(offer: Offer) -> dict[str, Any]:
    """Its places on a map, those that may be told; at the middle of their zone where no position is known."""
    found = []
    for place in offer.places.all():
        spot: Any = place if place.latitude is not None else place.zone
        if spot and spot.latitude is not None and not place.is_secret:
            name = place.title or place.address or offer.name
            found.append(Place(name, spot.latitude, spot.longitude, 1, "", is_covered=True))
    if not found:
        return {}
    return {
        "wide": draw_map(found, Sheet(WIDE.width, _HEIGHT, WIDE.letters)),
        "narrow": draw_map(found, Sheet(NARROW.width, _HEIGHT, NARROW.letters)),
    }


def _languages(offer: Offer) -> list[str]:
    known = {text.language for text in offer.texts.all() if text.name}
    return [name for code, name in settings.PUBLIC_LANGUAGES if code in known or code == "it"]


def _told(row: AuditEntry) -> dict[str, Any]:
    """A change in words: who, when, and what is different."""
    if row.action == AuditEntry.Action.CREATE:
        title = _("Put into the directory")
    else:
        title = _("Confirmed: still right") if row.detail.get("confirmed") else _("Changed")
    changed = row.detail.get("changes") or {}
    lines = [] if row.detail.get("confirmed") else [
        f"{_field(name)}: {before or '—'} → {after or '—'}" for name, (before, after) in changed.items()
    ]  # fmt: skip
    return {
        "at": row.created_at,
        "title": title,
        "text": "; ".join(lines)[:600],
        "by": row.actor_name,
        "icon": "it-pencil",
    }


def _field(name: str) -> str:
    """What a field is called on the screen; days of a season as they are written here."""
    first, slash, last = name.partition("/")
    if slash:
        days = [datetime.fromisoformat(day) for day in (first, last)]
        return "–".join(date_format(day, "SHORT_DATE_FORMAT") for day in days)
    return str(_labels().get(name, name))


def _labels() -> dict[str, Any]:
    return {
        "name": _("Name"), "description": _("What it is"), "team": _("Team that offers it"),
        "types": _("Kind of service"),
        "provider": _("Other body that offers it"), "eligibility": _("Who can come, in words"), "cost": _("Cost"),
        "documents": _("Documents to bring"), "is_free": _("It is free"), "phone": _("Telephone"), "email": _("E-mail"),
        "web": _("Web page"), "is_protected": _("Protected place"), "is_published": _("Published for everybody"),
        "audience": _("For whom"), "language": _("Languages spoken there"), "access": _("How to come in"),
        "accessibility": _("Accessibility"), "hours": _("Weekly hours"), "place": _("Place"), "site": _("Site"),
        "address": _("Address"), "directions": _("How to get there"), "zone": _("Zone"), "exception": _("Exception"),
        "opens_on_holidays": _("Open on public holidays too"), "status": _("State"), "status_reason": _("Why"),
        "suspended_until": _("Last day without it"), "latitude": _("Latitude"), "longitude": _("Longitude"),
    }  # fmt: skip
