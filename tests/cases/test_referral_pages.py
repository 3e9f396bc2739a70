"""Referrals through the pages: sent, answered by the receiving team alone, taken back, printed."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.cases.referrals import mark_arrived, send_referral
from lgnet.cases.services import open_case
from lgnet.catalogue.models import Team
from lgnet.network.roles import Role
from lgnet.people.models import FileMember, JourneyEvent
from tests.conftest import team_of
from tests.queries import count_queries


@pytest.fixture
def referral(partner, desk_operator, person):
    return send_referral(
        by=desk_operator, from_team=team_of(partner, "desk"), to_team=team_of(partner, "multidisciplinary"),
        person=person, need="housing", reason="sleeps at the station",
    )  # fmt: skip


def address(name, referral):
    return reverse(name, args=[referral.pk])


def test_a_person_is_referred_from_her_page(sign_in, desk_operator, partner, person):
    client = sign_in(desk_operator)
    url = f"{reverse('referral_new')}?person={person.pk}"
    assert client.get(url).status_code == 200
    team = team_of(partner, Team.Kind.MULTIDISCIPLINARY)
    data = {
        "record_id": str(uuid.uuid4()), "from_team": team_of(partner, "desk").pk, "to_team": team.pk, "need": "work",
        "reason": "looks for a job in a kitchen",
    }  # fmt: skip
    first, second = client.post(url, data), client.post(url, data)
    referral = Referral.objects.get()
    assert first.url == second.url == address("referral_card", referral)
    assert (referral.to_team, referral.reason, referral.called) == (team, data["reason"], "Mohammed Provadati")
    assert FileMember.objects.filter(person=person, team=team, basis="referral").exists()


@pytest.mark.parametrize(
    "change", [{"to_team": ""}, {"to_team": "own"}, {"to_team": "abroad"}, {"need": "x"}, {"reason": "\x00"}]
)
def test_bad_input_of_a_referral(sign_in, desk_operator, partner, other_partner, person, change):
    teams = {"own": team_of(partner, "desk").pk, "abroad": team_of(other_partner, "desk").pk, "": ""}
    data = {
        "from_team": team_of(partner, "desk").pk,
        "to_team": team_of(partner, "multidisciplinary").pk,
        "reason": "kept",
    }
    data |= {key: teams[value] if key == "to_team" else value for key, value in change.items()}
    response = sign_in(desk_operator).post(f"{reverse('referral_new')}?person={person.pk}", data)
    assert response.status_code == 422
    assert Referral.objects.count() == 0
    assert "reason" in change or "kept" in response.content.decode()


def test_the_receiving_team_answers(sign_in, case_worker, referral):
    client = sign_in(case_worker)
    page = client.get(address("referral_detail", referral)).content.decode()
    assert "sleeps at the station" in page
    empty = client.post(address("referral_refuse", referral), {"answer": " "})
    assert empty.status_code == 422
    assert "answer" in empty.context["form"].errors
    assert client.post(address("referral_accept", referral), {"answer": "Monday at ten"}).status_code == 302
    referral.refresh_from_db()
    assert (referral.status, referral.answer, referral.answered_by) == ("accepted", "Monday at ten", case_worker)
    assert JourneyEvent.objects.filter(kind="referral_accepted", person=referral.person).count() == 1
    late = client.post(address("referral_refuse", referral), {"answer": "second thoughts"})
    assert late.status_code == 422
    assert JourneyEvent.objects.filter(kind="referral_refused").count() == 0


def test_only_the_sending_team_takes_it_back(sign_in, case_worker, desk_operator, referral):
    assert sign_in(case_worker).post(address("referral_withdraw", referral), {"withdraw": "1"}).status_code == 403
    client = sign_in(desk_operator)
    assert client.post(address("referral_withdraw", referral), {"withdraw": "1"}).status_code == 302
    assert client.post(address("referral_withdraw", referral), {"withdraw": "1"}).status_code == 422
    referral.refresh_from_db()
    assert referral.status == "withdrawn"
    assert client.get(address("referral_card", referral)).url == address("referral_detail", referral)


def test_who_reads_what(
    sign_in, desk_operator, case_worker, colleague, stranger, coordinator, make_user, partner, referral
):
    for user in (desk_operator, case_worker):
        assert "sleeps at the station" in sign_in(user).get(address("referral_detail", referral)).content.decode()
    other_role = sign_in(make_user(Role.ACTIVITY_COORDINATOR, partner))  # lists nobody but whom the own team gets
    assert other_role.get(address("referral_detail", referral)).status_code == 404
    assert other_role.get(reverse("referral_list")).context["table"].count == 0
    for user in (colleague, coordinator):
        page = sign_in(user).get(address("referral_detail", referral))
        assert page.status_code == 200
        assert "sleeps at the station" not in page.content.decode()
        assert referral.code not in page.content.decode()
        assert referral.code not in sign_in(user).get(reverse("referral_list")).content.decode()
        assert sign_in(user).get(address("referral_card", referral)).status_code == 403
        assert sign_in(user).post(address("referral_accept", referral), {"answer": "x"}).status_code == 403
    for name in ("referral_detail", "referral_card"):
        assert sign_in(stranger).get(address(name, referral)).status_code == 404
    for name in ("referral_accept", "referral_refuse", "referral_withdraw"):
        assert sign_in(stranger).post(address(name, referral), {"answer": "x"}).status_code == 404
        assert sign_in(case_worker).get(address(name, referral)).status_code == 405
    assert sign_in(stranger).get(f"{reverse('referral_new')}?person={referral.person_id}").status_code == 404
    for wrong in ("", "x", uuid.uuid4()):
        assert sign_in(case_worker).get(f"{reverse('referral_new')}?person={wrong}").status_code == 404


def test_a_closed_file_asks_why_before_it_is_referred(sign_in, colleague, person):
    response = sign_in(colleague).get(f"{reverse('referral_new')}?person={person.pk}")
    assert response.status_code == 302
    assert response.url.startswith(reverse("file_open", args=[person.pk]))
    assert "next=" in response.url


def test_the_inbox_shows_first_what_waits_for_my_team(
    sign_in, case_worker, desk_operator, outreach_operator, partner, person, referral
):
    newer = send_referral(
        by=outreach_operator, from_team=team_of(partner, "mobile_unit"), to_team=team_of(partner, "desk"), person=person
    )
    client, url = sign_in(case_worker), reverse("referral_list")
    rows = client.get(url).context["table"].page_rows
    assert [row.pk for row in rows] == [referral.pk, newer.pk]
    assert [row.pk for row in client.get(url, {"direction": "to"}).context["table"].page_rows] == [referral.pk]
    assert client.get(url, {"direction": "from"}).context["table"].count == 0
    assert client.get(url, {"q": referral.code.lower()}).context["table"].count == 1
    assert client.get(url, {"q": newer.code.lower()}).context["table"].count == 0  # a card of other teams
    assert client.get(url, {"late": "on"}).context["table"].count == 0
    Referral.objects.filter(pk=newer.pk).update(due_at=timezone.now() - timedelta(days=9))
    assert [row.pk for row in client.get(url, {"late": "on"}).context["table"].page_rows] == [newer.pk]
    assert client.get(url, {"status": "nonsense"}).status_code == 200
    assert client.get(url, {"format": "xlsx"}).status_code == 200


def test_the_queries_of_the_pages_do_not_grow(sign_in, case_worker, desk_operator, partner, person, referral):
    client = sign_in(case_worker)

    def add(number):
        for _turn in range(number):
            send_referral(
                by=desk_operator, from_team=team_of(partner, "desk"), to_team=team_of(partner, "multidisciplinary"),
                person=person,
            )  # fmt: skip

    add(2)
    few = count_queries(client, reverse("referral_list"))
    add(22)
    assert count_queries(client, reverse("referral_list")) == few


def test_who_refuses_loses_the_file_and_who_comes_all_the_same_is_received(
    sign_in, case_worker, desk_operator, referral, person, partner
):
    office = sign_in(case_worker)
    assert office.get(reverse("person_detail", args=[person.pk])).status_code == 200
    office.post(address("referral_refuse", referral), {"answer": "no place this month"})
    assert office.get(reverse("person_detail", args=[person.pk])).status_code == 302
    assert office.get(address("referral_card", referral)).url == address("referral_detail", referral)
    referral.refresh_from_db()
    mark_arrived(by=desk_operator, referral=referral, person=person, arrived_at=timezone.now())
    assert referral.status == "arrived"


def test_a_team_without_a_desk_records_that_the_person_has_come(sign_in, case_worker, colleague, stranger, referral):
    url = address("referral_arrived", referral)
    assert sign_in(stranger).post(url).status_code == 404
    assert sign_in(colleague).post(url).status_code == 403
    client = sign_in(case_worker)
    assert url in client.get(address("referral_detail", referral)).content.decode()
    assert client.post(url, {"x": "1"}).status_code == 302
    referral.refresh_from_db()
    assert referral.status == "arrived"
    assert client.post(url, {"x": "1"}).status_code == 422


def test_opening_the_case_a_referral_asked_for_closes_the_referral(case_worker, referral, person, partner):
    team = team_of(partner, "multidisciplinary")
    open_case(by=case_worker, person=person, team=team, manager=case_worker, basis="referral", referral=referral)
    referral.refresh_from_db()
    assert referral.status == "arrived"
