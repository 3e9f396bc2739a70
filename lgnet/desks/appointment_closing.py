"""Appointments ahead of somebody whose case is to be closed: told there, and cancelled with it if that is ticked."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.cases.closing import Obstacle, Open, register
from lgnet.cases.models import Case
from lgnet.desks.appointment_booking import cancel_appointment
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_policies import handles, readable_by
from lgnet.network.models import User


def _ahead(user: User, case: Case) -> list[Open]:
    rows = Appointment.objects.filter(
        readable_by(user), person=case.person_id, partner=case.partner_id, status__in=Appointment.EXPECTED,
        starts_at__gt=timezone.now(),
    )  # fmt: skip
    return [
        Open(
            _("%(when)s, %(kind)s, %(team)s") % {
                "when": date_format(timezone.localtime(row.starts_at), "SHORT_DATETIME_FORMAT"), "kind": row.kind.name,
                "team": row.team.name,
            },
            reverse("appointment_detail", args=[row.pk]), str(row.pk) if handles(user, row) else "",
        )
        for row in rows.select_related("kind", "team").order_by("starts_at")
    ]  # fmt: skip


def _cancel(user: User, case: Case, key: str) -> None:
    appointment = Appointment.objects.get(pk=key, person=case.person_id)
    cancel_appointment(by=user, appointment=appointment, reason=Appointment.Reason.NOT_NEEDED)


def look_when_cases_close() -> None:
    """Let the closing of a case tell appointments ahead."""
    register(
        Obstacle(
            "appointment", gettext_lazy("Appointments ahead"), _ahead, settle=_cancel,
            settle_label=gettext_lazy("Cancel it"),
        )
    )  # fmt: skip
