"""Booking, moving and cancelling. `by` is None when the person does it, from the own page (appointment_own)."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.dates import day_words
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.desks import appointment_holds as holds
from lgnet.desks import appointment_messages as messages
from lgnet.desks.appointment_log import booked_anew, happened, happened_otherwise, log
from lgnet.desks.appointment_models import Appointment, AppointmentKind, AppointmentWish
from lgnet.desks.appointment_plans import tell_plans
from lgnet.desks.appointment_policies import books, handles
from lgnet.desks.appointment_slots import Slot, slot_at
from lgnet.desks.appointment_waiting import offer_freed
from lgnet.network.models import User
from lgnet.people.models import JourneyKind, Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import lock

S = Appointment.Status


@transaction.atomic
def book_appointment(
    *, by: User, person: Person, kind: AppointmentKind, opening_id: uuid.UUID, starts_at: datetime, note: str = "",
    record_id: uuid.UUID | None = None,
) -> Appointment:  # fmt: skip
    """Book a free slot for a person; a form sent twice books once.

    Raises DomainError for a time that is past or taken, and for a person who is expected elsewhere at that time.
    """
    if not books(by, kind):
        raise PermissionDenied(_("You do not book this kind of appointment."))
    if is_hidden_from(by, person):
        raise PermissionDenied
    return book(
        by, person, kind, opening_id, starts_at, note=note, record_id=record_id, late=True, by_person=False
    )  # fmt: skip


def book(
    by: User | None, person: Person, kind: AppointmentKind, opening_id: uuid.UUID, starts_at: datetime, *, note: str,
    record_id: uuid.UUID | None, late: bool, by_person: bool,
) -> Appointment:  # fmt: skip
    """Book, whoever has been found to be allowed to; `late`: also with less notice than the kind asks."""

    def write() -> Appointment:
        lock(person)
        slot = _slot(person, kind, opening_id, starts_at, late=late)
        appointment = Appointment(pk=record_id or uuid7(), booked_by=by, changed_by=by, by_person=by_person, note=note)
        fill(appointment, person, slot)
        appointment.save(force_insert=True)
        holds.take(appointment, slot)
        begun(appointment, by=by)
        log(AuditEntry.Action.CREATE, by, appointment, detail=_when(appointment))
        return appointment

    def is_mine(found: Appointment) -> bool:
        return (found.person_id, found.booked_by_id) == (person.pk, by.pk if by else None)

    return write_once(Appointment, record_id, is_mine=is_mine, write=write)


def begun(appointment: Appointment, *, by: User | None) -> None:
    """An appointment stands: the journey tells it, reminders are queued, who waited for one waits no longer."""
    happened(JourneyKind.APPOINTMENT_BOOKED, appointment, by=by, at=appointment.booked_at)
    messages.queue_reminders(appointment, by=by)
    waits = AppointmentWish.objects.filter(
        kind=appointment.kind_id, person=appointment.person_id, status=AppointmentWish.Status.WAITING
    )
    if appointment.wish_id:
        waits = AppointmentWish.objects.filter(pk=appointment.wish_id)
    for wish in waits:
        wish.status = AppointmentWish.Status.MET
        wish.save(update_fields=["status"])
        log(AuditEntry.Action.UPDATE, by, wish, detail={"status": wish.status})


@transaction.atomic
def move_appointment(
    *, by: User, appointment: Appointment, opening_id: uuid.UUID, starts_at: datetime
) -> Appointment:  # fmt: skip
    """Give an appointment another time, operator or room of its kind; what becomes free is offered to who waits.

    Raises DomainError as `book_appointment`, and for one that is not expected any more.
    """
    appointment = locked(by, appointment)
    if not appointment.is_expected:
        raise DomainError(
            _("This appointment cannot be moved: %(state)s.") % {"state": appointment.get_status_display()}
        )
    before, left = _when(appointment), (appointment.opening_id, appointment.starts_at)
    slot = _slot(appointment.person, appointment.kind, opening_id, starts_at, late=True, without=appointment)
    holds.free(appointment)
    fill(appointment, appointment.person, slot)
    appointment.status, appointment.sequence = S.BOOKED, appointment.sequence + 1
    _change(appointment, by)
    holds.take(appointment, slot)
    booked_anew(appointment, by=by, at=appointment.changed_at)
    messages.tell_moved(appointment, by=by)
    log(AuditEntry.Action.UPDATE, by, appointment, detail={"moved_from": before} | _when(appointment))
    offer_freed(by=by, opening_id=left[0], starts_at=left[1])
    return appointment


@transaction.atomic
def cancel_appointment(*, by: User, appointment: Appointment, reason: str) -> Appointment:
    """Nobody is expected any more, with one of `Appointment.Reason`; the time is offered to who waits.

    Raises DomainError without a reason, for one that is over, and for one that has begun unless it is a mistake.
    """
    appointment = locked(by, appointment)
    if reason not in Appointment.Reason.values or reason == Appointment.Reason.NO_ANSWER:
        raise DomainError(_("Say why."), field="reason")
    return end(by, appointment, reason)


def end(by: User | None, appointment: Appointment, reason: str) -> Appointment:
    """Cancel an appointment that is locked, whoever has been found to be allowed to."""
    if not appointment.is_expected:
        raise DomainError(
            _("This appointment cannot be cancelled: %(state)s.") % {"state": appointment.get_status_display()}
        )
    if appointment.starts_at <= timezone.now() and reason != Appointment.Reason.MISTAKE:
        raise DomainError(_("It has begun already: say whether the person came."))
    holds.free(appointment)
    appointment.status, appointment.reason = S.CANCELLED, reason
    _change(appointment, by)
    happened_otherwise(appointment, JourneyKind.APPOINTMENT_BOOKED, by=by, reason=f"cancelled: {reason}")
    messages.tell_cancelled(appointment, by=by)
    log(AuditEntry.Action.UPDATE, by, appointment, reason=reason, detail={"status": S.CANCELLED.value})
    tell_plans(appointment, by=by)
    offer_freed(by=by, opening_id=appointment.opening_id, starts_at=appointment.starts_at)
    return appointment


def locked(by: User, appointment: Appointment) -> Appointment:
    """The appointment, locked, for who moves and cancels it. Raises PermissionDenied."""
    found = lock_appointment(appointment)
    if not handles(by, found):
        raise PermissionDenied(_("Only who books this kind of appointment changes it."))
    return found


def lock_appointment(appointment: Appointment) -> Appointment:
    """The appointment as it is now; whoever else changes it waits."""
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    rows = Appointment.objects.select_related("kind__team__partner", "kind__partner", "team__site", "partner", "person")
    return rows.get(pk=appointment.pk)


def fill(appointment: Appointment, person: Person, slot: Slot) -> None:
    """Write what a slot says into an appointment."""
    opening = slot.opening
    appointment.partner, appointment.team, appointment.kind = opening.partner, opening.team, slot.kind
    appointment.person, appointment.opening = person, opening
    appointment.starts_at, appointment.ends_at = slot.starts_at, slot.ends_at
    appointment.operator, appointment.mediator, appointment.room = opening.operator, opening.mediator, opening.room


def _slot(
    person: Person, kind: AppointmentKind, opening_id: uuid.UUID, starts_at: datetime, *, late: bool,
    without: Appointment | None = None,
) -> Slot:  # fmt: skip
    """The slot, if it is free and the person is."""
    if person.partner_id != kind.partner_id:
        raise DomainError(_("This person is registered in another city."))
    if starts_at <= timezone.now():
        raise DomainError(_("This time is past. Choose another."), field="slot")
    slot = slot_at(kind, opening_id, starts_at, without=without, late=late)
    if slot is None:
        raise holds.taken_meanwhile()
    require_person_free(person, slot.starts_at, slot.ends_at, without=without)
    return slot


def require_person_free(
    person: Person, starts_at: datetime, ends_at: datetime, *, without: Appointment | None = None
) -> None:
    """Raise DomainError when the person is expected elsewhere at some time between two moments."""
    others = Appointment.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at)
    others = others.filter(status__in=[*Appointment.EXPECTED, S.ARRIVED])
    if without is not None:
        others = others.exclude(pk=without.pk)
    if clash := others.select_related("team").first():
        here = timezone.localtime(clash.starts_at)
        raise DomainError(
            _("The person has another appointment then: %(day)s at %(time)s, %(team)s.")
            % {"day": day_words(here), "time": f"{here:%H:%M}", "team": clash.team.name},
            field="slot",
        )


def _change(appointment: Appointment, by: User | None) -> None:
    appointment.changed_at, appointment.changed_by = timezone.now(), by
    appointment.save()


def _when(appointment: Appointment) -> dict[str, Any]:
    return {"starts_at": appointment.starts_at.isoformat(), "kind": appointment.kind.name_it}
