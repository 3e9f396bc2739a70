"""Two press at the same moment: a unit is on one outing, an outing starts once. SQLite has one writer at a time."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.network.models import User
from lgnet.outreach.models import CrewMember, Outing
from tests.cases.test_at_once import client_of, post, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def test_two_plan_the_same_unit(outreach_operator, coordinator, unit):
    clients = [client_of(coordinator), client_of(User.objects.get(pk=outreach_operator.pk))]
    day = timezone.localdate()
    for turn in range(1, 5):
        data = {
            "day": (day + timedelta(days=turn)).isoformat(), "since": "18:00", "until": "23:00", "team": unit.pk,
            "crew": [outreach_operator.pk],
        }  # fmt: skip
        both = [data | {"record_id": uuid.uuid4()} for _turn in range(2)]
        calls = [post(client, reverse("outing_new"), one) for client, one in zip(clients, both, strict=True)]
        assert sorted(together(*calls)) == [302, 422]
    assert Outing.objects.count() == CrewMember.objects.count() == 4


def test_two_of_the_crew_start_the_same_outing(planned, outreach_operator, mate, unit):
    outing = planned(crew=[outreach_operator, mate])
    url, moment = reverse("outing_start", args=[outing.pk]), timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    calls = [post(client_of(user), url, {"started_at": moment, "km_start": "1"}) for user in (outreach_operator, mate)]
    assert sorted(together(*calls)) in ([302, 302], [302, 422])
    assert AuditEntry.objects.filter(object_id=outing.pk, action="update").count() == 1
