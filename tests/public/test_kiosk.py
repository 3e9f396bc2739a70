"""The kiosk and the number on one's own phone: by a secret or a long id, in eight languages, nobody's name."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.ids import uuid7
from lgnet.desks import queue, screens
from lgnet.desks.models import Screen, Ticket
from lgnet.public.kiosk_words import kiosk_words
from tests.conftest import team_of
from tests.queries import count_queries

NOON = timezone.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def desk(partner):
    return team_of(partner, "desk")


@pytest.fixture
def secret(desk, coordinator):
    return screens.create_screen(by=coordinator, team=desk, kind="kiosk", name="Ingresso")[1]


@pytest.fixture
def ask(client, secret):
    def ask_for(**ticket):
        sent = json.dumps({"id": str(uuid7())} | ticket)
        url = reverse("queue_kiosk_tickets", args=[secret])
        return client.post(url, sent, content_type="application/json")

    return ask_for


def test_every_language_has_all_the_words():
    words = kiosk_words()
    assert [one["code"] for one in words] == [code for code, _name in settings.PUBLIC_LANGUAGES]
    english = next(one for one in words if one["code"] == "en")
    for one in words:
        assert one.keys() == english.keys()
        if one["code"] != "en":
            assert one["topics"]["legal"] != english["topics"]["legal"]
            assert one["failed"] != english["failed"]
    assert {one["code"] for one in words if one["direction"] == "rtl"} == {"ar", "ur"}


def test_a_kiosk_gives_numbers(client, ask, secret, desk):
    page = client.get(reverse("queue_kiosk", args=[secret]))
    assert page.status_code == 200
    assert client.get(reverse("queue_kiosk", args=["wrong"])).status_code == 404
    first, second = ask(topic="legal", language="ar").json(), ask().json()
    assert (first["number"], first["ahead"], second["number"], second["ahead"]) == (1, 0, 2, 1)
    assert first["qr"]["size"] > 20
    ticket = Ticket.objects.get(number=1)
    assert (ticket.topic, ticket.language, ticket.source, ticket.team) == ("legal", "ar", "kiosk", desk)
    assert AuditEntry.objects.filter(object_type="desks.ticket", action="create").count() == 2


def test_a_ticket_sent_again_is_the_same(ask):
    one = str(uuid7())
    assert ask(id=one).json()["number"] == ask(id=one).json()["number"] == 1
    assert Ticket.objects.count() == 1


def test_numbers_given_without_network_are_taken_in_later(ask):
    screen = Screen.objects.get()
    with time_machine.travel(NOON, tick=False):
        earlier = (timezone.now() - timedelta(minutes=9)).isoformat()
        answer = ask(number=screen.offline_from, issued_at=earlier)
        assert answer.json()["number"] == screen.offline_from == 500
        ticket = Ticket.objects.get()
        assert ticket.issued_at == timezone.now() - timedelta(minutes=9)
        assert ask().json()["number"] == 1  # the others go on as before
        for wrong, problem in ((screen.offline_from, "already"), (3, "not one of this kiosk"), (700, "not one of")):
            assert problem in ask(number=wrong).json()["error"]


def test_two_kiosks_have_numbers_of_their_own(desk, coordinator, secret):
    other, _secret = screens.create_screen(by=coordinator, team=desk, kind="kiosk", name="Corridoio")
    display, _secret = screens.create_screen(by=coordinator, team=desk, kind="display", name="Sala")
    assert (other.offline_from, display.offline_from) == (550, None)
    screens.stop_screen(by=coordinator, screen=Screen.objects.get(name="Ingresso"))
    assert screens.create_screen(by=coordinator, team=desk, kind="kiosk", name="Nuovo")[0].offline_from == 600
    with time_machine.travel(timezone.now() + timedelta(days=1)):  # those it gave today are not called any more
        assert screens.create_screen(by=coordinator, team=desk, kind="kiosk", name="Altro")[0].offline_from == 500


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"id": 3}', b'{"id": "x"}', b'{"id": null}', b"\xff\xfe", b"9" * 5000,
             b'{"id": "0190b7a0-0000-7000-8000-000000000000", "number": "x"}',
             b'{"id": "0190b7a0-0000-7000-8000-000000000000", "topic": "soup"}', b"[" * 1990,
             b'{"id": "0190b7a0-0000-7000-8000-000000000000", "number": 1e999}']
)  # fmt: skip
def test_what_is_no_ticket_is_refused(client, secret, body):
    answer = client.post(reverse("queue_kiosk_tickets", args=[secret]), body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not Ticket.objects.exists()


def test_an_odd_moment_is_now(ask):
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "soon", 3, None):
        assert ask(issued_at=moment).status_code == 200
    assert Ticket.objects.count() == 5


def test_a_kiosk_whose_memory_was_emptied_goes_on_after_its_last_number(client, ask, secret):
    ask(number=503)
    setup = client.get(reverse("queue_kiosk", args=[secret])).context["setup"]
    assert (setup["first"], setup["used"], setup["day"]) == (500, 4, timezone.localdate().isoformat())


def test_a_stopped_kiosk_gives_nothing(client, ask, secret, coordinator):
    screens.stop_screen(by=coordinator, screen=Screen.objects.get())
    assert ask().status_code == 404
    assert client.get(reverse("queue_kiosk", args=[secret])).status_code == 404


def test_ones_number_on_ones_own_phone(client, ask, desk, desk_operator, coordinator):
    ask()
    ask()
    ticket = Ticket.objects.get(number=2)
    address = reverse("queue_ticket", args=[ticket.pk])
    page = client.get(f"{address}?lang=ar")
    assert 'dir="rtl"' in page.content.decode()
    assert page.headers["Refresh"] == "15"
    assert "People before you: 1" in client.get(f"{address}?lang=en").content.decode()
    counter = screens.create_counter(by=coordinator, team=desk, name="Postazione 1")
    queue.take_counter(by=desk_operator, counter=counter)
    queue.call_ticket(by=desk_operator, counter=counter, ticket=ticket)
    assert "go to Postazione 1" in client.get(f"{address}?lang=en").content.decode()
    queue.finish_ticket(by=desk_operator, ticket=ticket, status=Ticket.Status.ABSENT)
    assert "Tell the desk" in client.get(f"{address}?lang=en").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert "another day" in client.get(f"{address}?lang=en").content.decode()
    assert 'dir="rtl"' in client.get(f"{reverse('queue_ticket', args=[uuid.uuid4()])}?lang=ur").content.decode()
    assert client.get(reverse("queue_ticket", args=[uuid.uuid4()])).status_code == 404
    assert "no-store" in page.headers["Cache-Control"]
    assert count_queries(client, address) <= 5
