"""The demo has a household in charge, a transfer that is answered and one that waits, and a handover to accept."""

import heapq
from itertools import count

import time_machine
from django.utils import timezone

from lgnet.cases.models import Case, Handover, Transfer, TransferCopy
from lgnet.network.roles import Role
from lgnet.workspace.simulated_team import TeamWork
from tests.conftest import team_of


def test_what_the_demo_shows(make_user, partner, other_partner):
    now, numbers, events = timezone.now(), count(), []
    here, there = (team_of(city, "multidisciplinary") for city in (partner, other_partner))
    staff = {team.pk: [make_user(Role.CASE_WORKER, team.partner) for _number in range(2)] for team in (here, there)}
    TeamWork(here, staff, there, seed=1, at=lambda at, act: heapq.heappush(events, (at, next(numbers), act))).plan(now)
    while events and events[0][0] < now:
        at, _number, act = heapq.heappop(events)
        with time_machine.travel(at, tick=False):
            act()
    assert sorted(Transfer.objects.values_list("status", flat=True)) == ["acknowledged", "sent"]
    assert TransferCopy.objects.get().case.team == there
    handover = Handover.objects.get()
    assert (handover.status, handover.until is not None, handover.lines.count()) == ("open", True, 2)
    household = Case.objects.filter(person__household__isnull=False, partner=partner)
    assert len({case.person.household for case in household}) == 1
    assert household.count() == 2


def test_a_city_alone_has_no_transfer(make_user, partner):
    events = []
    team = team_of(partner, "multidisciplinary")
    work = TeamWork(
        team, {team.pk: [make_user(Role.CASE_WORKER, partner)]}, None, seed=1, at=lambda *one: events.append(one)
    )
    work.plan(timezone.now())
    for _at, act in events:
        act()
    assert not Transfer.objects.exists()
    assert not Handover.objects.exists()  # nobody to hand over to
