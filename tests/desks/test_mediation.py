"""Hours of mediators between two cities: offered, booked once, held, counted; and who needs one in the queue."""

import os
import subprocess
import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from lgnet.core.errors import DomainError
from lgnet.desks import mediation, queue
from lgnet.desks import mediation_selectors as selectors
from lgnet.desks.mediation_bookings import book_mediation, cancel_mediation, close_mediation
from lgnet.desks.mediation_models import MediationBooking
from lgnet.desks.mediation_slots import slots_on
from lgnet.messaging.models import OutgoingMessage
from lgnet.network.roles import Role
from lgnet.people.models import JourneyEvent
from lgnet.people.services import restrict_file
from tests.conftest import team_of
from tests.desks.booking_mediation import BOOKERS, book_at_once, offer_hours

ROOT = Path(__file__).resolve().parents[2]
ROME = ZoneInfo("Europe/Rome")
TAKEN = "This slot has just been booked. Choose another one."
MORNING = datetime(2026, 11, 26, 9, 10, tzinfo=ROME)


@pytest.fixture
def morning():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def far(make_user, other_partner):
    """A desk operator of the other city, where the mediator is."""
    user = make_user(Role.DESK_OPERATOR, other_partner)
    user.email = "far@example.org"
    user.save()
    return user


@pytest.fixture
def offer(morning, far, other_partner):
    return offer_hours(far, other_partner)


@pytest.fixture
def book(desk_operator, partner, offer):
    """Return `book(number)`: book the slot of that number, of today."""

    def booking(number=1, **more):
        slot = slots_on(offer, timezone.localdate())[number]
        usual = {"by": desk_operator, "partner": partner, "language": "bn", "way": "phone"}
        return book_mediation(offer=offer, starts_at=slot.starts_at, **usual | more)

    return booking


def test_slots_follow_the_clock_on_the_wall(far, other_partner):
    with time_machine.travel(datetime(2026, 10, 20, 12, tzinfo=ROME), tick=False):
        offer = offer_hours(far, other_partner, weekdays=[5, 6], closes=time(10, 45))
        days = [day for day, hours in selectors.free_hours(far, days=14).items() if hours]
    assert [day.day for day in days] == [24, 25, 31, 1]
    for day, hour in ((24, 7), (25, 8)):  # summer, winter
        slots = slots_on(offer, datetime(2026, 10, day, tzinfo=ROME).date())
        assert [(slot.starts_at.hour, slot.starts_at.minute) for slot in slots] == [
            (hour, 0),
            (hour, 30),
            (hour + 1, 0),
        ]


def test_another_city_sees_what_is_free_and_books_it(book, desk_operator, far, offer, person, partner):
    today = timezone.localdate()
    found = selectors.free_hours(desk_operator, language="bn")
    assert len(found) == 7
    assert [f"{slot.starts_at.astimezone(ROME):%H:%M}" for slot in found[today][0].slots] == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
    ]
    assert selectors.free_hours(desk_operator, language="uk") == {}
    assert selectors.free_hours(desk_operator, way="in_person") == {}
    assert len(selectors.free_hours(far, way="in_person")) == 7
    booking = book(person=person, area="legal", reach_at=" 06  555 ")
    assert booking.reach_at == "06 555"
    assert len(selectors.free_hours(desk_operator)[today][0].slots) == 3
    with pytest.raises(DomainError, match="just been booked"):
        book()
    mail = OutgoingMessage.objects.get()
    assert mail.to == "far@example.org"
    assert "Provadati" not in mail.text
    seen = selectors.get_booking(far, booking.pk)
    assert not selectors.knows_person(far, seen)
    assert selectors.knows_person(desk_operator, booking)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"language": "uk"}, "does not speak"), ({"way": "in_person"}, "not take part"), ({"way": "video"}, "not take part"),
        ({"area": "nonsense"}, "from the list"),
    ],
)  # fmt: skip
def test_what_cannot_be_booked(book, more, word):
    with pytest.raises(DomainError, match=word):
        book(**more)


def test_slots_that_are_not_there(book, desk_operator, partner, offer, morning, far, other_partner):
    with pytest.raises(DomainError, match="not offered"):
        book_mediation(
            by=desk_operator, partner=partner, offer=offer, starts_at=MORNING, language="bn", way="phone"
        )  # fmt: skip
    morning.shift(timedelta(hours=1))
    with pytest.raises(DomainError, match="over"):
        book(1)
    mediation.stop_offer(by=far, offer=offer)
    with pytest.raises(DomainError, match="not offered"):
        book(3)
    own = offer_hours(far, other_partner, reach="own")
    assert selectors.free_hours(desk_operator) == {}
    with pytest.raises(DomainError, match="not offered"):
        book_mediation(
            by=desk_operator, partner=partner, offer=own, starts_at=slots_on(own, timezone.localdate())[3].starts_at,
            language="bn", way="phone",
        )  # fmt: skip


def test_who_may(book, far, stranger, outreach_operator, person, make_user, partner, colleague, offer):
    with pytest.raises(PermissionDenied):
        book(by=make_user(Role.FINANCE_OFFICER, partner))
    with pytest.raises(PermissionDenied):
        book(by=far)  # not for our city
    with pytest.raises(PermissionDenied):
        book(by=colleague, person=person)  # the file is not open
    with pytest.raises(PermissionDenied):
        offer_hours(outreach_operator, partner)
    booking = book(by=outreach_operator)
    third = make_user(Role.OUTREACH_OPERATOR, partner)
    with pytest.raises(Http404):
        selectors.get_booking(make_user(Role.FINANCE_OFFICER, partner), booking.pk)
    assert selectors.get_booking(third, booking.pk) == booking
    with pytest.raises(PermissionDenied):
        close_mediation(by=make_user(Role.FINANCE_OFFICER, partner), booking=booking, held=False)
    with pytest.raises(PermissionDenied):
        mediation.stop_offer(by=third, offer=offer)


def test_held_counted_and_in_the_journey(book, far, desk_operator, person, morning):
    booking = book(person=person)
    with pytest.raises(DomainError, match="not begun"):
        close_mediation(by=desk_operator, booking=booking, held=True, minutes=20)
    morning.shift(timedelta(hours=1))
    with pytest.raises(DomainError, match="minutes"):
        close_mediation(by=desk_operator, booking=booking, held=True)
    close_mediation(by=desk_operator, booking=booking, held=True, minutes=20)
    close_mediation(by=far, booking=booking, held=True, minutes=25)
    events = JourneyEvent.objects.filter(kind="mediation", voided_at=None)
    assert [(event.person, event.partner) for event in events] == [(person, person.partner)]
    counts = {"booked": 1, "held": 1, "missed": 0, "total": 25}
    for user in (far, desk_operator):
        (row,) = selectors.mediation_counts(user)
        assert row == counts | {
            "language": "bn", "partner__short_name": "Provaltina", "offer__partner__short_name": "Esempiana",
        }  # fmt: skip
    close_mediation(by=desk_operator, booking=booking, held=False)
    assert not JourneyEvent.objects.filter(kind="mediation", voided_at=None).exists()
    assert selectors.mediation_counts(far)[0]["missed"] == 1
    with pytest.raises(DomainError, match="took place"):
        cancel_mediation(by=far, booking=booking, reason="x")


def test_a_slot_given_back_is_free_and_told(book, far, desk_operator, make_user, partner):
    desk_operator.email = "desk@example.org"
    desk_operator.save()
    booking = book()
    with pytest.raises(DomainError, match="Say why"):
        cancel_mediation(by=far, booking=booking, reason=" ")
    cancel_mediation(by=far, booking=booking, reason="The mediator is ill")
    cancel_mediation(by=far, booking=booking, reason="again")
    waiting = OutgoingMessage.objects.filter(status="queued")
    assert [(mail.to, "is ill" in mail.text) for mail in waiting] == [("desk@example.org", True)]
    assert book().status == "booked"
    with pytest.raises(DomainError, match="cancelled"):
        close_mediation(by=far, booking=booking, held=False)


def test_a_form_sent_twice_books_once(book, person):
    record_id = person.pk  # any id
    assert book(record_id=record_id) == book(record_id=record_id)
    with pytest.raises(DomainError, match="used already"):
        book(2, record_id=record_id)
    assert OutgoingMessage.objects.count() == 1


def test_the_database_itself_refuses_a_second_booking(book):
    booking = book()
    booking.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        MediationBooking.objects.create(
            **{name: getattr(booking, name) for name in ("offer", "partner", "starts_at", "ends_at", "booked_by")}
        )


def test_a_restricted_file_stays_hidden(book, person, desk_operator, case_worker, colleague, far):
    booking = book(person=person)
    person.file_members.create(user=case_worker, basis="case")
    restrict_file(by=case_worker, person=person, restricted=True, reason="for her safety, asked")
    assert booking in selectors.visible_bookings(desk_operator)
    assert booking not in selectors.visible_bookings(colleague)
    assert booking in selectors.visible_bookings(far)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"languages": []}, "language_1"), ({"ways": []}, "ways"), ({"ways": ["pigeon"]}, "ways"),
        ({"ways": ["in_person"]}, "ways"), ({"reach": "moon"}, "reach"), ({"closes": time(9, 20)}, "closes"),
        ({"closes": time(8)}, "closes"), ({"slot_minutes": 1}, "slot_minutes"), ({"weekdays": [9]}, "weekdays"),
        ({"ends_on": datetime(2026, 11, 25, tzinfo=ROME).date()}, "ends_on"),
        ({"weekdays": (), "starts_on": datetime(2026, 11, 25, tzinfo=ROME).date()}, "starts_on"),
        ({"starts_on": datetime(2036, 11, 25, tzinfo=ROME).date()}, "starts_on"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_offered(morning, far, other_partner, more, field):
    with pytest.raises(DomainError) as refusal:
        offer_hours(far, other_partner, **more)
    assert refusal.value.field == field


def test_a_mediator_is_offered_once_at_a_time(morning, far, other_partner, stranger, desk_operator):
    offer_hours(far, other_partner, mediator=stranger, weekdays=[0])
    offer_hours(far, other_partner, mediator=stranger, weekdays=[1])
    offer_hours(far, other_partner, mediator=stranger, weekdays=[0], opens=time(11), closes=time(12))
    with pytest.raises(DomainError, match="already"):
        offer_hours(far, other_partner, mediator=stranger, weekdays=[0], opens=time(10), closes=time(12))
    with pytest.raises(DomainError, match="does not work here"):
        offer_hours(far, other_partner, mediator=desk_operator)


def test_a_day_left_out(book, far, offer):
    booking, today = book(), timezone.localdate()
    with pytest.raises(DomainError, match="Cancel those"):
        mediation.leave_out_day(by=far, offer=offer, day=today)
    cancel_mediation(by=far, booking=booking, reason="ill")
    mediation.leave_out_day(by=far, offer=offer, day=today)
    assert today not in selectors.free_hours(far)
    assert len(selectors.free_hours(far)) == 6


def test_the_queue_knows_who_needs_a_mediator(offer, desk_operator, partner, morning):
    desk = team_of(partner, "desk")
    tickets = [queue.issue_ticket(team=desk, language=language) for language in ("bn", "bn", "it", "", "uk", "wo")]
    mediation.say_here(by=desk_operator, team=desk, name="Prova", languages=["uk"], until=time(12))
    mediation.wait_for_mediator(by=desk_operator, ticket=tickets[3], language="ar")
    waiting = queue.Ticket.objects.filter(team=desk)
    needs = {need.language: need for need in selectors.needs_of(desk_operator, desk, waiting)}
    assert [need.waiting for need in needs.values()] == [2, 1, 1, 1]
    assert needs["bn"].now.offer == offer
    assert not needs["bn"].here
    assert needs["ar"].now
    assert needs["uk"].here[0].name == "Prova"
    assert (needs["wo"].now, needs["wo"].next, needs["wo"].here) == (None, None, [])
    morning.shift(timedelta(hours=3))
    needs = {need.language: need for need in selectors.needs_of(desk_operator, desk, waiting)}
    assert not needs["uk"].here
    assert needs["bn"].now is None
    assert needs["bn"].next.starts_at.astimezone(ROME).day == 27
    queue.finish_ticket(by=desk_operator, ticket=tickets[0], status="left")
    with pytest.raises(DomainError):
        mediation.wait_for_mediator(by=desk_operator, ticket=tickets[0], language="ar")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_twenty_book_one_slot_at_once(partner, other_partner, make_user):
    cities = (partner, other_partner)
    bookers = [(make_user(Role.DESK_OPERATOR, cities[n % 2]), cities[n % 2]) for n in range(BOOKERS)]
    assert book_at_once(offer_hours(*bookers[0]), bookers) == (1, [TAKEN], BOOKERS - 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_twenty_book_one_slot_at_once_on_a_file(tmp_path):
    env = dict(os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/m.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings")
    env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.desks.booking_mediation"]
    told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout.strip() == str((1, [TAKEN], BOOKERS - 1)), told.stderr
