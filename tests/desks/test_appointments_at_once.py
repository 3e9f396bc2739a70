"""At the same moment twenty people book one time, one person books many, many times become free. Real connections."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from lgnet.core.errors import DomainError
from lgnet.desks import appointment_own as own
from lgnet.desks.appointment_booking import book_appointment, cancel_appointment
from lgnet.desks.appointment_waiting import add_wish
from lgnet.desks.models import Appointment, AppointmentGroup
from lgnet.network.roles import Role
from tests.at_once import all_at_once
from tests.conftest import team_of
from tests.desks.booking import AT_ONCE, book_all_at_once, open_a_desk
from tests.desks.planned import slots_on

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("places", [1, 3])
def test_twenty_book_one_time(places, partner, make_user):
    operator, desk = make_user(Role.DESK_OPERATOR, partner), team_of(partner, "desk")
    booked, refused, problems = book_all_at_once(operator, *open_a_desk(desk, operator, places))
    assert (len(booked), len(refused), problems) == (places, AT_ONCE - places, [])
    assert Appointment.objects.count() == places
    assert [group.taken for group in AppointmentGroup.objects.all()] == ([] if places == 1 else [places])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_twenty_book_one_time_on_a_file(tmp_path):
    env = dict(os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/desk.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings")
    env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.desks.booking"]
    told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout.strip() == "[(1, 19, []), (3, 17, [])]", told.stderr


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_nobody_books_more_alone_than_allowed(partner, make_user):
    operator, desk = make_user(Role.DESK_OPERATOR, partner), team_of(partner, "desk")
    kind, _opening, people, starts_at = open_a_desk(desk, operator)
    type(kind).objects.update(booked_by_whom="person")
    kind.refresh_from_db()
    slots = own.free_for_person(people[0], kind, timezone.localdate(starts_at))[: 2 * own.MOST]
    refused = []

    def book(moment):
        try:
            own.book_for_oneself(person=people[0], kind=kind, starts_at=moment)
        except DomainError as error:
            refused.append(str(error))

    assert all_at_once(*(lambda moment=slot.starts_at: book(moment) for slot in slots)) == []
    assert (Appointment.objects.count(), len(refused)) == (own.MOST, own.MOST)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_who_waits_is_offered_one_time_of_many_that_become_free(partner, make_user):
    operator, desk = make_user(Role.DESK_OPERATOR, partner), team_of(partner, "desk")
    kind, opening, people, starts_at = open_a_desk(desk, operator)
    slots = [slot for slot in slots_on(kind, timezone.localdate(starts_at)) if slot.opening == opening][:4]
    booked = [
        book_appointment(by=operator, person=person, kind=kind, opening_id=opening.pk, starts_at=slot.starts_at)
        for person, slot in zip(people, slots, strict=False)
    ]
    add_wish(by=operator, person=people[-1], kind=kind, from_day=timezone.localdate())
    cancels = [lambda one=one: cancel_appointment(by=operator, appointment=one, reason="person") for one in booked]
    assert all_at_once(*cancels) == []
    assert Appointment.objects.filter(status="offered").count() <= 1
