"""Two answer a transfer at the same moment: one takes the person in charge, the other is told."""

import pytest
from django.db import connection
from django.utils import timezone

from lgnet.cases.models import Case, Transfer, TransferCopy
from lgnet.cases.services import close_case
from lgnet.cases.transfers import withdraw_transfer
from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent
from tests.at_once import all_at_once
from tests.cases.test_transfers import full_case, sent, take  # noqa: F401  fixtures

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def test_two_acknowledge(sent, stranger, make_user, other_partner):  # noqa: F811
    another = make_user(Role.CASE_WORKER, other_partner)
    problems = all_at_once(lambda: take(stranger, sent), lambda: take(another, sent))
    assert len(problems) == 1
    assert "answered this already" in problems[0]
    assert (TransferCopy.objects.count(), Case.objects.filter(partner=other_partner).count()) == (1, 1)


def test_acknowledged_and_taken_back(sent, case_worker, stranger, other_partner):  # noqa: F811
    problems = all_at_once(
        lambda: take(stranger, sent), lambda: withdraw_transfer(by=case_worker, transfer=sent)
    )  # fmt: skip
    assert len(problems) == 1
    taken = Transfer.objects.get().status == "acknowledged"
    assert Case.objects.filter(partner=other_partner).exists() == taken
    assert Case.objects.get(pk=sent.case_id).is_open != taken


def test_acknowledged_and_closed(sent, case_worker, stranger):  # noqa: F811
    def close():
        case = Case.objects.get(pk=sent.case_id)
        today = timezone.localdate()
        close_case(by=case_worker, case=case, closed_on=today, outcome="goal_reached", destination="own_home")

    problems = all_at_once(lambda: take(stranger, sent), close)
    case = Case.objects.get(pk=sent.case_id)
    ends = JourneyEvent.objects.filter(person=case.person_id, voided_at=None, kind__in=("outcome", "case_closed"))
    assert ends.count() == 2
    assert bool(problems) == (case.outcome == "moved")
    assert all("closed" in one for one in problems)


def test_acknowledged_and_closed_with_it_taken_back(sent, case_worker, stranger):  # noqa: F811
    def close():
        case = Case.objects.get(pk=sent.case_id)
        settle = [f"transfer:{sent.pk}"]
        close_case(by=case_worker, case=case, closed_on=timezone.localdate(), outcome="goal_reached", settle=settle)

    problems = all_at_once(lambda: take(stranger, sent), close)
    assert len(problems) == 1
    taken = Transfer.objects.get().status == "acknowledged"
    assert (Case.objects.get(pk=sent.case_id).outcome == "moved") == taken
