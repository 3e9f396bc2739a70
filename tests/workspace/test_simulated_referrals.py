"""The referrals of the demo live through the services, until now and no further."""

import heapq
import itertools
from datetime import timedelta

import time_machine
from django.utils import timezone

from lgnet.cases.models import Referral, ReferralLink, ReferralNote
from lgnet.messaging.models import OutgoingMessage
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace.simulated_referrals import Sendings
from tests.conftest import team_of


def run(sendings, events, now):
    sendings.plan(now)
    while events and events[0][0] < now:
        at, _number, act = heapq.heappop(events)
        with time_machine.travel(at, tick=False):
            act()


def test_bodies_answer_and_some_do_not(partner, desk_operator, case_worker, person):
    now, count, events = timezone.now(), itertools.count(), []
    desk, team = team_of(partner, "desk"), team_of(partner, "multidisciplinary")
    with time_machine.travel(now - timedelta(days=60)):
        for turn in range(3):
            register_person(by=desk_operator, team=desk, details=PersonDetails(nickname=f"Nuvola {turn}"))
    sendings = Sendings(
        desk, [desk_operator], team, [case_worker], seed=3, scale=1.5,
        at=lambda at, act: heapq.heappush(events, (at, next(count), act)),
    )  # fmt: skip
    run(sendings, events, now)
    states = set(Referral.objects.values_list("status", flat=True))
    assert len(states) >= 4
    assert Referral.objects.filter(to_team__kind="outside", link__opened_at__isnull=False).exists()
    assert Referral.objects.filter(to_team=team).exists()
    assert ReferralNote.objects.exists()
    assert ReferralLink.objects.count() == OutgoingMessage.objects.filter(status="cancelled").count()
    assert not OutgoingMessage.objects.filter(status="queued").exists()
    assert not Referral.objects.filter(sent_at__gt=now).exists()
