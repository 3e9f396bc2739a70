"""Several press at the same moment: one case ends once, and of a family nobody waits for the other for ever."""

import pytest
from django.db import connection
from django.utils import timezone

from lgnet.cases import household_cases
from lgnet.cases.models import Case, FollowUp
from lgnet.cases.services import close_case
from lgnet.people.models import JourneyEvent
from tests.at_once import all_at_once
from tests.cases.test_household_cases import both, family  # noqa: F401  fixtures
from tests.conftest import team_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def closing(by, pk, others=(), outcome="insertion"):
    def close():
        case = Case.objects.get(pk=pk)
        values = {"closed_on": timezone.localdate(), "outcome": outcome, "destination": "own_home"}
        if others:
            more = list(Case.objects.filter(pk__in=others).select_related("person"))
            household_cases.close_household(by=by, case=case, others=more, **values)
        else:
            close_case(by=by, case=case, **values)

    return close


@pytest.mark.parametrize("time", range(3))
def test_two_close_one_case(time, both, case_worker):  # noqa: F811
    pk = both[0].pk
    problems = all_at_once(closing(case_worker, pk), closing(case_worker, pk, outcome="moved"))
    assert len(problems) == 1
    assert "closed" in problems[0]
    ends = JourneyEvent.objects.filter(source_id=pk, voided_at=None, kind__in=("outcome", "case_closed"))
    assert ends.count() == 2
    assert FollowUp.objects.filter(case=pk).count() in {0, 3}


@pytest.mark.parametrize("time", range(3))
def test_two_close_a_family_beginning_with_another(time, both, case_worker):  # noqa: F811
    one, other = (case.pk for case in both)
    problems = all_at_once(closing(case_worker, one, [other]), closing(case_worker, other, [one]))
    assert len(problems) == 1
    assert "closed" in problems[0]
    assert not Case.objects.filter(status="open").exists()
    assert JourneyEvent.objects.filter(kind="case_closed", voided_at=None).count() == 2


@pytest.mark.parametrize("time", range(3))
def test_two_take_a_family_in_charge_beginning_with_another(time, family, case_worker, partner):  # noqa: F811
    father, wife, _child = family
    about = {"team": team_of(partner, "multidisciplinary"), "manager": case_worker, "basis": "desk"}

    def opening(person, other):
        return lambda: household_cases.open_cases(by=case_worker, person=person, others=[other], **about)

    problems = all_at_once(opening(father, wife), opening(wife, father))
    assert len(problems) == 1
    assert "already open" in problems[0]
    assert Case.objects.filter(status="open").count() == 2
