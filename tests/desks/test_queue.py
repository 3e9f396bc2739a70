"""The walk-in queue: numbers, who comes next, what becomes of a ticket, and who may do what."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.desks import queue, screens
from lgnet.desks.models import Counter, Screen, Ticket
from lgnet.desks.queue_selectors import before, queue_of, screen_with, usual_wait
from lgnet.desks.services import record_arrival
from lgnet.network.roles import Role
from tests.conftest import team_of

S = Ticket.Status
MORNING = timezone.now().astimezone().replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def counter(desk, desk_operator):
    made = screens.create_counter(by=desk_operator, team=desk, name="Sportello 1")
    return queue.take_counter(by=desk_operator, counter=made)


@pytest.fixture
def second(desk, make_user, partner):
    """Another counter with a colleague at it."""
    mate = make_user(Role.DESK_OPERATOR, partner)
    made = screens.create_counter(by=mate, team=desk, name="Sportello 2")
    return queue.take_counter(by=mate, counter=made)


def issued(desk, *, minutes_ago=0, **options):
    return queue.issue_ticket(team=desk, issued_at=timezone.now() - timedelta(minutes=minutes_ago), **options)


def test_numbers_begin_again_every_day(desk):
    with time_machine.travel(MORNING, tick=False):
        assert [issued(desk).number for _ in range(3)] == [1, 2, 3]
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert issued(desk).number == 1


def test_a_ticket_asked_for_twice_is_one(desk):
    record_id = uuid7()
    first, again = (queue.issue_ticket(team=desk, record_id=record_id) for _ in range(2))
    assert first == again
    assert Ticket.objects.count() == 1


@time_machine.travel(MORNING, tick=False)
def test_who_comes_next(desk, counter, desk_operator):
    long_ago = issued(desk, minutes_ago=50)
    issued(desk, minutes_ago=20)
    pregnant = issued(desk, minutes_ago=10, by=desk_operator, priority="pregnant")
    call = lambda: queue.call_next(by=desk_operator, counter=counter)  # noqa: E731
    assert call() == pregnant  # counts as if she had come 55 minutes ago
    assert call() == long_ago
    assert Ticket.objects.get(pk=pregnant.pk).status == S.SERVED  # who was there has been received
    assert call().number == 2
    assert call() is None
    assert not Ticket.objects.filter(status=S.CALLED).exists()


@time_machine.travel(MORNING, tick=False)
def test_a_priority_that_came_later_does_not_make_anybody_wait_for_ever(desk, counter, desk_operator):
    patient = issued(desk, minutes_ago=46)
    issued(desk, by=desk_operator, priority="children")
    assert queue.call_next(by=desk_operator, counter=counter) == patient


def test_only_the_desk_says_that_somebody_comes_first(desk, desk_operator):
    with pytest.raises(DomainError, match="reason"):
        issued(desk, priority="danger")
    ticket = issued(desk)
    queue.set_priority(by=desk_operator, ticket=ticket, priority="danger")
    ticket.refresh_from_db()
    assert ticket.ranks_at < ticket.issued_at
    entry = AuditEntry.objects.filter(object_id=ticket.pk).latest("created_at")
    assert entry.detail == {"changes": {"priority": ["", "danger"]}}
    queue.set_priority(by=desk_operator, ticket=ticket, priority="")
    ticket.refresh_from_db()
    assert ticket.ranks_at == ticket.issued_at


def test_absent_back_again_received(desk, counter, second, desk_operator):
    ticket = issued(desk)
    queue.call_next(by=desk_operator, counter=counter)
    with pytest.raises(DomainError, match="A colleague has called"):
        queue.call_ticket(by=second.occupant, counter=second, ticket=ticket)
    again = queue.call_ticket(by=desk_operator, counter=counter, ticket=ticket)
    assert again.calls == 2
    queue.finish_ticket(by=desk_operator, ticket=ticket, status=S.ABSENT)
    assert queue_of(desk).absent == [ticket]
    queue.put_back(by=desk_operator, ticket=ticket)
    assert queue_of(desk).waiting == [ticket]
    queue.call_ticket(by=second.occupant, counter=second, ticket=ticket)
    queue.finish_ticket(by=second.occupant, ticket=ticket, status=S.SERVED)
    for act in (
        lambda: queue.call_ticket(by=desk_operator, counter=counter, ticket=ticket),
        lambda: queue.finish_ticket(by=desk_operator, ticket=ticket, status=S.LEFT),
    ):
        with pytest.raises(DomainError):
            act()
    queue.put_back(by=desk_operator, ticket=ticket)  # "done" was pressed by mistake
    assert queue_of(desk).waiting == [ticket]


def test_who_was_received_does_not_wait_again(desk, counter, desk_operator, person):
    ticket = issued(desk)
    queue.call_next(by=desk_operator, counter=counter)
    queue.link_visit(
        by=desk_operator, ticket_id=ticket.pk, visit=record_arrival(by=desk_operator, team=desk, person=person)
    )
    with pytest.raises(DomainError, match="was received"):
        queue.put_back(by=desk_operator, ticket=ticket)


def test_a_counter_left_open_at_night_is_free_in_the_morning(desk, counter, second, coordinator):
    with time_machine.travel(MORNING, tick=False):
        left = issued(desk)
        queue.call_next(by=counter.occupant, counter=counter)
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        queue.take_counter(by=second.occupant, counter=counter)
        left.refresh_from_db()
        assert left.status == S.SERVED
        screens.change_counter(by=coordinator, counter=second, name="Sportello 2", is_active=False)


def test_who_takes_another_counter_has_finished_at_the_first(desk, counter, second, desk_operator):
    ticket = issued(desk)
    queue.call_next(by=desk_operator, counter=counter)
    queue.leave_counter(by=second.occupant, counter=second)
    queue.take_counter(by=desk_operator, counter=second)
    ticket.refresh_from_db()
    assert ticket.status == S.SERVED
    assert queue.take_counter(by=second.occupant, counter=counter).occupant == second.occupant


def test_a_second_press_sends_nobody_away(desk, counter, desk_operator):
    first, other = issued(desk), issued(desk)
    press = lambda seen: queue.call_next_after(by=desk_operator, counter=counter, seen=seen)  # noqa: E731
    assert [press(None), press(None)] == [first, first]
    assert [press(first.pk), press(first.pk)] == [other, other]
    assert press(other.pk) is None


def test_the_number_that_a_kiosk_gave_alone_is_the_one_called(desk, coordinator, counter, desk_operator):
    screen, _secret = screens.create_screen(by=coordinator, team=desk, kind="kiosk", name="Ingresso")
    one = uuid7()
    assert queue.issue_ticket(team=desk, screen=screen, record_id=one).number == 1  # the answer is lost
    assert queue.issue_ticket(team=desk, screen=screen, record_id=one, number=500).number == 500
    assert queue.call_next(by=desk_operator, counter=counter).number == 500
    assert queue.issue_ticket(team=desk, screen=screen, record_id=one, number=501).number == 500  # called already


def test_only_who_was_called_is_received_or_absent(desk, desk_operator):
    ticket = issued(desk)
    for status in (S.SERVED, S.ABSENT, S.CALLED):
        with pytest.raises(DomainError):
            queue.finish_ticket(by=desk_operator, ticket=ticket, status=status)
    assert queue.finish_ticket(by=desk_operator, ticket=ticket, status=S.LEFT).finished_at


def test_a_counter_has_one_operator_and_an_operator_one_counter(desk, counter, second, desk_operator):
    issued(desk)
    queue.call_next(by=desk_operator, counter=counter)
    with pytest.raises(DomainError, match="is receiving"):
        queue.take_counter(by=second.occupant, counter=counter)
    queue.leave_counter(by=desk_operator, counter=counter)
    assert Ticket.objects.get().status == S.SERVED
    queue.take_counter(by=second.occupant, counter=counter)
    assert Counter.objects.get(pk=second.pk).occupant is None
    with pytest.raises(DomainError, match="Take it first"):
        queue.call_next(by=desk_operator, counter=counter)


def test_who_may_what(desk, counter, desk_operator, case_worker, colleague, stranger, coordinator, other_partner):
    ticket = issued(desk)
    for outsider in (case_worker, colleague, stranger, coordinator):
        with pytest.raises(PermissionDenied):
            queue.issue_ticket(team=desk, by=outsider)
        with pytest.raises(PermissionDenied):
            queue.call_next(by=outsider, counter=counter)
        with pytest.raises(PermissionDenied):
            queue.finish_ticket(by=outsider, ticket=ticket, status=S.LEFT)
    for outsider in (case_worker, colleague, stranger):
        with pytest.raises(PermissionDenied):
            screens.create_counter(by=outsider, team=desk, name="x")
        with pytest.raises(PermissionDenied):
            screens.create_screen(by=outsider, team=desk, kind="kiosk", name="x")
    assert screens.create_counter(by=coordinator, team=desk, name="x")
    with pytest.raises(PermissionDenied):
        screens.create_counter(by=coordinator, team=team_of(other_partner, "desk"), name="x")


def test_bad_input(desk, counter, desk_operator, partner, coordinator):
    unit = team_of(partner, "mobile_unit")
    for call, problem in (
        (lambda: issued(unit), "no queue"),
        (lambda: issued(desk, topic="soup"), "from the list"),
        (lambda: issued(desk, minutes_ago=60 * 40), "another day"),
        (lambda: screens.create_counter(by=desk_operator, team=desk, name=" sportello  1"), "already"),
        (lambda: screens.create_counter(by=desk_operator, team=desk, name=" "), "name"),
        (lambda: screens.create_screen(by=coordinator, team=unit, kind="kiosk", name="x"), "no queue"),
        (lambda: screens.create_screen(by=coordinator, team=desk, kind="oven", name="x"), "what the screen"),
    ):
        with pytest.raises((DomainError, PermissionDenied), match=problem):
            call()
    issued(desk)
    queue.call_next(by=desk_operator, counter=counter)
    with pytest.raises(DomainError, match="received at this counter"):
        screens.change_counter(by=coordinator, counter=counter, name="Sportello 1", is_active=False)


def test_a_ticket_is_never_of_the_future(desk):
    ticket = queue.issue_ticket(team=desk, issued_at=timezone.now() + timedelta(hours=1))
    assert ticket.issued_at <= timezone.now()


def test_the_wait_that_is_said_is_measured(desk, counter, desk_operator):
    with time_machine.travel(MORNING, tick=False) as clock:
        for minutes in (10, 20, 60, 5):
            issued(desk, minutes_ago=minutes)
        for _ in range(2):
            queue.call_next(by=desk_operator, counter=counter)
        assert usual_wait(desk, timezone.now()) is None  # of two nobody can say
        queue.call_next(by=desk_operator, counter=counter)
        assert usual_wait(desk, timezone.now()) == timedelta(minutes=20)
        clock.shift(timedelta(hours=3))
        assert usual_wait(desk, timezone.now()) is None  # that was in the morning


@time_machine.travel(MORNING, tick=False)
def test_how_many_come_before(desk, desk_operator):
    first, second = issued(desk, minutes_ago=10), issued(desk, minutes_ago=10)
    third = issued(desk, by=desk_operator, priority="aged")
    assert [before(ticket) for ticket in (first, second, third)] == [1, 2, 0]


def test_a_screen_opens_with_its_secret_until_it_is_stopped(desk, coordinator, stranger):
    screen, secret = screens.create_screen(by=coordinator, team=desk, kind=Screen.Kind.KIOSK, name="Ingresso")
    assert secret not in str(Screen.objects.values().get())
    assert screen_with(secret, Screen.Kind.KIOSK) == screen
    for kind, text in ((Screen.Kind.DISPLAY, secret), (Screen.Kind.KIOSK, "wrong"), (Screen.Kind.KIOSK, "")):
        with pytest.raises(Exception, match=r"^$"):
            screen_with(text, kind)
    with pytest.raises(PermissionDenied):
        screens.stop_screen(by=stranger, screen=screen)
    screens.stop_screen(by=coordinator, screen=screen)
    with pytest.raises(Exception, match=r"^$"):
        screen_with(secret, Screen.Kind.KIOSK)
