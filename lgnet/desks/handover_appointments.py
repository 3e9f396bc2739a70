"""Appointments ahead of a person, in the checklist with which a case is handed over."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.cases.handover_points import Point, handover_points
from lgnet.cases.models import Case
from lgnet.core.dates import day_words
from lgnet.desks.appointment_selectors import appointments_of
from lgnet.desks.models import Appointment
from lgnet.network.models import User


@handover_points
def appointments_ahead(user: User, case: Case) -> Iterator[Point]:
    """What the person is expected at, as far as the user may see it, the next one on top."""
    rows = appointments_of(user, case.person).filter(
        status__in=Appointment.EXPECTED, starts_at__gt=timezone.now()
    )  # fmt: skip
    for one in rows.order_by("starts_at"):
        words = _("Appointment: %(team)s, %(day)s") % {"team": one.team.name, "day": day_words(one.starts_at)}
        yield Point(f"appointment:{one.pk}", words, timezone.localdate(one.starts_at))
