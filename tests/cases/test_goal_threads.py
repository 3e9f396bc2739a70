"""A goal that goes on into the next version of the plan is one goal: reached once, as it stands in the last version."""

import pytest

from lgnet.cases import services
from lgnet.cases.models import Goal
from lgnet.cases.plan_writing import drafts_of
from lgnet.people.models import JourneyEvent
from tests.cases.plan_world import sign, write
from tests.conftest import team_of


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


def again(case, by):
    """The next version with the same goals, signed; its goal."""
    plan = services.save_plan(by=by, case=case, goals=drafts_of(case.plans.order_by("-version").first()))
    return sign(plan, by).goals.get()


def told():
    """The goals of which the journey says that they are reached."""
    live = JourneyEvent.objects.filter(kind="goal_reached", voided_at=None)
    return list(live.values_list("source_id", flat=True))


def test_reached_and_carried_on_it_counts_once(case, case_worker):
    first = sign(write(case, case_worker), case_worker).goals.get()
    services.set_goal_status(by=case_worker, goal=first, status="reached")
    second = again(case, case_worker)
    assert (second.follows, second.status, told()) == (first, "reached", [first.pk])
    third = again(case, case_worker)
    services.set_goal_status(by=case_worker, goal=third, status="reached")
    assert told() == [first.pk]
    services.set_goal_status(by=case_worker, goal=third, status="partly")
    assert told() == []
    services.set_goal_status(by=case_worker, goal=third, status="reached")
    assert told() == [third.pk]


def test_another_goal_is_another_one(case, case_worker):
    first = sign(write(case, case_worker), case_worker).goals.get()
    services.set_goal_status(by=case_worker, goal=first, status="reached")
    other = sign(write(case, case_worker), case_worker).goals.get()
    services.set_goal_status(by=case_worker, goal=other, status="reached")
    assert sorted(told()) == sorted([first.pk, other.pk])
    services.set_goal_status(by=case_worker, goal=other, status="partly")
    assert told() == [first.pk]


def test_what_goes_on_in_a_draft_changes_nothing_yet(case, case_worker):
    first = sign(write(case, case_worker), case_worker).goals.get()
    services.save_plan(by=case_worker, case=case, goals=drafts_of(first.plan))
    services.set_goal_status(by=case_worker, goal=Goal.objects.get(pk=first.pk), status="reached")
    assert told() == [first.pk]
