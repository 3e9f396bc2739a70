"""Counters call and kiosks give at the same moment: no number twice, none lost. Real connections."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, connections

from lgnet.desks import queue
from lgnet.desks.models import Ticket
from lgnet.network.roles import Role
from tests.conftest import team_of
from tests.desks.calling import COUNTERS, TICKETS, call_all_at_once, open_counters

ROOT = Path(__file__).resolve().parents[2]
has_writers = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection")


@has_writers
@pytest.mark.django_db(transaction=True)
def test_twenty_counters_call_at_once(partner, make_user, coordinator):
    operators = [make_user(Role.DESK_OPERATOR, partner) for _ in range(COUNTERS)]
    called, problems = call_all_at_once(open_counters(team_of(partner, "desk"), operators, coordinator))
    assert problems == []
    assert sorted(called) == list(range(1, TICKETS + 1))
    assert not Ticket.objects.filter(status="waiting").exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on the other engine the tests have many connections")
def test_twenty_counters_call_at_once_on_a_file(tmp_path):
    env = dict(os.environ, DATABASE_URL=f"sqlite:///{tmp_path}/queue.sqlite3", DJANGO_SETTINGS_MODULE="lgnet.settings")
    env |= {"LGNET_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.desks.calling"]
    told = subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert told.stdout.strip() == "True []", told.stderr


@has_writers
@pytest.mark.django_db(transaction=True)
def test_tickets_given_at_once_have_different_numbers(partner):
    desk, numbers, barrier = team_of(partner, "desk"), [], threading.Barrier(8)

    def work():
        try:
            barrier.wait()
            numbers.extend(queue.issue_ticket(team=desk).number for _ in range(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 41))
