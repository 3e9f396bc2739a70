"""Two act for one family at the same moment, each beginning with another: nobody waits for the other for ever."""

import pytest
from django.db import connection
from django.utils import timezone

from lgnet.cases import household_cases
from lgnet.cases.models import Case
from lgnet.people.models import JourneyEvent
from tests.at_once import all_at_once
from tests.cases.test_household_cases import both, family  # noqa: F401  fixtures
from tests.conftest import team_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def closing(by, pk, other):
    def close():
        household_cases.close_household(
            by=by, case=Case.objects.get(pk=pk), others=[Case.objects.get(pk=other)], closed_on=timezone.localdate(),
            outcome="insertion", destination="own_home",
        )  # fmt: skip

    return close


@pytest.mark.parametrize("time", range(3))
def test_two_close_a_family_beginning_with_another(time, both, case_worker):  # noqa: F811
    one, other = (case.pk for case in both)
    problems = all_at_once(closing(case_worker, one, other), closing(case_worker, other, one))
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
