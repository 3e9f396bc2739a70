"""Colleagues write about the same person at the same moment: nothing is refused, no step is missed."""

import pytest
from django.db import connection, transaction

from lgnet.catalogue.models import Team
from lgnet.desks.services import record_arrival
from lgnet.network.roles import Role
from lgnet.people import journey
from lgnet.people.models import Episode, JourneyKind, Person
from tests.at_once import all_at_once
from tests.conftest import team_of

AT_ONCE = 8
has_writers = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")


@has_writers
@pytest.mark.django_db(transaction=True)
def test_the_first_steps_of_somebody_are_written_by_many(partner, desk_operator):
    somebody = Person.objects.create(partner=partner, nickname="Prova")
    kinds = [JourneyKind.CONTACT, JourneyKind.ASSESSED, JourneyKind.PLAN_SIGNED, JourneyKind.SERVICE_DELIVERED]

    @transaction.atomic
    def tell(kind):
        moment = somebody.created_at
        journey.record(kind, by=desk_operator, partner=partner, source=somebody, person=somebody, occurred_at=moment)

    assert all_at_once(*(lambda kind=kind: tell(kind) for kind in kinds)) == []
    one = Episode.objects.get(person=somebody)
    assert None not in {one.assessed_at, one.plan_at, one.service_at}


@has_writers
@pytest.mark.django_db(transaction=True)
def test_somebody_is_received_at_many_counters(partner, make_user):
    desk, somebody = team_of(partner, Team.Kind.DESK), Person.objects.create(partner=partner, nickname="Prova")
    users = [make_user(Role.DESK_OPERATOR, partner) for _ in range(AT_ONCE)]
    arrivals = [lambda by=user: record_arrival(by=by, team=desk, person=somebody) for user in users]
    assert all_at_once(*arrivals) == []
    assert (somebody.visits.count(), Episode.objects.filter(person=somebody).count()) == (AT_ONCE, 1)
