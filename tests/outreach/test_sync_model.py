"""Thousands of schedules of two devices, a page and lost messages: nothing lost, nothing doubled, nothing overwritten.

`bench.schedules` runs ten times as many, longer ones.
"""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lgnet.catalogue.models import Team
from lgnet.network.roles import Role
from lgnet.outreach.sync import log, merge
from tests.conftest import team_of
from tests.outreach.schedules import STEPS, live_through, make_world

STEP = st.tuples(st.integers(0, 1), st.sampled_from(STEPS), st.integers(0, 5))
SCHEDULES = st.lists(STEP, min_size=3, max_size=8)
MANY = settings(
    max_examples=1000, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
CLASH = [(0, "edit", 0), (1, "edit", 0), (0, "send", 0), (1, "send", 0)]


@pytest.fixture
def world(make_user, partner):
    users = [make_user(Role.OUTREACH_OPERATOR, partner) for _number in range(3)]
    return make_world(team_of(partner, Team.Kind.MOBILE_UNIT), users[:2], users[2])


@pytest.mark.slow
@seed(connection.vendor)  # a thousand on each engine, and not the same ones
@MANY
@given(schedule=SCHEDULES)
def test_nothing_is_lost_doubled_or_silently_overwritten(world, schedule):
    live_through(world, schedule)


def test_a_clash_is_really_among_the_schedules(world):
    live_through(world, CLASH)


# The check can fail: each of these faults of the service is found.


def test_the_last_one_wins_is_found(world, monkeypatch):
    monkeypatch.setattr(merge, "canonical", lambda field, sent: merge.wire(merge.Contact.objects.get())[field])
    with pytest.raises(AssertionError, match="lost without a word"):
        live_through(world, CLASH)


def test_dropping_what_clashes_is_found(world, monkeypatch):
    monkeypatch.setattr(merge, "_keep_both", lambda *arguments: None)
    with pytest.raises(AssertionError, match="lost without a word"):
        live_through(world, CLASH)


def test_forgetting_what_waits_is_found(world, monkeypatch):
    monkeypatch.setattr(log, "release", lambda device, sender: 0)
    with pytest.raises(AssertionError, match="nothing waits"):
        live_through(world, [(0, "edit", 0), (0, "edit", 0), (0, "send_reversed", 0)])
