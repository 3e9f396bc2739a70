"""My day tells who has to answer a handover or another city, and the coordinator what stays open."""

from datetime import timedelta

from django.utils import timezone

from lgnet.cases.handovers import Passing, hand_over
from lgnet.cases.models import Handover, Transfer
from lgnet.network.models import Membership
from lgnet.network.roles import Role
from lgnet.workspace.home import day_of
from tests.cases.test_transfers import full_case, sent  # noqa: F401  fixtures


def sections(user):
    return {str(section.title): section for section in day_of(user).sections}


def test_both_cities_and_both_colleagues(
    sent, full_case, case_worker, stranger, coordinator, make_user, partner, other_partner  # noqa: F811
):  # fmt: skip
    there = sections(stranger)["From other cities, to answer"].items
    assert [item.title for item in there] == ["M. P. from Provaltina"]
    assert "From other cities, to answer" in sections(make_user(Role.COORDINATOR, other_partner))
    assert "Other cities have not answered" not in sections(case_worker)
    Transfer.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    for user in (case_worker, coordinator):
        assert [item.title for item in sections(user)["Other cities have not answered"].items] == ["Momo"]
    assert sections(stranger)["From other cities, to answer"].items[0].badge == "overdue"
    receiver = make_user(Role.CASE_WORKER, partner)
    hand_over(by=case_worker, passing=Passing(case_worker, receiver, [full_case]))
    assert [item.text for item in sections(receiver)["Handed over to you"].items] == ["1 case"]
    assert "Handed over to you" not in sections(case_worker)


def test_what_the_coordinator_has_to_look_at(full_case, case_worker, coordinator, make_user, partner):  # noqa: F811
    assert not [figure for figure in day_of(coordinator).figures if "handover" in figure.url]
    receiver = make_user(Role.CASE_WORKER, partner)
    hand_over(by=case_worker, passing=Passing(case_worker, receiver, [full_case]))
    Handover.objects.update(created_at=timezone.now() - timedelta(days=8))
    Membership.objects.filter(user=case_worker).update(ends_on=timezone.localdate() - timedelta(days=1))
    figures = [(figure.number, figure.text) for figure in day_of(coordinator).figures if "handover" in figure.url]
    assert figures == [
        (1, "open case whose manager does not work here any more"), (1, "handover open for too long"),
    ]  # fmt: skip
