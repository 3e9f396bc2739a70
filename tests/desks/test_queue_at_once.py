"""Twenty counters call at the same moment, several times: no number twice, none lost. Real connections."""

import threading

import pytest
from django.db import connection, connections

from lgnet.desks import queue, screens
from lgnet.desks.models import Ticket
from lgnet.network.roles import Role
from tests.conftest import team_of

COUNTERS, TURNS = 20, 5

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def test_twenty_counters_call_at_once(partner, make_user, coordinator):
    desk, called, problems = team_of(partner, "desk"), [], []
    places = []
    for number in range(COUNTERS):
        operator = make_user(Role.DESK_OPERATOR, partner)
        counter = screens.create_counter(by=coordinator, team=desk, name=f"Sportello {number}")
        places.append((operator, queue.take_counter(by=operator, counter=counter)))
    for _ in range(COUNTERS * TURNS - 7):
        queue.issue_ticket(team=desk)
    barrier = threading.Barrier(COUNTERS)

    def work(operator, counter):
        try:
            barrier.wait()
            tickets = [queue.call_next(by=operator, counter=counter) for _ in range(TURNS)]
            called.extend(ticket.number for ticket in tickets if ticket)
        except Exception as problem:  # told below
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=place) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(called) == list(range(1, COUNTERS * TURNS - 6))
    assert not Ticket.objects.filter(status="waiting").exists()


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
