"""Two people close the same case, or one case twice, at the same moment: it is closed once."""

import pytest
from django.db import connection
from django.utils import timezone

from lgnet.cases import services
from lgnet.cases.models import Case
from lgnet.people.models import JourneyEvent
from tests.at_once import all_at_once
from tests.conftest import team_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def test_of_two_who_close_at_once_one_is_told(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    case = services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")

    def close(outcome):
        services.close_case(
            by=case_worker, case=Case.objects.get(pk=case.pk), closed_on=timezone.localdate(), outcome=outcome,
            destination="own_home",
        )  # fmt: skip

    problems = all_at_once(lambda: close("moved"), lambda: close("goal_reached"))
    assert len(problems) == 1
    assert "The case is closed" in problems[0]
    assert Case.objects.get(pk=case.pk).follow_ups.count() == 3
    assert JourneyEvent.objects.filter(kind="case_closed").count() == 1
