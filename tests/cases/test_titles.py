"""Titles that end: who is shown, what was done, messages once and only where they are safe, the own page."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.cases import services, titles
from lgnet.cases.models import TitleStep
from lgnet.cases.title_words import REMINDER
from lgnet.core.errors import DomainError
from lgnet.messaging.models import OutgoingMessage
from lgnet.messaging.opt_outs import opt_out
from lgnet.messaging.switches import set_switches
from lgnet.people.checks import record_eligibility
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from lgnet.people.records import add_contact_point, end_contact_point
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace.home import day_of
from tests.conftest import team_of
from tests.queries import count_queries

LIST = reverse("title_list")


def ends_in(person, by, days, **changes):
    data = {"title_type": "work", "verdict": "eligible", "expires_on": timezone.localdate() + timedelta(days=days)}
    return record_eligibility(by=by, person=person, checked_on=timezone.localdate(), **data | changes)


@pytest.fixture
def check(person, desk_operator):
    return ends_in(person, desk_operator, 50)


@pytest.fixture
def phone(person, desk_operator):
    return add_contact_point(by=desk_operator, person=person, kind="phone", value="+39 333 1234567", safe="yes")


def rows(client, **asked):
    return client.get(LIST, asked).context["table"].page_rows


def test_the_list_has_what_ends_soon_and_only_the_last_check(sign_in, desk_operator, person, check):
    client = sign_in(desk_operator)
    assert [row.pk for row in rows(client)] == [check.pk]
    assert not rows(client, within="30")
    assert rows(client, within="60")
    assert rows(client, state="none")
    assert not rows(client, state="told")
    assert client.get(LIST, {"format": "csv"}).status_code == 200
    assert "ask for the renewal now" in client.get(LIST).content.decode()
    ends_in(person, desk_operator, 400)
    assert not rows(client)
    ends_in(person, desk_operator, -5, renewal_asked_on=timezone.localdate())
    assert not rows(client), "the receipt has no last day"


def test_told_is_one_press_and_written_once(sign_in, desk_operator, check):
    client, url = sign_in(desk_operator), reverse("title_detail", args=[check.pk])
    page = client.get(url)
    assert "post office" in page.content.decode()
    told = {
        "state": "told",
        "way": "",
        "done_on": timezone.localdate(),
        "record_id": page.context["form"]["record_id"].value(),
    }
    assert client.post(url, told).status_code == 422
    for _turn in range(2):
        assert client.post(url, told | {"way": "phone"}).status_code == 302
    assert TitleStep.objects.get().way == "phone"
    assert [row.state for row in rows(client, state="told")] == ["told"]
    future = told | {"way": "phone", "done_on": timezone.localdate() + timedelta(days=1)}
    assert client.post(url, future).status_code == 422
    with pytest.raises(DomainError):
        titles.record_title_step(by=desk_operator, check=check, state="gone", done_on=timezone.localdate())


def test_three_people(sign_in, desk_operator, colleague, stranger, check):
    url = reverse("title_detail", args=[check.pk])
    assert sign_in(desk_operator).get(url).status_code == 200
    assert sign_in(colleague).get(url).status_code == 302  # a closed file: say why
    assert sign_in(stranger).get(url).status_code == 404
    for other in (colleague, stranger):
        assert not rows(sign_in(other))


def test_my_day_has_those_of_my_cases_first(desk_operator, case_worker, person, partner, check):
    services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )
    assert [one.pk for one in titles.ending_titles(case_worker).filter(mine=True)] == [check.pk]
    texts = [item.url for section in day_of(case_worker).sections for item in section.items]
    assert reverse("title_detail", args=[check.pk]) in texts
    titles.record_title_step(by=case_worker, check=check, state="told", way="phone", done_on=timezone.localdate())
    texts = [item.url for section in day_of(case_worker).sections for item in section.items]
    assert reverse("title_detail", args=[check.pk]) not in texts


def test_a_message_once_for_each_check_and_step(person, desk_operator, check, phone):
    for _turn in range(2):
        call_command("remind_titles")
    message = OutgoingMessage.objects.get()
    assert message.key.startswith(f"title:{check.pk}:60")
    with time_machine.travel(timezone.now() + timedelta(days=21), tick=False):
        for _turn in range(2):
            call_command("remind_titles")
        assert OutgoingMessage.objects.count() == 2
        titles.record_title_step(by=desk_operator, check=check, state="asked", done_on=timezone.localdate())
        assert set(OutgoingMessage.objects.values_list("status", flat=True)) == {"cancelled"}
    ends_in(person, desk_operator, 45)
    call_command("remind_titles")
    assert OutgoingMessage.objects.filter(status="queued").count() == 1


def test_no_message_where_it_is_not_safe_or_not_wanted(person, desk_operator, coordinator, partner, check, phone):
    set_switches(by=coordinator, partner=partner, on=[])
    assert titles.remind_of_titles() == 0
    set_switches(by=coordinator, partner=partner, on=[titles.KIND])
    end_contact_point(by=desk_operator, point=phone)
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+39 333 7654321", safe="unknown")
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+39 333 7654322", safe="no")
    assert titles.remind_of_titles() == 0
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+39 333 7654323", safe="yes")
    opt_out(person=person, channel="sms", by=desk_operator)
    assert titles.remind_of_titles() == 0
    assert not OutgoingMessage.objects.exists()


def test_nobody_is_written_to_after_a_death(person, case_worker, desk_operator, partner, check, phone):
    case = services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )
    services.close_case(by=case_worker, case=case, closed_on=timezone.localdate(), outcome="death", destination="none")
    assert titles.remind_of_titles() == 0
    assert not titles.ending_titles(desk_operator).exists()


def test_the_message_tells_nothing_to_who_finds_the_telephone():
    assert set(REMINDER) == {"it", "en", "fr", "es", "ar", "uk", "bn", "ur"}
    secret = (
        "permess",
        "soggiorno",
        "permit",
        "stay",
        "séjour",
        "residencia",
        "إقامة",
        "дозвіл",
        "questura",
        "LGNet",
        "lgnet",
    )
    for subject, text in REMINDER.values():
        assert "{day}" in text
        assert not any(word in (subject + text).casefold() for word in map(str.casefold, secret))


def test_the_own_page_says_until_when_unless_it_is_discreet(person, desk_operator, check):
    card, pin = create_own_card(by=desk_operator, person=person, details=OwnCardDetails("en"))
    client = Client()
    client.post(reverse("own_enter"), {"code": card.code, "pin": pin})
    page = client.get(reverse("own_home")).content.decode()
    assert "It is good until" in page
    assert "Ask to renew it now" in page
    assert "eligible" not in page
    type(card).objects.update(discreet=True)
    assert "permit" not in client.get(reverse("own_home")).content.decode()


def test_the_city_turns_the_messages_off(sign_in, coordinator, stranger, partner, person, check, phone):
    client, setup = sign_in(coordinator), reverse("messaging_setup")
    assert "60 and 30 days" in client.get(setup).content.decode()
    assert client.post(reverse("messaging_switches"), {"partner": partner.pk}).status_code == 302
    assert titles.remind_of_titles() == 0
    assert sign_in(stranger).post(reverse("messaging_switches"), {"partner": partner.pk}).status_code in {403, 404}


def test_as_many_queries_for_many(sign_in, desk_operator, person, check):
    client = sign_in(desk_operator)
    few = count_queries(client, LIST, {})
    for number in range(3):
        other = register_person(
            by=desk_operator, team=team_of(person.partner, "desk"), details=PersonDetails(nickname=f"N{number}")
        )
        ends_in(other, desk_operator, 20)
    assert count_queries(client, LIST, {}) == few


def test_who_came_back_is_told_again(person, case_worker, desk_operator, partner, check, phone):
    def opened():
        team = team_of(partner, "multidisciplinary")
        return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")

    def told():
        return [one.pk for one in titles.ending_titles(desk_operator)]

    today = timezone.localdate()
    services.close_case(by=case_worker, case=opened(), closed_on=today, outcome="return", destination="origin")
    assert told() == []
    again = opened()
    assert told() == [check.pk]
    assert titles.remind_of_titles() == 1
    services.close_case(by=case_worker, case=again, closed_on=today, outcome="insertion", destination="own_home")
    assert told() == [check.pk]
    services.close_case(by=case_worker, case=opened(), closed_on=today, outcome="dublin", destination="abroad")
    assert told() == []
