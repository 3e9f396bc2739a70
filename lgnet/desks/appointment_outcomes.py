"""How an appointment went: the person says that she or he comes, arrives, is received, or did not come."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import midnight
from lgnet.desks.appointment_booking import begun, lock_appointment, require_person_free
from lgnet.desks.appointment_log import happened, happened_otherwise, log
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_plans import tell_plans
from lgnet.desks.appointment_policies import handles, works_for
from lgnet.desks.models import Visit
from lgnet.messaging.services import cancel_messages
from lgnet.network.models import User
from lgnet.people.models import FileMember, JourneyKind
from lgnet.people.services import open_file_for

S = Appointment.Status
COMES_EARLY = timedelta(hours=4)  # whoever comes earlier comes for something else


@transaction.atomic
def confirm_appointment(*, by: User, appointment: Appointment) -> Appointment:
    """The person has said that she or he comes. Raises DomainError for one that is not expected."""
    appointment = lock_appointment(appointment)
    if not handles(by, appointment):
        raise PermissionDenied
    return confirm(by, appointment)


def confirm(by: User | None, appointment: Appointment) -> Appointment:
    """Confirm one that is locked, whoever has been found to be allowed to."""
    if not appointment.is_expected:
        raise DomainError(_("This appointment is not to come any more."))
    return _set(by, appointment, S.CONFIRMED)


@transaction.atomic
def accept(*, by: User | None, offer: Appointment) -> Appointment:
    """The offer is taken, by the desk or by the person: it is an appointment. Raises DomainError when it has ended."""
    offer = lock_appointment(offer)
    if by is not None and not handles(by, offer):
        raise PermissionDenied
    if offer.status != S.OFFERED or not offer.is_open_offer() or not (offer.holds.exists() or offer.group_id):
        raise DomainError(_("This offer has ended. The waiting list goes on."))
    require_person_free(offer.person, offer.starts_at, offer.ends_at, without=offer)
    cancel_messages(about=offer)
    offer.booked_at, offer.by_person, offer.booked_by = timezone.now(), by is None, by
    _set(by, offer, S.BOOKED)
    begun(offer, by=by)
    return offer


@transaction.atomic
def mark_arrived(*, by: User, appointment: Appointment, visit: Visit | None = None) -> Appointment:
    """The person is here; the file is open for the team. Raises DomainError on another day than that of the time."""
    appointment = _of_the_team(by, appointment)
    if not appointment.is_expected:
        raise DomainError(_("This appointment is not to come any more."))
    if timezone.localdate(appointment.starts_at) != timezone.localdate():
        raise DomainError(_("This appointment is not today."))
    return arrive(by, appointment, visit)


def arrive(by: User, appointment: Appointment, visit: Visit | None) -> Appointment:
    """Say of an appointment that the person has come."""
    appointment.visit = visit
    open_file_for(appointment.person, team=appointment.team, basis=FileMember.Basis.DESK)
    cancel_messages(about=appointment)
    return _set(by, appointment, S.ARRIVED)


def link_visit(*, by: User, visit: Visit) -> Appointment | None:
    """Somebody arrived at a desk: the appointment there that day, the nearest in time, is said to have arrived.

    One that was said to have arrived a moment ago gets the visit, and no other one does.
    """
    day = timezone.localdate(visit.arrived_at)
    here = Appointment.objects.select_for_update().filter(
        team=visit.team_id, person=visit.person_id, starts_at__gte=midnight(day),
        starts_at__lt=midnight(day, days_later=1),
    )  # fmt: skip
    if said := here.filter(status=S.ARRIVED, visit=None).first():
        said.visit = visit
        said.save(update_fields=["visit"])
        return said
    today = list(here.filter(status__in=Appointment.EXPECTED))
    near = min(today, key=lambda one: abs(one.starts_at - visit.arrived_at), default=None)
    if near is None or near.starts_at - visit.arrived_at > COMES_EARLY:
        return None
    return arrive(by, near, visit)


@transaction.atomic
def mark_kept(*, by: User, appointment: Appointment) -> Appointment:
    """The appointment took place. Raises DomainError for one that is to come, was cancelled, or is told already."""
    appointment = _of_the_team(by, appointment)
    if appointment.status not in {*Appointment.EXPECTED, S.ARRIVED}:
        raise DomainError(_("How it went is said already: %(state)s.") % {"state": appointment.get_status_display()})
    if appointment.status != S.ARRIVED:
        _require_begun(appointment)
        open_file_for(appointment.person, team=appointment.team, basis=FileMember.Basis.DESK)
    cancel_messages(about=appointment)
    happened(JourneyKind.APPOINTMENT_KEPT, appointment, by=by, at=min(appointment.starts_at, timezone.now()))
    return _set(by, appointment, S.KEPT)


@transaction.atomic
def mark_missed(*, by: User, appointment: Appointment) -> Appointment:
    """The person did not come. Raises DomainError before the time, and for who has arrived."""
    appointment = _of_the_team(by, appointment)
    if not appointment.is_expected:
        raise DomainError(_("How it went is said already: %(state)s.") % {"state": appointment.get_status_display()})
    _require_begun(appointment)
    happened(JourneyKind.APPOINTMENT_MISSED, appointment, by=by, at=appointment.starts_at)
    return _set(by, appointment, S.MISSED)


@transaction.atomic
def undo_outcome(*, by: User, appointment: Appointment) -> Appointment:
    """What was said of how it went, today, was a slip: as before. Raises DomainError on another day."""
    appointment = _of_the_team(by, appointment)
    kinds = {S.MISSED: JourneyKind.APPOINTMENT_MISSED, S.KEPT: JourneyKind.APPOINTMENT_KEPT, S.ARRIVED: None}
    status = S(appointment.status)
    if status not in kinds or timezone.localdate(appointment.changed_at) != timezone.localdate():
        raise DomainError(_("This can be undone on the same day only."))
    if status == S.ARRIVED and appointment.visit_id:
        raise DomainError(_("The arrival at the desk is recorded."))
    if (kind := kinds[status]) is not None:
        happened_otherwise(appointment, kind, by=by, reason="undone")
    return _set(by, appointment, S.ARRIVED if status == S.KEPT and appointment.visit_id else S.BOOKED)


def _of_the_team(by: User, appointment: Appointment) -> Appointment:
    appointment = lock_appointment(appointment)
    if not works_for(by, appointment.team):
        raise PermissionDenied(_("Only the team of the appointment says how it went."))
    return appointment


def _require_begun(appointment: Appointment) -> None:
    if appointment.starts_at > timezone.now():
        raise DomainError(_("This appointment has not begun yet."))


def _set(by: User | None, appointment: Appointment, status: Appointment.Status) -> Appointment:
    appointment.status, appointment.changed_at, appointment.changed_by = status, timezone.now(), by
    appointment.save()
    log(AuditEntry.Action.UPDATE, by, appointment, detail={"status": appointment.status})
    tell_plans(appointment, by=by)
    return appointment
