"""Appointments for the person's own page: what she or he sees, answers and books. There is no user: `by` is None.

Whoever calls this has made sure of who the person is. Every write is audited as the person's own. What is refused is
told in the language now in use, one of the eight of the public pages.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from lgnet.core.errors import DomainError
from lgnet.desks.appointment_booking import book, end, lock_appointment
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.desks.appointment_outcomes import accept, confirm
from lgnet.desks.appointment_slots import Slot, free_slots
from lgnet.desks.appointment_waiting import pass_on
from lgnet.desks.appointment_words import appointment_words, documents_in
from lgnet.people.models import Person
from lgnet.people.services import lock

DAYS = 28  # free times are shown for four weeks
MOST = 3  # appointments to come that a person books alone: nobody fills the calendar of a desk


def upcoming_of(person: Person) -> list[Appointment]:
    """Appointments to come, and offers that can still be taken (`is_open_offer`), in order. One query."""
    rows = Appointment.objects.filter(person=person, ends_at__gt=timezone.now(), status__in=Appointment.HOLDING)
    rows = rows.select_related("kind", "team__site", "partner", "operator", "mediator", "room").order_by("starts_at")
    return [one for one in rows if one.status != Appointment.Status.OFFERED or one.is_open_offer()]


def documents_to_bring(appointment: Appointment) -> list[str]:
    """What to bring, in the language now in use."""
    kind = appointment.kind
    return documents_in(get_language() or "it", kind.documents, kind.documents_note)


@transaction.atomic
def answer(*, person: Person, appointment: Appointment, coming: bool) -> Appointment:
    """The person comes, or cannot come: then it is cancelled, and the time offered to who waits.

    Raises DomainError for one that is not the person's, or is not to come any more.
    """
    appointment = _own(person, appointment)
    with _told("gone"):
        return confirm(None, appointment) if coming else end(None, appointment, Appointment.Reason.PERSON)


@transaction.atomic
def accept_offer(*, person: Person, offer: Appointment) -> Appointment:
    """The person takes a time offered from the waiting list. Raises DomainError when the offer has ended."""
    offer = _own(person, offer)
    with _told("taken"):
        return accept(by=None, offer=offer)


@transaction.atomic
def decline_offer(*, person: Person, offer: Appointment) -> None:
    """The person does not take the offer, and goes on waiting."""
    offer = _own(person, offer)
    with _told("gone"):
        pass_on(None, offer)


def bookable_kinds(person: Person) -> list[AppointmentKind]:
    """What the person can book alone, in the own city."""
    kinds = AppointmentKind.objects.filter(
        partner=person.partner_id, is_active=True, booked_by_whom=AppointmentKind.BookedBy.PERSON, team__is_active=True
    )
    return list(kinds.select_related("team__site", "partner").order_by("name_it"))


def free_for_person(person: Person, kind: AppointmentKind, from_day: date, *, days: int = DAYS) -> list[Slot]:
    """Free times of a kind from a day on, for four weeks, each moment once; none for what is not the person's."""
    if kind not in bookable_kinds(person):
        return []
    first = max(from_day, timezone.localdate())
    return free_slots(kind, first, first + timedelta(days=days), once=True)


@transaction.atomic
def book_for_oneself(
    *, person: Person, kind: AppointmentKind, starts_at: datetime, record_id: uuid.UUID | None = None
) -> Appointment:  # fmt: skip
    """Book a free time, with whoever is free then; a form sent twice books once.

    Raises DomainError for a time that is past, taken, or too soon, and for too many at once.
    """
    if record_id and (there := Appointment.objects.filter(pk=record_id, person=person).first()):
        return there
    lock(person)  # of two who book at once the second one is counted after the first
    slots = free_for_person(person, kind, timezone.localdate(starts_at), days=0)
    slot = next((one for one in slots if one.starts_at == starts_at), None)
    if slot is None:
        raise _refusal("taken")
    own = Appointment.objects.filter(person=person, by_person=True, status__in=Appointment.EXPECTED)
    if own.filter(starts_at__gt=timezone.now()).count() >= MOST:
        raise _refusal("enough")
    with _told("taken"):
        return book(
            None, person, kind, slot.opening.pk, starts_at, note="", record_id=record_id, late=False, by_person=True
        )  # fmt: skip


def _own(person: Person, appointment: Appointment) -> Appointment:
    """The appointment, locked, if it is the person's."""
    found = lock_appointment(appointment)
    if found.person_id != person.pk:
        raise _refusal("gone")
    return found


@contextmanager
def _told(words: str) -> Iterator[None]:
    """A rule that is broken inside is told to the person in these words, which say enough and are in every language."""
    try:
        yield
    except DomainError as error:
        raise _refusal(words) from error


def _refusal(words: str) -> DomainError:
    field = "starts_at" if words == "taken" else None
    return DomainError(appointment_words(get_language() or "it")[words], field=field)
