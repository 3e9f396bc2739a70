"""The invented appointments of a desk: through the services, some days of them, also some to come."""

import heapq
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone

from lgnet.desks.models import Appointment, Opening
from lgnet.network.roles import Role
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace.simulated_appointments import Appointments
from tests.conftest import team_of


@pytest.mark.parametrize("team_kind", ["desk", "multidisciplinary"])
def test_the_appointments_of_a_team(partner, make_user, desk_operator, team_kind):
    now = timezone.now().replace(microsecond=0)
    for number in range(20):
        details = PersonDetails(nickname=f"Prova {number}")
        register_person(
            by=desk_operator, team=team_of(partner, "desk"), details=details, occurred_at=now - timedelta(days=30)
        )
    role = Role.DESK_OPERATOR if team_kind == "desk" else Role.CASE_WORKER
    staff = [make_user(role, partner) for _ in range(4)]
    events, order = [], count()
    plans = Appointments(
        team_of(partner, team_kind), staff, seed=1, scale=0.5,
        at=lambda moment, act: heapq.heappush(events, (moment, next(order), act)),
    )  # fmt: skip
    plans.plan(now)
    while events and events[0][0] < now:
        moment, _number, act = heapq.heappop(events)
        with time_machine.travel(moment, tick=False):
            act()
    states = set(Appointment.objects.values_list("status", flat=True))
    assert {"booked", "kept"} <= states
    assert Opening.objects.exists()
    assert not Appointment.objects.filter(starts_at__lt=now - timedelta(days=1), status="arrived").exists()
    assert Appointment.objects.filter(starts_at__gt=now).exists()
