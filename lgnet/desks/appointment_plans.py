"""Appointments as what an action of a plan can wait for (cases.plan_links)."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case, ThingState
from lgnet.cases.plan_links import LinkKind, Thing, progressed, register
from lgnet.core.dates import day_words
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_policies import readable_by
from lgnet.network.models import User

APPOINTMENT = "appointment"
SHOWN = 40
S = Appointment.Status
STATES = {
    S.OFFERED: ThingState.EXPECTED, S.BOOKED: ThingState.EXPECTED, S.CONFIRMED: ThingState.EXPECTED,
    S.ARRIVED: ThingState.UNDER_WAY, S.KEPT: ThingState.DONE, S.MISSED: ThingState.FAILED,
    S.CANCELLED: ThingState.FAILED,
}  # fmt: skip


def tell_plans(appointment: Appointment, *, by: User | None) -> None:
    """An appointment has changed its state: the actions of plans that wait for it follow."""
    progressed(
        APPOINTMENT, appointment.pk, STATES[S(appointment.status)], by=by, on=timezone.localdate(appointment.starts_at)
    )


def _choices(user: User, case: Case) -> list[tuple[uuid.UUID, str]]:
    rows = Appointment.objects.filter(
        readable_by(user), person=case.person_id, status__in=[*Appointment.EXPECTED, S.ARRIVED]
    )
    return [(row.pk, _name(row)) for row in rows.select_related("kind", "team").order_by("starts_at")[:SHOWN]]


def _look(case: Case, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Thing]:
    rows = Appointment.objects.filter(pk__in=list(ids), person=case.person_id).select_related("kind", "team")
    return {
        row.pk: Thing(
            _name(row), reverse("appointment_detail", args=[row.pk]), STATES[S(row.status)],
            timezone.localdate(row.starts_at),
        )
        for row in rows
    }  # fmt: skip


def _name(appointment: Appointment) -> str:
    here = timezone.localtime(appointment.starts_at)
    return f"{appointment.kind.name} · {appointment.team.name} · {day_words(here)} {here:%H:%M}"


register(LinkKind(APPOINTMENT, _("Appointment"), _choices, _look))
