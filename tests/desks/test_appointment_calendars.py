"""Calendars read back by another library; the slip; the words in eight languages; secrets that are revoked."""

import string
from datetime import date, timedelta

import pytest
import time_machine
import vobject
from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.models import Task
from lgnet.cases.services import open_case
from lgnet.cases.tasks import add_task, end_task
from lgnet.catalogue.models import Site
from lgnet.desks import appointment_booking as booking
from lgnet.desks.appointment_feeds import appointments_in, create_feed, feed_with, stop_feed, tasks_in
from lgnet.desks.appointment_ics import calendar_for_person, scanned_event
from lgnet.desks.appointment_slips import slip_of
from lgnet.desks.appointment_words import DOCUMENTS, WORDS
from tests.conftest import team_of
from tests.desks.planned import a_kind, an_opening, at

MONDAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(date(2026, 11, 27), "08:00"), tick=False):
        yield


@pytest.fixture
def appointment(partner, desk_operator, person):
    desk = team_of(partner, "desk")
    Site.objects.filter(pk=desk.site_id).update(address="Via Prova 1", is_published=True)
    desk.refresh_from_db()
    kind = a_kind(desk_operator, desk, "Consulenza legale", documents=["passport", "photos"], documents_note="lettera")
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    person.languages.create(language="ar", is_preferred=True)
    return booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "09:00")
    )


def test_the_calendar_file_of_the_person(appointment):
    event = vobject.readOne(calendar_for_person(appointment, "fr").decode()).vevent
    assert event.summary.value == "Rendez-vous"
    assert event.dtstart.value == appointment.starts_at
    assert event.dtend.value == appointment.ends_at
    assert event.location.value == "Via Prova 1"
    assert "passeport" in event.description.value
    assert "legale" not in calendar_for_person(appointment, "it").decode()  # nothing of what it is about
    assert event.uid.value == f"{appointment.pk}@lgnet"
    assert event.sequence.value == "0"


def test_a_place_that_is_not_public_is_on_no_paper(appointment):
    Site.objects.update(is_published=False)
    appointment.team.refresh_from_db()
    assert "Via Prova" not in calendar_for_person(appointment, "it").decode()
    assert slip_of(appointment).address == ""


def test_what_a_telephone_scans_is_an_event(appointment):
    event = vobject.readOne(scanned_event(appointment, "it"))
    assert (event.name, event.dtstart.value) == ("VEVENT", appointment.starts_at)


def test_the_slip_in_the_language_of_the_person_and_in_italian(appointment, sign_in, desk_operator):
    slip = slip_of(appointment)
    assert (slip.language, slip.direction, slip.time) == ("ar", "rtl", "09:00")
    assert slip.bring[0] == ("جواز السفر", "passaporto")
    assert slip.bring[2] == ("lettera", "")
    page = sign_in(desk_operator).get(reverse("appointment_slip", args=[appointment.pk])).content.decode()
    assert 'dir="rtl"' in page
    assert "lunedì 30 novembre, 09:00" in page
    assert appointment.person.pseudonym in page
    assert "Provadati" not in page.split("<article")[1].split("</article>")[0]
    uk = sign_in(desk_operator).get(reverse("appointment_slip", args=[appointment.pk]), {"language": "uk"})
    assert "Зустріч" in uk.content.decode()


def test_the_file_is_sent_with_its_type(appointment, sign_in, desk_operator):
    answer = sign_in(desk_operator).get(reverse("appointment_ics", args=[appointment.pk]))
    assert answer["Content-Type"].startswith("text/calendar")


def test_the_feed_of_an_operator_and_of_a_team(client, appointment, desk_operator, coordinator):
    for by, team in ((desk_operator, None), (coordinator, appointment.team)):
        _feed, secret = create_feed(by=by, team=team)
        answer = client.get(reverse("appointment_feed", args=[secret]))
        assert answer["Content-Type"].startswith("text/calendar")
        events = vobject.readOne(answer.content.decode()).vevent_list
        assert [event.summary.value for event in events] == [f"Consulenza legale · {appointment.person.pseudonym}"]
        assert "Provadati" not in answer.content.decode()
    feed, secret = create_feed(by=coordinator)
    assert list(appointments_in(feed)) == []
    assert b"BEGIN:VCALENDAR" in client.get(reverse("appointment_feed", args=[secret])).content


def test_what_is_to_be_done_is_in_ones_own_calendar(client, appointment, desk_operator, case_worker, partner):
    case = open_case(
        by=desk_operator, person=appointment.person, team=team_of(partner, "multidisciplinary"), manager=case_worker,
        basis="desk",
    )  # fmt: skip
    for words, due_on in (("Chiamare Provadati", MONDAY), ("Senza giorno", None), ("Fatto", MONDAY)):
        task = add_task(by=case_worker, case=case, words=words, owner=case_worker, due_on=due_on)
        if words == "Fatto":
            end_task(by=case_worker, task=task, status="done")
    task = Task.objects.get(words="Chiamare Provadati")
    _feed, secret = create_feed(by=case_worker)
    text = client.get(reverse("appointment_feed", args=[secret])).content.decode()
    (event,) = vobject.readOne(text).vevent_list
    assert event.summary.value == f"To do · {appointment.person.pseudonym}"
    assert (event.dtstart.value, event.dtend.value) == (MONDAY, MONDAY + timedelta(days=1))
    assert event.transp.value == "TRANSPARENT"
    assert event.url.value == f"http://testserver{reverse('task_detail', args=[task.pk])}"
    assert "Provadati" not in text
    for feed, _secret in (create_feed(by=desk_operator), create_feed(by=desk_operator, team=appointment.team)):
        assert not tasks_in(feed).exists()


def test_a_feed_is_stopped_or_ends_with_the_place_in_the_team(client, appointment, desk_operator):
    own, secret = create_feed(by=desk_operator)
    stop_feed(by=desk_operator, feed=own)
    assert client.get(reverse("appointment_feed", args=[secret])).status_code == 404
    _feed, secret = create_feed(by=desk_operator, team=appointment.team)
    assert secret not in str(list(desk_operator.calendar_feeds.values()))
    desk_operator.team_memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Http404):
        appointments_in(feed_with(secret))
    with pytest.raises(Http404):
        feed_with("guessed")


def test_the_address_of_a_feed_is_shown_once(sign_in, desk_operator, appointment):
    counter = sign_in(desk_operator)
    assert "No calendar yet" in counter.get(reverse("appointment_feeds")).content.decode()
    made = counter.post(reverse("feed_new"), {"team": appointment.team.pk}).content.decode()
    assert "/calendar/" in made
    page = counter.get(reverse("appointment_feeds")).content.decode()
    assert appointment.team.name in page
    feed = desk_operator.calendar_feeds.get()
    counter.post(reverse("feed_stop", args=[feed.pk]))
    feed.refresh_from_db()
    assert feed.stopped_at is not None


def test_the_words_are_there_in_every_language_with_the_same_places():
    def places(text):
        return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}

    languages = [code for code, _name in settings.PUBLIC_LANGUAGES]
    assert list(WORDS) == languages
    for words in WORDS.values():
        assert list(words) == list(WORDS["it"])
        assert all(words.values())
        for key, text in words.items():
            assert places(text) == places(WORDS["it"][key]), key
    for texts in DOCUMENTS.values():
        assert set(texts) == set(languages)
