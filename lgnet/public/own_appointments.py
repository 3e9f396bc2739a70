"""The appointments of a person as the own page tells them: when, where, what to bring. No operator, no note."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from lgnet.cases.selectors import place_of
from lgnet.core.help_places import Opening
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.desks.appointment_own import bookable_kinds, documents_to_bring, free_for_person, upcoming_of
from lgnet.desks.appointment_slots import Slot
from lgnet.desks.appointment_words import appointment_words
from lgnet.people.models import OwnCard, Person
from lgnet.public.kiosk_words import TOPICS
from lgnet.public.wording import Moment, day_of, day_of_date, moment_of

Way = AppointmentKind.Way


@dataclass(frozen=True)
class Told:
    """One appointment in words. Of a discreet page `topic`, `name`, `team` and `place` are empty."""

    pk: uuid.UUID
    moment: Moment
    how: str
    topic: str = ""
    name: str = ""
    team: str = ""
    place: str = ""
    address: str = ""
    bring: list[str] = field(default_factory=list)
    mediator: str = ""
    may_answer: bool = False
    is_confirmed: bool = False
    may_keep: bool = False  # in the calendar of the telephone, which others may read
    offered_until: str = ""


@dataclass(frozen=True)
class ToBook:
    """A kind of appointment that the person can book, by what it is about."""

    pk: uuid.UUID
    topic: str
    name: str
    team: str
    picture: str


@dataclass(frozen=True)
class FreeDay:
    """A day with free times: (what a form sends back, what is read)."""

    key: str
    words: str
    times: list[tuple[str, str]]


def told_appointments(card: OwnCard) -> list[Told]:
    """Appointments to come, and offers that can still be taken, in order."""
    return [_told(one, discreet=card.is_discreet) for one in upcoming_of(card.person)]


def own_appointment(person: Person, pk: uuid.UUID) -> Appointment:
    """One of the person's own appointments to come. Raises Http404 for any other."""
    found = next((one for one in upcoming_of(person) if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


def told_appointment(card: OwnCard, appointment: Appointment) -> Told:
    """One appointment in words."""
    return _told(appointment, discreet=card.is_discreet)


def kinds_to_book(card: OwnCard) -> list[ToBook]:
    """What the person can book. On a discreet page nothing: what one can book says what one needs."""
    kinds = [] if card.is_discreet else bookable_kinds(card.person)
    return [ToBook(kind.pk, _topic(kind), kind.name, kind.team.name, kind.area) for kind in kinds]


def kind_to_book(card: OwnCard, pk: uuid.UUID) -> AppointmentKind:
    """A kind that the person can book. Raises Http404 for any other."""
    kinds = [] if card.is_discreet else bookable_kinds(card.person)
    found = next((kind for kind in kinds if kind.pk == pk), None)
    if found is None:
        raise Http404
    return found


def free_days(person: Person, kind: AppointmentKind) -> list[FreeDay]:
    """The days of the next four weeks with a free time."""
    by_day: dict[date, list[Slot]] = {}
    for slot in free_for_person(person, kind, timezone.localdate()):
        by_day.setdefault(slot.day, []).append(slot)
    return [FreeDay(day.isoformat(), day_of_date(day), list(_times(slots))) for day, slots in sorted(by_day.items())]


def _times(slots: Iterable[Slot]) -> Iterable[tuple[str, str]]:
    for slot in slots:
        yield slot.starts_at.isoformat(), f"{timezone.localtime(slot.starts_at):%H:%M}"


def _told(appointment: Appointment, *, discreet: bool) -> Told:
    words, kind, now = appointment_words(get_language() or "it"), appointment.kind, timezone.now()
    place = place_of(appointment.team) if kind.way == Way.IN_PERSON else {}
    open_words = {} if discreet else {
        "topic": _topic(kind), "name": kind.name, "team": appointment.team.name, "place": place.get("place", ""),
    }  # fmt: skip
    until = timezone.localtime(appointment.offer_ends_at) if appointment.offer_ends_at else None
    return Told(
        pk=appointment.pk, moment=moment_of(Opening(appointment.starts_at, appointment.ends_at), now),
        how="" if place else words[kind.way], address=place.get("address", ""), bring=documents_to_bring(appointment),
        mediator=words["mediator"] if appointment.mediator_id and not discreet else "",
        may_answer=appointment.is_expected and appointment.starts_at > now,
        may_keep=appointment.is_expected and not discreet,
        is_confirmed=appointment.status == Appointment.Status.CONFIRMED,
        offered_until=f"{day_of(until)}, {until:%H:%M}" if until and appointment.is_open_offer() else "", **open_words,
    )  # fmt: skip


def _topic(kind: AppointmentKind) -> str:
    return str(TOPICS.get(kind.area, ""))
