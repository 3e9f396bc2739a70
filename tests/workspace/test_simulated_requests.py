"""The work of a desk in the demo: through the services, the same for the same seed."""

import heapq
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from lgnet.catalogue.models import ServiceType, Team
from lgnet.desks.models import CountedService, Letter, Mailbox, Request, Visit
from lgnet.desks.services import record_arrival
from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace.simulated_requests import DeskWork
from tests.conftest import team_of


@pytest.fixture
def desk(partner, make_user):
    make_user(Role.DESK_OPERATOR, partner)
    for code, area in (("residence_permit", "legal"), ("shower", "practical"), ("poste_restante", "practical")):
        ServiceType.objects.create(code=code, area=area, name_it=code, name_en=code)
    return team_of(partner, Team.Kind.DESK)


def run(desk, seed):
    """Thirty arrivals in as many days with all that follows from them, until now."""
    now, events, order = timezone.now(), [], count()
    staff = [place.user for place in desk.memberships.select_related("user")]

    def at(moment, act):
        heapq.heappush(events, (moment, next(order), act))

    work = DeskWork(desk, staff, seed=seed, scale=0.3, at=at)
    work.plan(now, 40)

    def arrive(number):
        person = register_person(by=staff[0], team=desk, details=PersonDetails(nickname=f"Nuvola {number}"))
        work.receive(staff[0], record_arrival(by=staff[0], team=desk, person=person, topic="legal"))

    for number in range(30):
        at(now - timedelta(days=31 - number), lambda number=number: arrive(number))
    while events and events[0][0] < now:
        moment, _order, act = heapq.heappop(events)
        with time_machine.travel(moment, tick=False):
            act()


def story():
    rows = JourneyEvent.objects.order_by("occurred_at", "kind").values_list(
        "kind", "service_type__code", "person__nickname"
    )
    return list(rows)


def test_a_desk_works_and_the_same_seed_tells_the_same(desk):
    told = {}
    with time_machine.travel(timezone.now().replace(hour=18), tick=False):
        for name, seed in (("first", 1), ("again", 1)):
            with transaction.atomic():
                run(desk, seed)
                told[name] = story()
                assert Request.objects.filter(outcome="answered").exists()
                assert Request.objects.exclude(promised_at=None).exists()
                assert Visit.objects.filter(minutes__gt=0).exists()
                assert CountedService.objects.filter(person=None).exists()
                assert Mailbox.objects.count() <= Letter.objects.count() + 3
                transaction.set_rollback(True)
    assert told["first"] == told["again"]
