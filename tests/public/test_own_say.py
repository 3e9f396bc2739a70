"""The own page: messages turned off and on by the person, and whether the help was of use; also not to say."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import after, services
from lgnet.cases.after_models import Helpfulness
from lgnet.messaging.models import OptOut, OutgoingMessage
from lgnet.messaging.services import write_to_person
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from lgnet.people.records import add_contact_point
from tests.conftest import team_of

MESSAGES, HELPED, HOME = reverse("own_messages"), reverse("own_helped"), reverse("own_home")


@pytest.fixture
def inside(person, desk_operator):
    card, pin = create_own_card(by=desk_operator, person=person, details=OwnCardDetails("en"))
    client = Client()
    client.post(reverse("own_enter"), {"code": card.code, "pin": pin})
    return client


def shown(client, address, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_messages_are_turned_off_and_on(inside, person, desk_operator, sign_in):
    assert MESSAGES in shown(inside, HOME)
    assert "We have no number" in shown(inside, MESSAGES)
    assert inside.post(MESSAGES, {"channel": "sms", "wanted": "no"}).status_code == 404
    add_contact_point(by=desk_operator, person=person, kind="phone", value="+39 333 1234567", safe="yes")
    assert "You get them." in shown(inside, MESSAGES)
    assert "Our e-mails" not in shown(inside, MESSAGES)
    write_to_person(by=None, person=person, kind="test", about=person, key="a", compose=lambda language: ("", "Ciao"))
    assert inside.post(MESSAGES, {"channel": "sms", "wanted": "no"}).url == MESSAGES
    assert "You get none." in shown(inside, MESSAGES)
    said = OptOut.objects.get()
    assert (said.source, said.recorded_by, said.ended_at) == ("own_page", None, None)
    assert OutgoingMessage.objects.get().reason == "opted_out"
    staff = sign_in(desk_operator).get(reverse("person_messages", args=[person.pk])).content.decode()
    assert "on the own page" in staff
    assert inside.post(MESSAGES, {"channel": "sms", "wanted": "yes"}).url == MESSAGES
    said.refresh_from_db()
    assert said.ended_at is not None
    assert "You get them." in shown(inside, MESSAGES)
    rows = AuditEntry.objects.filter(object_type="messaging.optout").order_by("created_at")
    assert [(row.action, row.actor_id, row.person_id) for row in rows] == [
        ("create", None, person.pk), ("update", None, person.pk),
    ]  # fmt: skip
    assert inside.post(MESSAGES, {"channel": "pigeon"}).status_code == 404


@pytest.fixture
def closed(person, case_worker, desk_operator, partner):
    case = services.open_case(
        by=desk_operator, person=person, team=team_of(partner, "multidisciplinary"), manager=case_worker, basis="desk"
    )
    return services.close_case(
        by=case_worker, case=case, closed_on=timezone.localdate(), outcome="lost_contact", results=[]
    )


def test_whether_it_helped_is_said_by_the_person(inside, closed, case_worker):
    assert HELPED in shown(inside, HOME)
    page = shown(inside, HELPED)
    assert page.count('name="answer"') == 4
    assert "Thank you" not in page
    after.record_helpfulness(by=case_worker, case=closed, answer="not")
    assert 'aria-pressed="true"' not in shown(inside, HELPED)  # what the staff wrote down is not shown
    assert inside.post(HELPED, {"answer": "refused"}).url == HELPED
    assert "Thank you" in shown(inside, HELPED)
    assert inside.post(f"{HELPED}?lang=ar", {"answer": "much"}).url == HELPED
    said = Helpfulness.objects.get()
    assert (said.case, said.answer, said.language, said.asked_by) == (closed, "much", "ar", None)
    assert inside.post(HELPED, {"answer": "soup"}).status_code == 404


def test_nobody_is_asked_about_a_case_that_is_open_or_long_ago(inside, closed, person, desk_operator):
    type(closed).objects.update(closed_on=timezone.localdate() - timedelta(days=366), opened_on="2020-01-01")
    assert HELPED not in shown(inside, HOME)
    assert inside.get(HELPED).url == HOME
    assert inside.post(HELPED, {"answer": "much"}).url == HOME
    assert not Helpfulness.objects.exists()


def test_asked_for_sixty_days_and_changed_only_that_day(inside, closed):
    type(closed).objects.update(closed_on=timezone.localdate() - timedelta(days=61), opened_on="2020-01-01")
    assert inside.get(HELPED).url == HOME
    type(closed).objects.update(closed_on=timezone.localdate() - timedelta(days=60))
    assert inside.post(HELPED, {"answer": "some"}).url == HELPED
    assert inside.post(HELPED, {"answer": "much"}).url == HELPED
    Helpfulness.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert inside.post(HELPED, {"answer": "not"}).url == HOME
    assert Helpfulness.objects.get().answer == "much"


@pytest.mark.parametrize("language", [code for code, _name in settings.PUBLIC_LANGUAGES])
def test_in_every_language(inside, closed, language):
    for address in (MESSAGES, HELPED):
        assert f'lang="{language}"' in shown(inside, address, lang=language)


def test_without_the_card_nothing_is_told(db):
    for address in (MESSAGES, HELPED):
        assert Client().get(address).url == f"{reverse('own_enter')}?ended"
        assert Client().post(address, {"answer": "much"}).url == f"{reverse('own_enter')}?ended"
