"""People of the demo who were registered twice: joined, undone, and left to be looked at."""

import heapq

import pytest
import time_machine
from django.utils import timezone

from lgnet.people.models import Person, PersonMerge, PersonPair
from lgnet.workspace.simulated_merge import SecondFiles
from tests.conftest import team_of


def run(desk, staff, seed=3):
    """Carry out what is planned, each thing at its moment."""
    events, now = [], timezone.now()
    SecondFiles(desk, staff, seed=seed, scale=0.25, at=lambda at, act: events.append((at, len(events), act))).plan(now)
    heapq.heapify(events)
    while events:
        at, _order, act = heapq.heappop(events)
        with time_machine.travel(at, tick=False):
            act()


@pytest.mark.django_db
def test_some_are_joined_one_is_undone_and_some_are_left(partner, desk_operator):
    run(team_of(partner, "desk"), [desk_operator])
    assert Person.objects.count() == 6
    assert PersonMerge.objects.filter(undone_at=None).count() == 1
    assert PersonMerge.objects.filter(undone_at__isnull=False).count() == 1
    assert Person.objects.filter(merged_into__isnull=False).count() == 1
    assert PersonPair.objects.filter(status="open").exists()
    assert PersonPair.objects.filter(status="different").count() == 1
    assert not Person.objects.filter(registered_by=None).exists()
