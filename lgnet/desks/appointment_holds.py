"""Taking and freeing the time of operators, mediators and rooms. The constraints of the database have the last word."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.desks.appointment_calendar import steps_of
from lgnet.desks.appointment_models import Appointment, AppointmentGroup, AppointmentHold
from lgnet.desks.appointment_slots import Slot, resources_of


def take(appointment: Appointment, slot: Slot) -> None:
    """Keep the time of a slot for an appointment that is saved. Raises DomainError when it has been taken meanwhile."""
    free_ended_offers(slot)
    if slot.kind.is_group:
        _join_group(appointment, slot)
    else:
        _hold({"appointment": appointment}, appointment)


def free(appointment: Appointment) -> None:
    """The time of an appointment is free again; a group goes on for the others who come."""
    appointment.holds.all().delete()
    if appointment.group_id is None:
        return
    group = AppointmentGroup.objects.select_for_update().get(pk=appointment.group_id)
    appointment.group = None
    appointment.save(update_fields=["group"])
    group.taken -= 1
    if group.taken:
        group.save(update_fields=["taken"])
    else:
        group.delete()


def free_ended_offers(slot: Slot, now: datetime | None = None) -> None:
    """Offers that nobody took in time keep this time no longer; who waits next is seen to by the round."""
    over = Appointment.objects.filter(
        status=Appointment.Status.OFFERED, offer_ends_at__lte=now or timezone.now(), partner=slot.kind.partner_id,
        starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at,
    )  # fmt: skip
    for one in over.select_for_update(skip_locked=True):
        free(one)


def taken_meanwhile() -> DomainError:
    """What to tell who comes too late."""
    return DomainError(_("This time was taken meanwhile, or nobody receives then. Choose another."), field="slot")


def _join_group(appointment: Appointment, slot: Slot) -> None:
    opening = slot.opening
    with transaction.atomic():
        group, is_new = AppointmentGroup.objects.select_for_update().get_or_create(
            kind=slot.kind, operator=opening.operator, starts_at=slot.starts_at,
            defaults={
                "partner_id": slot.kind.partner_id, "mediator": opening.mediator, "room": opening.room,
                "ends_at": slot.ends_at, "places": slot.kind.places,
            },
        )  # fmt: skip
    if is_new:
        _hold({"group": group}, group)
    joined = AppointmentGroup.objects.filter(pk=group.pk, taken__lt=F("places")).update(taken=F("taken") + 1)
    if not joined:
        raise taken_meanwhile()
    appointment.group = group
    appointment.save(update_fields=["group"])


def _hold(owner: dict[str, Any], record: Appointment | AppointmentGroup) -> None:
    """One row for each resource and five minutes, in one order, so that no two who book wait for each other."""
    holds = [
        AppointmentHold(partner_id=record.partner_id, resource=resource, step=step, **owner)
        for resource in resources_of(record)
        for step in steps_of(record.starts_at, record.ends_at)
    ]
    try:
        with transaction.atomic():
            AppointmentHold.objects.bulk_create(holds)
    except IntegrityError as error:
        raise taken_meanwhile() from error
