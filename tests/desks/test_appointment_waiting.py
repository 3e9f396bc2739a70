"""The waiting list: who is offered what becomes free, for how long, and who comes next."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from lgnet.core.errors import DomainError
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_outcomes as outcomes
from lgnet.desks import appointment_own as own
from lgnet.desks import appointment_waiting as waiting
from lgnet.desks.models import Appointment, AppointmentHold
from lgnet.messaging.models import OutgoingMessage
from lgnet.people.models import JourneyEvent
from lgnet.people.records import add_contact_point
from lgnet.people.services import PersonDetails, register_person
from tests.desks.planned import an_opening, at, clocks, slots_on

MONDAY = date(2026, 11, 30)
NOW = at(date(2026, 11, 26), "08:00")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booked(kind, desk, desk_operator, person):
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    return booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(MONDAY, "09:00")
    )


@pytest.fixture
def wait(kind, desk, desk_operator):
    """Return `wait(name)`: somebody registered who waits."""

    def make(name, **asked):
        person = register_person(by=desk_operator, team=desk, details=PersonDetails(nickname=name))
        usual = {"from_day": date(2026, 11, 26)}
        return waiting.add_wish(by=desk_operator, person=person, kind=kind, **usual | asked)

    return make


def cancel(appointment, by):
    return booking.cancel_appointment(by=by, appointment=appointment, reason="person")


def offer_of(wish):
    return wish.appointments.filter(status="offered").first()


def test_a_freed_time_goes_to_the_first_whom_it_suits(booked, wait, kind, desk_operator):
    later, tuesday = wait("Più tardi", from_day=date(2026, 12, 7)), wait("Martedì", weekdays=[1])
    first, second = wait("Prima"), wait("Seconda")
    add_contact_point(by=desk_operator, person=first.person, kind="phone", value="+393200000001", safe="yes")
    cancel(booked, desk_operator)
    offer = offer_of(first)
    assert [offer_of(one) for one in (later, tuesday, second)] == [None, None, None]
    assert (offer.starts_at, offer.offer_ends_at) == (booked.starts_at, NOW + timedelta(hours=24))
    assert "09:00" not in clocks(slots_on(kind, MONDAY))
    assert not JourneyEvent.objects.filter(source_id=offer.pk).exists()
    told = OutgoingMessage.objects.get()
    assert told.text == (
        "Si è liberato un posto lunedì 30 novembre alle 09:00. Se lo vuoi, rispondi entro venerdì 27 novembre 08:00."
    )
    taken = outcomes.accept(by=desk_operator, offer=offer)
    first.refresh_from_db()
    assert (taken.status, first.status) == ("booked", "met")
    assert JourneyEvent.objects.filter(source_id=offer.pk, kind="appointment_booked").exists()
    with pytest.raises(DomainError, match="has ended"):
        outcomes.accept(by=desk_operator, offer=offer)


def test_who_declines_goes_on_waiting_and_the_next_one_is_asked(booked, wait, desk_operator):
    first, second = wait("Prima"), wait("Seconda")
    cancel(booked, desk_operator)
    waiting.decline_offer(by=desk_operator, offer=offer_of(first))
    first.refresh_from_db()
    assert (first.status, offer_of(first)) == ("waiting", None)
    waiting.decline_offer(by=desk_operator, offer=offer_of(second))
    assert Appointment.objects.filter(status="offered").count() == 0  # nobody is asked twice for one time
    assert not AppointmentHold.objects.exists()


def test_an_offer_ends_and_the_next_one_is_asked(booked, wait, kind, desk_operator):
    first, second = wait("Prima"), wait("Seconda")
    cancel(booked, desk_operator)
    offer = offer_of(first)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        assert "09:00" in clocks(slots_on(kind, MONDAY))
        with pytest.raises(DomainError, match="has ended"):
            outcomes.accept(by=desk_operator, offer=offer)
        call_command("pass_on_offers")
        assert offer_of(first) is None
        assert offer_of(second).starts_at == booked.starts_at
        assert waiting.pass_on_ended_offers() == 0


def test_a_time_of_an_ended_offer_can_be_booked_at_once(booked, wait, desk_operator, person):
    first = wait("Prima")
    cancel(booked, desk_operator)
    offer = offer_of(first)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        made = booking.book_appointment(
            by=desk_operator, person=person, kind=booked.kind, opening_id=booked.opening_id, starts_at=booked.starts_at
        )
        assert waiting.pass_on_ended_offers() == 1
        offer.refresh_from_db()
        assert (made.status, offer.status, offer.reason) == ("booked", "cancelled", "no_answer")
        assert AppointmentHold.objects.filter(appointment=made).count() == 6


def test_what_becomes_free_too_late_is_not_offered(booked, wait, desk_operator):
    wait("Prima")
    with time_machine.travel(booked.starts_at - timedelta(hours=2), tick=False):
        cancel(booked, desk_operator)
    assert not Appointment.objects.filter(status="offered").exists()


def test_moving_frees_a_time_too(booked, wait, desk_operator):
    wish = wait("Prima")
    booking.move_appointment(
        by=desk_operator, appointment=booked, opening_id=booked.opening_id, starts_at=at(MONDAY, "11:00")
    )
    assert offer_of(wish).starts_at == at(MONDAY, "09:00")


def test_who_is_booked_waits_no_longer(wait, booked, kind, desk_operator):
    wish = wait("Prima")
    booking.book_appointment(
        by=desk_operator, person=wish.person, kind=kind, opening_id=booked.opening_id, starts_at=at(MONDAY, "10:00")
    )
    wish.refresh_from_db()
    assert wish.status == "met"


def test_the_person_takes_the_offer(booked, wait, desk_operator, person):
    wish = wait("Prima")
    cancel(booked, desk_operator)
    offer = offer_of(wish)
    assert own.upcoming_of(wish.person) == [offer]
    with pytest.raises(DomainError):
        own.accept_offer(person=person, offer=offer)
    taken = own.accept_offer(person=wish.person, offer=offer)
    assert (taken.status, taken.by_person, taken.booked_by) == ("booked", True, None)
    assert own.upcoming_of(wish.person) == [taken]


def test_the_person_does_not_take_the_offer(booked, wait, desk_operator):
    wish = wait("Prima")
    cancel(booked, desk_operator)
    own.decline_offer(person=wish.person, offer=offer_of(wish))
    assert own.upcoming_of(wish.person) == []


def test_who_may_and_what_is_refused(booked, wait, kind, desk_operator, stranger, other_partner):
    wish = wait("Prima")
    with pytest.raises(DomainError, match="already"):
        waiting.add_wish(by=desk_operator, person=wish.person, kind=kind, from_day=MONDAY)
    with pytest.raises(PermissionDenied):
        waiting.add_wish(by=stranger, person=wish.person, kind=kind, from_day=MONDAY)
    cancel(booked, desk_operator)
    with pytest.raises(PermissionDenied):
        waiting.decline_offer(by=stranger, offer=offer_of(wish))
    with pytest.raises(DomainError, match="answer the offer first"):
        waiting.end_wish(by=desk_operator, wish=wish)
