"""Two colleagues at one request: the second is told, and loses nothing; a promise that is due is in the owner's day."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.desks.models import Request
from lgnet.desks.request_services import (
    Answer,
    Question,
    answer_request,
    make_request,
    note_words,
    request_state,
    revise_request,
)
from lgnet.desks.services import record_arrival
from lgnet.people.models import JourneyEvent
from tests.conftest import team_of

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "requests"}


@pytest.fixture
def asked(partner, person, desk_operator, service_type):
    visit = record_arrival(by=desk_operator, team=team_of(partner, Team.Kind.DESK), person=person)
    return make_request(by=desk_operator, visit=visit, question=Question(service_type))


@pytest.fixture
def second(make_user, partner):
    return make_user("desk_operator", partner)


def seen_in(page):
    return re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]


def test_the_second_who_writes_is_told_and_what_was_typed_stays(sign_in, desk_operator, second, asked):
    client, address = sign_in(desk_operator), reverse("request_edit", args=[asked.pk])
    seen = seen_in(client.get(address).content.decode())
    note_words(by=second, request=asked, words="a colleague's words")
    answer_request(by=second, request=asked, answer=Answer("answered", answer="the other answer"))
    typed = {
        "service_type": asked.service_type_id, "words": "my words", "outcome": "impossible", "reason": "no_place",
        "seen": seen,
    }  # fmt: skip
    refused = client.post(address, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "A colleague changed this request while you were writing." in page
    assert "What a colleague has saved meanwhile:" in page
    assert "the other answer" in page
    assert "my words" in page
    assert Request.objects.get().words == "a colleague's words"
    assert client.post(address, typed | {"seen": seen_in(page)}).status_code == 302
    row = Request.objects.get()
    assert (row.words, row.outcome) == ("my words", "impossible")


def test_another_mistake_is_no_change_of_a_colleague(sign_in, desk_operator, asked):
    client, address = sign_in(desk_operator), reverse("request_edit", args=[asked.pk])
    seen = seen_in(client.get(address).content.decode())
    typed = {"service_type": asked.service_type_id, "words": "mine", "outcome": "impossible", "seen": seen}
    page = client.post(address, typed).content.decode()
    assert "Say why it cannot be answered." in page
    assert "A colleague" not in page
    assert seen_in(page) == seen


def test_one_tap_does_not_undo_what_a_colleague_said(sign_in, desk_operator, second, asked):
    answer_request(by=second, request=asked, answer=Answer("answered", answer="the other answer"))
    tapped = {"outcome": "impossible", "reason": "no_place", "was": "", "words": "what I heard"}
    page = sign_in(desk_operator).post(reverse("request_answer", args=[asked.pk]), tapped, **HTMX).content.decode()
    assert "A colleague said meanwhile how this ended" in page
    assert "the other answer" in page
    assert "what I heard" in page
    assert Request.objects.get().outcome == "answered"
    assert JourneyEvent.objects.filter(kind="request_answered", voided_at__isnull=True).count() == 1


def test_the_same_said_twice_is_said_once(desk_operator, second, asked):
    answer_request(by=second, request=asked, answer=Answer("answered"), was="")
    answer_request(by=desk_operator, request=asked, answer=Answer("answered"), was="answered")
    with pytest.raises(DomainError):
        answer_request(by=desk_operator, request=asked, answer=Answer("referred"), was="later")


def test_the_state_tells_every_change(desk_operator, asked):
    answers = (Answer("answered"), Answer("answered", answer="x"), Answer("later", owner=desk_operator))
    states = [request_state(asked)] + [
        request_state(revise_request(by=desk_operator, request=asked, question=None, answer=answer))
        for answer in answers
    ]
    assert len(set(states)) == 4
    asked.refresh_from_db()
    assert request_state(asked) == states[-1]


def test_a_promise_is_in_the_day_of_its_owner_and_overdue_when_it_is(sign_in, desk_operator, second, asked):
    due = timezone.localdate() + timedelta(days=2)
    answer_request(by=desk_operator, request=asked, answer=Answer("later", owner=second, due_on=due))
    edit = reverse("request_edit", args=[asked.pk])
    mine = sign_in(second).get(reverse("home")).content.decode()
    assert "Promised by you" in mine
    assert edit in mine
    assert "overdue" not in mine
    assert "Promised by you" not in sign_in(desk_operator).get(reverse("home")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert "overdue" in sign_in(second).get(reverse("home")).content.decode()
