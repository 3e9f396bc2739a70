"""Team meetings in the demo: two with minutes and decisions where all is told, elsewhere those to come."""

import heapq
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from lgnet.cases.meeting_models import Decision, TeamMeeting
from lgnet.cases.models import Task
from lgnet.cases.services import open_case
from lgnet.workspace import simulated_meetings
from lgnet.workspace.simulated_meetings import Meetings
from tests.conftest import team_of


def live(team, staff, now):
    """Run what is planned, each at its moment."""
    events = []
    Meetings(team, staff, seed=1, at=lambda moment, act: heapq.heappush(events, (moment, len(events), act))).plan(now)
    while events:
        moment, _order, act = heapq.heappop(events)
        if moment < now:
            with time_machine.travel(moment, tick=False):
                act()


@pytest.mark.parametrize("shown", [True, False])
def test_a_team_meets(partner, person, desk_operator, case_worker, monkeypatch, shown):
    monkeypatch.setattr(simulated_meetings, "SHOWN_CITY", partner.slug if shown else "altrove")
    now, team = timezone.now(), team_of(partner, "multidisciplinary")
    with time_machine.travel(now - timedelta(days=20), tick=False):
        open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")
    live(team, [case_worker], now)
    closed = TeamMeeting.objects.filter(status="closed")
    assert closed.count() == (2 if shown else 0)
    assert TeamMeeting.objects.filter(status="planned", starts_at__gt=now).count() == 3
    assert Decision.objects.exists() is shown
    assert Task.objects.filter(origin="decision").exists() is shown
