"""Appointments on the person's own page: seen with what to bring, answered, booked; only one's own, nothing of staff."""

import re
import uuid
from datetime import date, time, timedelta

import pytest
import time_machine
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lgnet.catalogue.models import Site, Team
from lgnet.desks.appointment_booking import book_appointment
from lgnet.desks.models import Appointment
from lgnet.people.own_cards import OwnCardDetails, change_own_card, create_own_card
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening, at
from tests.queries import count_queries

MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(date(2026, 11, 27), "08:00"), tick=False):
        yield


@pytest.fixture
def kind(partner, desk_operator):
    Site.objects.filter(partner=partner).update(address="Via Prova 1", is_published=True)
    return a_kind(
        desk_operator, team_of(partner, Team.Kind.DESK), "Colloquio legale", booked_by_whom="person",
        documents=["passport", "photos"], documents_note="lettera della Questura",
    )  # fmt: skip


@pytest.fixture
def opening(kind, desk_operator):
    return an_opening(desk_operator, kind.team, kind, desk_operator)


@pytest.fixture
def appointment(kind, opening, desk_operator, person):
    return book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "09:00"),
        note="SegretoNota",
    )  # fmt: skip


@pytest.fixture
def card(person, desk_operator):
    made, pin = create_own_card(by=desk_operator, person=person, details=OwnCardDetails("en"))
    made.pin = pin
    return made


@pytest.fixture
def inside(card):
    client = Client()
    assert client.post(reverse("own_enter"), {"code": card.code, "pin": card.pin}).status_code == 302
    return client


def shown(client, name="own_appointments", *arguments, **asked):
    answer = client.get(reverse(name, args=arguments), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def say(client, appointment, answer):
    return client.post(reverse("own_appointment_answer", args=[appointment.pk]), {"answer": answer})


@pytest.mark.parametrize("name", ["own_home", "own_appointments"])
def test_when_where_and_what_to_bring(name, appointment, inside, desk_operator):
    page = shown(inside, name)
    for told in ("Monday 30 November", "09:00–09:30", "Documents, permit to stay", "Colloquio legale",
                 "Sportello Provaltina", "Via Prova 1", "passport", "passport photos", "lettera della Questura"):  # fmt: skip
        assert told in page, told
    for hidden in ("SegretoNota", desk_operator.full_name, "Provadati"):
        assert hidden not in page


def test_a_place_that_is_not_published_is_told_to_nobody(appointment, inside, partner):
    Site.objects.filter(partner=partner).update(is_published=False)
    assert "Via Prova 1" not in shown(inside)


def test_i_come(appointment, inside):
    answer = say(inside, appointment, "coming")
    assert answer["Location"] == "/me/appointments?coming"
    page = inside.get(answer["Location"]).content.decode()
    assert "they know that you come" in page
    assert "You said that you come." in page
    appointment.refresh_from_db()
    assert appointment.status == "confirmed"
    assert 'value="coming"' not in page


def test_i_cannot_come_is_asked_twice(appointment, inside):
    assert 'value="cannot"' not in shown(inside)
    assert 'value="cannot"' in shown(inside, "own_appointment_cannot", appointment.pk)
    assert say(inside, appointment, "cannot")["Location"] == "/me/appointments?cannot"
    appointment.refresh_from_db()
    assert (appointment.status, appointment.reason) == ("cancelled", "person")
    assert "You have no appointment." in shown(inside)
    assert say(inside, appointment, "coming").status_code == 404


def test_an_answer_that_is_none_changes_nothing(appointment, inside):
    for odd in ("", "x", "take"):
        assert say(inside, appointment, odd).status_code in {302, 422}
    appointment.refresh_from_db()
    assert appointment.status == "booked"
    assert inside.get(reverse("own_appointment_answer", args=[appointment.pk])).status_code == 302


def test_one_that_has_begun_is_not_answered(appointment, inside, card):
    with time_machine.travel(at(MONDAY, "09:10"), tick=False):
        client = Client()
        client.post(reverse("own_enter"), {"code": card.code, "pin": card.pin})
        page = shown(client)
        assert "09:00–09:30" in page
        assert 'name="answer"' not in page
        assert say(client, appointment, "cannot").status_code == 422


def test_an_offer_is_taken_or_not(appointment, inside):
    Appointment.objects.filter(pk=appointment.pk).update(
        status="offered", offer_ends_at=timezone.now() + timedelta(hours=3)
    )
    page = shown(inside)
    assert "Answer by Friday 27 November, 11:00" in page
    assert 'value="coming"' not in page
    assert say(inside, appointment, "take")["Location"] == "/me/appointments?take"
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_one_is_saved_in_the_calendar_of_the_phone(appointment, card, inside, desk_operator):
    address = reverse("own_appointment_calendar", args=[appointment.pk])
    assert address in shown(inside)
    answer = inside.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    read = vobject.readOne(answer.content.decode())
    assert read.vevent.dtstart.value == appointment.starts_at
    assert read.vevent.summary.value == "Appointment"
    assert "Colloquio" not in answer.content.decode()
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails("en", discreet=True))
    assert address not in shown(inside)
    assert inside.get(address).status_code == 404


def test_those_of_others_are_not_there(appointment, inside, kind, opening, desk_operator):
    other = register_person(by=desk_operator, team=kind.team, details=PersonDetails(nickname="Nuvola"))
    theirs = book_appointment(
        by=desk_operator, person=other, kind=kind, opening_id=opening.pk, starts_at=at(TUESDAY, "10:00")
    )
    assert "1 December" not in shown(inside)
    for name in ("own_appointment_cannot", "own_appointment_calendar"):
        assert inside.get(reverse(name, args=[theirs.pk])).status_code == 404
    for answer in ("coming", "cannot"):
        assert say(inside, theirs, answer).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "booked"


def book(client, kind, moment, record_id=None):
    sent = {"starts_at": moment, "record_id": str(record_id or uuid.uuid4())}
    return client.post(reverse("own_book_time", args=[kind.pk]), sent)


def test_a_time_is_booked_in_three_steps(kind, opening, inside, person):
    assert reverse("own_book") in shown(inside, "own_home")
    assert reverse("own_book_time", args=[kind.pk]) in shown(inside, "own_book")
    assert "?day=2026-11-30" in shown(inside, "own_book_time", kind.pk)
    page = shown(inside, "own_book_time", kind.pk, day="2026-11-30")
    times = re.findall(r'name="starts_at" value="([^"]+)"', page)
    assert len(times) == 6
    record_id = uuid.uuid4()
    for _twice in range(2):
        assert book(inside, kind, times[1], record_id)["Location"] == "/me/appointments?booked"
    made = Appointment.objects.get()
    assert (made.pk, made.person, made.by_person, made.booked_by) == (record_id, person, True, None)
    assert made.starts_at == at(MONDAY, "09:30")


def test_a_time_that_was_taken_meanwhile_is_told(kind, opening, appointment, inside):
    answer = book(inside, kind, at(MONDAY, "09:00").isoformat())
    assert answer.status_code == 422
    assert "took this time meanwhile" in answer.content.decode()
    for odd in ("", "x", "2026-11-30T09:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "\x00"):
        assert book(inside, kind, odd).status_code == 422
    assert Appointment.objects.count() == 1


def test_nobody_fills_the_calendar(kind, opening, inside):
    for clock in ("09:00", "09:30", "10:00"):
        assert book(inside, kind, at(MONDAY, clock).isoformat()).status_code == 302
    answer = book(inside, kind, at(TUESDAY, "09:00").isoformat())
    assert answer.status_code == 422
    assert "cannot be booked here" in answer.content.decode()


def test_what_is_not_open_to_the_person_is_not_booked(kind, opening, inside, desk_operator):
    inner = a_kind(desk_operator, kind.team, "Riservato")
    an_opening(desk_operator, kind.team, inner, desk_operator, from_clock=time(14), until_clock=time(16))
    assert "Riservato" not in shown(inside, "own_book")
    assert inside.get(reverse("own_book_time", args=[inner.pk])).status_code == 404
    assert book(inside, inner, at(TUESDAY, "14:00").isoformat()).status_code == 404


def test_a_discreet_page_says_when_and_where_and_not_what(appointment, card, inside, desk_operator, kind):
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails("en", discreet=True))
    for name in ("own_home", "own_appointments", "own_book"):
        page = shown(inside, name)
        for word in (
            "Colloquio legale",
            "Documents, permit",
            "Sportello",
            "LGNet",
            reverse("own_book_time", args=[kind.pk]),
        ):
            assert word not in page, (name, word)
    page = shown(inside)
    assert "09:00–09:30" in page
    assert "Via Prova 1" in page
    assert "<details><summary" in page
    assert inside.get(reverse("own_book_time", args=[kind.pk])).status_code == 404


@pytest.mark.parametrize("language", ["it", "en", "fr", "es", "ar", "uk", "bn", "ur"])
def test_every_page_in_every_language(language, appointment, kind, card, desk_operator):
    change_own_card(by=desk_operator, card=card, details=OwnCardDetails(language))
    client = Client()
    client.post(reverse("own_enter"), {"code": card.code, "pin": card.pin})
    for name, arguments in (
        ("own_home", []), ("own_appointments", []), ("own_appointment_cannot", [appointment.pk]), ("own_book", []),
        ("own_book_time", [kind.pk]),
    ):  # fmt: skip
        assert f'<html lang="{language}"' in shown(client, name, *arguments)


def test_many_appointments_cost_as_many_queries_as_few(appointment, kind, opening, inside, desk_operator, person):
    few = count_queries(inside, reverse("own_appointments"))
    for clock in ("09:30", "10:00", "10:30", "11:00"):
        book_appointment(
            by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(TUESDAY, clock)
        )
    assert count_queries(inside, reverse("own_appointments")) == few


def test_without_a_cookie_nothing_is_told(appointment, kind):
    for name, arguments in (
        ("own_appointments", []), ("own_appointment_cannot", [appointment.pk]),
        ("own_appointment_answer", [appointment.pk]), ("own_book", []), ("own_book_time", [kind.pk]),
    ):  # fmt: skip
        for method in ("get", "post"):
            assert getattr(Client(), method)(reverse(name, args=arguments))["Location"] == "/me?ended"
