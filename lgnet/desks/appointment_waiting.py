"""The waiting list: a time that becomes free is offered to the first whom it suits, and then to the next."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.desks import appointment_holds as holds
from lgnet.desks import appointment_messages as messages
from lgnet.desks.appointment_log import log
from lgnet.desks.appointment_models import Appointment, AppointmentKind, AppointmentWish
from lgnet.desks.appointment_policies import books, handles
from lgnet.desks.appointment_slots import Slot, slot_at
from lgnet.messaging.services import cancel_messages
from lgnet.network.models import Partner, User
from lgnet.people.models import Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import lock

OFFER_LASTS = timedelta(hours=24)
ENDS_BEFORE, LEAST = timedelta(hours=2), timedelta(hours=1)  # before the time itself; a shorter offer is none
W, S = AppointmentWish.Status, Appointment.Status


@transaction.atomic
def add_wish(
    *, by: User, person: Person, kind: AppointmentKind, from_day: date, weekdays: Sequence[int] = (), note: str = "",
    record_id: uuid.UUID | None = None,
) -> AppointmentWish:  # fmt: skip
    """Put a person on the waiting list of a kind, from a day on, for these days of the week or for all.

    Raises DomainError for a day that is past and for who waits already.
    """
    if not books(by, kind) or is_hidden_from(by, person):
        raise PermissionDenied(_("You do not book this kind of appointment."))
    if person.partner_id != kind.partner_id:
        raise DomainError(_("This person is registered in another city."))

    def write() -> AppointmentWish:
        lock(person)
        if from_day < timezone.localdate():
            raise DomainError(_("This day is past."), field="from_day")
        if AppointmentWish.objects.filter(kind=kind, person=person, status__in=AppointmentWish.OPEN).exists():
            raise DomainError(_("This person is on this waiting list already."))
        wish = AppointmentWish(
            pk=record_id or uuid7(), partner_id=kind.partner_id, team_id=kind.team_id, kind=kind, person=person,
            from_day=from_day, weekdays=sorted(set(weekdays)), note=note, made_by=by,
        )  # fmt: skip
        wish.save(force_insert=True)
        log(AuditEntry.Action.CREATE, by, wish)
        return wish

    return write_once(AppointmentWish, record_id, is_mine=lambda found: found.person_id == person.pk, write=write)


@transaction.atomic
def end_wish(*, by: User, wish: AppointmentWish) -> AppointmentWish:
    """The person waits no longer. Raises DomainError while there is an offer: that is answered first."""
    if not books(by, wish.kind):
        raise PermissionDenied(_("You do not book this kind of appointment."))
    wish = AppointmentWish.objects.select_for_update().get(pk=wish.pk)
    if wish.status == W.OFFERED:
        raise DomainError(_("A time is offered to this person: answer the offer first."))
    if wish.status == W.WAITING:
        _set(wish, W.ENDED, by)
    return wish


def offer_freed(*, by: User | None, opening_id: uuid.UUID, starts_at: datetime) -> Appointment | None:
    """Offer a time that became free to the first who waits for it; None when it suits nobody or comes too late."""
    now = timezone.now()
    ends_at = min(now + OFFER_LASTS, starts_at - ENDS_BEFORE)
    if ends_at < now + LEAST:
        return None
    here = timezone.localdate(starts_at)
    waiting = AppointmentWish.objects.filter(
        kind__openings=opening_id, status=W.WAITING, from_day__lte=here, kind__is_active=True
    )
    refused = Appointment.objects.filter(opening_id=opening_id, starts_at=starts_at, wish__isnull=False)
    waiting = waiting.exclude(pk__in=list(refused.values_list("wish_id", flat=True)))
    for wish in waiting.select_related("kind__partner", "person").order_by("created_at"):
        suits = not wish.weekdays or here.weekday() in wish.weekdays
        if suits and not _is_busy(wish.person, starts_at):
            slot = slot_at(wish.kind, opening_id, starts_at, now=now)
            if slot is not None and _still_waits(wish):
                return _offer(by, wish, slot, ends_at)
    return None


def _still_waits(wish: AppointmentWish) -> bool:
    """Whether nobody offered the person another time meanwhile; whoever does so at this moment waits."""
    return AppointmentWish.objects.select_for_update().filter(pk=wish.pk, status=W.WAITING).first() is not None


def _offer(by: User | None, wish: AppointmentWish, slot: Slot, ends_at: datetime) -> Appointment:
    opening = slot.opening
    offer = Appointment.objects.create(
        partner=opening.partner, team=opening.team, kind=slot.kind, opening=opening, wish=wish, person=wish.person,
        starts_at=slot.starts_at, ends_at=slot.ends_at, operator=opening.operator, mediator=opening.mediator,
        room=opening.room, status=S.OFFERED, offer_ends_at=ends_at, booked_by=by, changed_by=by,
    )  # fmt: skip
    holds.take(offer, slot)
    _set(wish, W.OFFERED, by)
    log(AuditEntry.Action.CREATE, by, offer, detail={"offered": slot.starts_at.isoformat()})
    messages.tell_offer(offer, by=by)
    return offer


@transaction.atomic
def decline_offer(*, by: User, offer: Appointment) -> AppointmentWish:
    """The person does not take the offer and goes on waiting; the next one gets it."""
    if not handles(by, offer):
        raise PermissionDenied
    return pass_on(by, offer)


def pass_on(by: User | None, offer: Appointment, *, goes_on: bool = True) -> AppointmentWish:
    """An offer is not taken, or has ended: who waits next gets it. Raises DomainError for what is no offer any more."""
    offer = Appointment.objects.select_for_update().get(pk=offer.pk)
    if offer.status != S.OFFERED or offer.wish_id is None:
        raise DomainError(_("This offer is answered already."))
    holds.free(offer)
    cancel_messages(about=offer)
    offer.status, offer.reason = S.CANCELLED, Appointment.Reason.NO_ANSWER
    offer.changed_at, offer.changed_by = timezone.now(), by
    offer.save()
    log(AuditEntry.Action.UPDATE, by, offer, reason=offer.reason, detail={"status": offer.status})
    wish = AppointmentWish.objects.select_for_update().get(pk=offer.wish_id)
    _set(wish, W.WAITING if goes_on else W.ENDED, by)
    offer_freed(by=by, opening_id=offer.opening_id, starts_at=offer.starts_at)
    return wish


@transaction.atomic
def pass_on_ended_offers(partner: Partner | None = None) -> int:
    """Offers that nobody took in time go to who waits next; return how many there were. Run every few minutes."""
    over = Appointment.objects.filter(status=S.OFFERED, offer_ends_at__lte=timezone.now())
    over = over.filter(partner=partner) if partner else over
    ended = list(over.select_for_update(skip_locked=True))
    for offer in ended:
        pass_on(None, offer)
    return len(ended)


def _is_busy(person: Person, starts_at: datetime) -> bool:
    """Whether the person is expected somewhere at this moment already."""
    expected = Appointment.objects.filter(person=person, starts_at__lte=starts_at, ends_at__gt=starts_at)
    return expected.filter(status__in=Appointment.HOLDING).exists()


def _set(wish: AppointmentWish, status: AppointmentWish.Status, by: User | None) -> None:
    wish.status = status
    wish.save(update_fields=["status"])
    log(AuditEntry.Action.UPDATE, by, wish, detail={"status": wish.status})
