"""Who goes to another city counts in each, and what was counted before stays; also when begun again, or joined there."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from lgnet.cases.after import reopen_case
from lgnet.desks.services import record_arrival
from lgnet.indicators.figures import all_figures
from lgnet.indicators.registry import all_indicators
from lgnet.network.roles import Role
from lgnet.people.merging import undo_merge
from lgnet.people.models import Episode
from lgnet.people.services import PersonDetails, register_person
from tests.cases.test_transfers import full_case, sent, take  # noqa: F401  fixtures
from tests.conftest import team_of
from tests.people.doubles import join


@pytest.fixture(autouse=True)
def _middle_of_a_quarter():
    with time_machine.travel(timezone.make_aware(timezone.datetime(2026, 11, 10, 12)), tick=True):
        yield


def figures(partner, moment):
    """How many rows every figure of the city has, as known at a moment."""
    found = all_figures([partner.pk], as_known=moment)[partner.pk]
    told = {one.code: found.total(one.code) for one in all_indicators()}
    return {code: number for code, number in told.items() if number}


def test_each_city_counts_its_own(sent, full_case, stranger, partner, other_partner):  # noqa: F811
    before, then = figures(partner, timezone.now()), timezone.now()
    assert (before["taken_in_charge"], before["days_to_case"], before["days_to_plan"]) == (1, 1, 1)
    assert figures(other_partner, then) == {}
    copy = take(stranger, sent)
    now = timezone.now()
    assert figures(partner, now) == before == figures(partner, then)  # nobody is counted less, nobody twice
    there = figures(other_partner, now)
    assert (there["taken_in_charge"], there["days_to_case"], there["persons_reached"]) == (1, 1, 1)
    assert "days_to_plan" not in there  # agreed there anew
    old, new = Episode.objects.get(person=full_case.person), Episode.objects.get(person=copy.person)
    assert old.outcome_at is not None
    assert (new.outcome_at, new.assessed_at, new.plan_at) == (None, None, None)
    assert timezone.localdate(new.met_at) == timezone.localdate(new.case_at) == date(2026, 11, 10)


def test_begun_again_at_the_sender(sent, full_case, case_worker, stranger, partner, other_partner):  # noqa: F811
    take(stranger, sent)
    before = figures(partner, timezone.now())
    full_case.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=True):
        then = timezone.now()
        reopen_case(by=case_worker, case=full_case, reason="È tornato")
        after = figures(partner, timezone.now())
        assert after["taken_in_charge"] == before["taken_in_charge"]  # the same person in the same quarter
        assert figures(partner, then) == before
        assert figures(other_partner, timezone.now())["taken_in_charge"] == 1
        episodes = Episode.objects.filter(person=full_case.person).order_by("number")
        assert [one.outcome_at is None for one in episodes] == [False, True]


def test_joined_with_somebody_who_is_there(sent, stranger, make_user, partner, other_partner):  # noqa: F811
    team = team_of(other_partner, "multidisciplinary")
    details = PersonDetails(given_names="Mohamed", family_names="Provadati")
    known = register_person(by=stranger, team=team, details=details)
    operator = make_user(Role.DESK_OPERATOR, other_partner)
    record_arrival(by=operator, team=team_of(other_partner, "desk"), person=known)
    copy = take(stranger, sent)
    then = timezone.now()
    before = figures(other_partner, then)
    assert (before["persons_reached"], before["taken_in_charge"]) == (2, 1)
    merge = join(stranger, known, copy.person)
    copy.refresh_from_db()
    copy.case.refresh_from_db()
    assert copy.person == copy.case.person == known
    joined = figures(other_partner, timezone.now())
    assert (joined["persons_reached"], joined["taken_in_charge"]) == (1, 1)
    assert figures(other_partner, then) == before
    undo_merge(by=stranger, merge=merge, reason="sono due")
    copy.refresh_from_db()
    assert copy.person != known
    assert figures(other_partner, timezone.now())["persons_reached"] == 2
    assert figures(partner, timezone.now())["taken_in_charge"] == 1
