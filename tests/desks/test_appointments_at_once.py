"""Twenty people book one time at the same moment: one gets it, or as many as a group has places. Real connections."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from lgnet.desks.models import Appointment, AppointmentGroup
from lgnet.network.roles import Role
from tests.conftest import team_of
from tests.desks.booking import AT_ONCE, book_all_at_once, open_a_desk

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
