"""The services of a city in the reader's words: cards in a list, and the page or sheet of one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lgnet.catalogue.directory_codes import Trait
from lgnet.catalogue.directory_hours import OtherDays, Week, other_days_of, span_text, weeks_of
from lgnet.catalogue.directory_public import is_hidden
from lgnet.catalogue.directory_selectors import areas_of, open_state
from lgnet.catalogue.models import Offer, OfferPlace
from lgnet.core.help_places import HelpPlace
from lgnet.core.languages import language_name, reader_language
from lgnet.public.service_words import ACCESS, ACCESSIBILITY, AUDIENCES, SERVICE_TOPICS
from lgnet.public.wording import day_of_date

FEW = 6  # services on the page of a city; the others are on a page of their own
_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Choice:
    """What somebody looks for: each empty if it does not matter."""

    topic: str = ""
    audience: str = ""
    language: str = ""
    now: bool = False

    def keeps(self, place: HelpPlace, moment: datetime) -> bool:
        """Whether a service is among what is looked for; one for everybody is for each."""
        return (
            (not self.topic or self.topic in place.topics)
            and (not self.audience or not {self.audience, "everybody"}.isdisjoint(place.audiences))
            and (not self.language or self.language in place.languages)
            and (not self.now or bool(place.open_at(moment)))
        )


@dataclass(frozen=True)
class Card:
    """A service in a list."""

    place: HelpPlace
    name: str
    name_language: str
    topics: list[Promise]
    audiences: list[Promise]
    is_open: bool | None
    when: str


def card_of(place: HelpPlace, moment: datetime) -> Card:
    """A service as a card in the reader's language; its name in Italian where it has no other."""
    language, is_open = reader_language(), place.open_at(moment)
    still = place.changes_at if place.changes_at and place.changes_at > moment else None
    return Card(
        place, place.names.get(language, place.name), language if language in place.names else "it",
        [SERVICE_TOPICS[code] for code in place.topics if code in SERVICE_TOPICS],
        [AUDIENCES[code] for code in place.audiences if code in AUDIENCES],
        is_open, change_words(bool(is_open), still, moment),
    )  # fmt: skip


def change_words(is_open: bool, changes_at: datetime | None, now: datetime) -> str:
    """Until when it is open, or when it opens; empty where nobody knows."""
    if changes_at is None:
        return ""
    local = timezone.localtime(changes_at)
    days = (local.date() - timezone.localdate(now)).days
    time = f"{local:%H:%M}"
    if days > (1 if is_open and local.hour < 12 else 0):
        day = _("Tomorrow") if days == 1 else day_of_date(local.date())
        time = f"{day}, {time}"
    return (_("until %(time)s") if is_open else _("opens: %(time)s")) % {"time": time}


def topics_of(places: list[HelpPlace]) -> list[tuple[str, Promise, int]]:
    """The topics of which there is a service, in the order of their list: code, words, how many."""
    count = {code: sum(code in place.topics for place in places) for code in SERVICE_TOPICS}
    return [(code, words, count[code]) for code, words in SERVICE_TOPICS.items() if count[code]]


def audiences_of(places: list[HelpPlace]) -> list[tuple[str, Promise]]:
    """For whom there is a service of its own."""
    found = {code for place in places for code in place.audiences}
    return [(code, words) for code, words in AUDIENCES.items() if code in found and code != "everybody"]


def languages_of(places: list[HelpPlace]) -> list[tuple[str, str]]:
    """The languages spoken somewhere, by their name in the reader's."""
    found = {code for place in places for code in place.languages}
    return sorted(((code, language_name(code)) for code in found), key=lambda pair: pair[1])


def service_page(offer: Offer, moment: datetime) -> dict[str, Any]:
    """What the page of one service tells anybody, in the reader's language."""
    language, state = reader_language(), open_state(offer, moment)
    name, about = offer.text_in(language)
    suspended = offer.is_suspended_on(timezone.localdate(moment)) or offer.status == Offer.Status.ENDED
    until = offer.suspended_until if suspended else None
    return {
        "offer": offer, "name": name, "name_language": "it" if name == offer.name else language,
        "about": about, "about_language": "it" if about == offer.description else language,
        "is_open": state.is_open if state and not suspended else None,
        "when": change_words(state.is_open, state.changes_at, moment) if state and not suspended else "",
        "is_suspended": suspended, "back_on": day_of_date(until + timedelta(days=1)) if until else "",
        "topics": [(area, SERVICE_TOPICS[area]) for area in areas_of(offer) if area in SERVICE_TOPICS],
        "audiences": _words(offer, Trait.AUDIENCE, AUDIENCES), "access": _words(offer, Trait.ACCESS, ACCESS),
        "accessibility": _words(offer, Trait.ACCESSIBILITY, ACCESSIBILITY),
        "languages": [language_name(code) for code in offer.codes(Trait.LANGUAGE)],
        "places": [_shown(place, moment) for place in offer.places.all()], "is_hidden": is_hidden(offer),
        "checked_on": day_of_date(offer.checked_on), "is_stale": offer.is_stale,
    }  # fmt: skip


def _shown(place: OfferPlace, moment: datetime) -> dict[str, Any]:
    """A place with its hours: also of a secret one, of which nothing else is told."""
    today, may_tell = timezone.localdate(moment), not place.is_secret
    return {
        "title": place.title, "address": place.told_address,
        "area": place.zone.name if may_tell and place.zone else "", "directions": place.directions if may_tell else "",
        "weeks": [_week(week) for week in weeks_of(place, today)],
        "other_days": [_other(one) for one in other_days_of(place, today)],
        "opens_on_holidays": place.opens_on_holidays,
    }  # fmt: skip


def _week(week: Week) -> dict[str, Any]:
    locale = get_language() or "it"
    days = [
        {
            "name": format_date(_MONDAY + timedelta(days=day), "EEEE", locale=locale),
            "spans": [span_text(one) for one in spans],
        }
        for day, spans in week.days
    ]
    season = (day_of_date(week.first_day), day_of_date(week.last_day)) if week.first_day and week.last_day else None
    return {"days": days, "season": season}


def _other(one: OtherDays) -> dict[str, Any]:
    days = day_of_date(one.first_day)
    if one.last_day != one.first_day:
        days = f"{days} – {day_of_date(one.last_day)}"
    return {"days": days, "spans": [span_text(span) for span in one.spans], "note": one.note}


def _words(offer: Offer, kind: Trait, words: dict[str, Promise]) -> list[Promise]:
    return [words[code] for code in offer.codes(kind) if code in words]
