"""Episodes follow from the journey, whatever is written, corrected, voided or identified, in whatever order."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.people import episodes, journey
from lgnet.people.models import Episode, JourneyEvent, JourneyKind, Person

K = JourneyKind
NOW = timezone.now().replace(microsecond=0)


def on(day):
    return NOW - timedelta(days=1000 - day)


def happened(person, kind, day, **more):
    return journey.record(
        K(kind), by=None, partner=person.partner, source=person, person=person, occurred_at=on(day), **more
    )  # fmt: skip


def shown(person):
    return [
        {name: (getattr(one, name) - on(0)).days for name in episodes.MOMENTS if getattr(one, name)}
        for one in Episode.objects.filter(person=person).order_by("number")
    ]


@pytest.fixture
def somebody(partner):
    return Person.objects.create(partner=partner, nickname="Prova")


def test_one_way_from_the_street_to_an_outcome(somebody):
    steps = ["contact", "arrival", "case_opened", "assessed", "plan_signed", "service_delivered", "case_closed"]
    for day, kind in enumerate(steps):
        happened(somebody, kind, day * 10)
    assert shown(somebody) == [
        {
            "met_at": 0,
            "desk_at": 10,
            "case_at": 20,
            "assessed_at": 30,
            "plan_at": 40,
            "service_at": 50,
            "outcome_at": 60,
        }
    ]


def test_who_comes_back_begins_another_one(somebody):
    for kind, day in (
        ("registered", 1),
        ("case_opened", 2),
        ("case_closed", 9),
        ("referral_sent", 12),
        ("contact", 20),
    ):
        happened(somebody, kind, day)
    assert shown(somebody) == [{"met_at": 1, "case_at": 2, "outcome_at": 9}, {"met_at": 20}]


def test_what_is_recorded_late_or_was_wrong(somebody, desk_operator):
    wrong = happened(somebody, "contact", 1)
    happened(somebody, "contact", 5)
    happened(somebody, "arrival", 9)
    happened(somebody, "arrival", 7)  # recorded late
    assert shown(somebody) == [{"met_at": 1, "desk_at": 7}]
    journey.void(wrong, by=desk_operator, reason="mistake")
    assert shown(somebody) == [{"met_at": 5, "desk_at": 7}]
    journey.correct(JourneyEvent.objects.get(occurred_at=on(7)), by=desk_operator, reason="day", occurred_at=on(8))
    assert shown(somebody) == [{"met_at": 5, "desk_at": 8}]


def test_the_history_of_somebody_unknown_becomes_part_of_it(somebody, desk_operator, partner):
    trace = uuid.uuid4()
    journey.record(K.CONTACT, by=None, partner=partner, source=somebody, trace=trace, occurred_at=on(3))
    happened(somebody, "arrival", 8)
    journey.identify(by=desk_operator, trace=trace, person=somebody)
    assert shown(somebody) == [{"met_at": 3, "desk_at": 8}]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*episodes.FOLLOWED, K.REFERRAL_SENT]), st.integers(0, 900)), max_size=14))
def test_whatever_the_order_it_is_what_the_journey_tells(partner, told):
    somebody = Person.objects.create(partner=partner, nickname="Prova")
    for kind, day in told:
        happened(somebody, kind, day)
    step_by_step = shown(somebody)
    Episode.objects.all().delete()
    call_command("rebuild_episodes", stdout=StringIO())
    assert shown(somebody) == step_by_step
    for course in step_by_step:
        assert all(day >= course["met_at"] for day in course.values())
    assert all("outcome_at" in course for course in step_by_step[:-1])
