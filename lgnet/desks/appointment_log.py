"""The audit row and the journey of an appointment; `by` is None when the person did it from the own page."""

from datetime import datetime
from typing import Any

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.desks.appointment_models import Appointment, AppointmentWish
from lgnet.network.models import User
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind


def log(
    action: AuditEntry.Action, by: User | None, record: Appointment | AppointmentWish, *, reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write the audit row of a change; without an actor it says that the person did it."""
    said = (detail or {}) | ({} if by else {"by_the_person": True})
    audit.record(
        action, by=by, object_type=record._meta.label_lower, object_id=record.pk, partner_id=record.partner_id,
        person_id=record.person_id, reason=reason, detail=said,
    )  # fmt: skip


def happened(kind: JourneyKind, appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """Write the step of the journey."""
    team = appointment.team
    journey.record(
        kind, by=by, partner=appointment.partner, team=team, site=team.site, source=appointment,
        person=appointment.person, occurred_at=at,
    )  # fmt: skip


def happened_otherwise(appointment: Appointment, kind: JourneyKind, *, by: User | None, reason: str) -> None:
    """That step is not true any more."""
    for event in _steps(appointment, kind):
        journey.void(event, by=by, reason=reason)


def booked_anew(appointment: Appointment, *, by: User | None, at: datetime) -> None:
    """It was moved: the booking in the journey is the one made now."""
    for event in _steps(appointment, JourneyKind.APPOINTMENT_BOOKED):
        journey.correct(event, by=by, reason="moved", occurred_at=at)


def _steps(appointment: Appointment, kind: JourneyKind) -> list[JourneyEvent]:
    return list(JourneyEvent.objects.filter(source_id=appointment.pk, kind=kind, voided_at__isnull=True))
