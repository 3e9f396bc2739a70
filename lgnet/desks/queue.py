"""The walk-in queue: tickets given, called to a counter, received. Who waits is not known by name.

Changes of one desk come one after the other (the row of the team is locked), except for calling: there each counter
takes the first ticket that no other is taking, so that no number is called twice and no counter waits for another.
"""

import uuid
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.desks.models import Visit
from lgnet.desks.policies import works_at
from lgnet.desks.queue_models import FIRST_OFFLINE, OFFLINE_NUMBERS, Counter, Screen, Ticket, rank
from lgnet.network.models import User

TICKET = "desks.ticket"


@transaction.atomic
def issue_ticket(
    *, team: Team, by: User | None = None, screen: Screen | None = None, topic: str = "", language: str = "",
    priority: str = "", issued_at: datetime | None = None, number: int | None = None,
    record_id: uuid.UUID | None = None,
) -> Ticket:  # fmt: skip
    """Give the next number of today: at the desk (`by`), or else at a kiosk (`screen`).

    Only the desk says that somebody comes first. `number` is one that a kiosk gave without network, of those that are
    its own; if it gave it because it did not hear the answer, the ticket that waits gets it. Given twice with one
    `record_id`, it is one ticket. Raises DomainError for a desk without a queue, when all
    numbers of the day are given, for a number that is not the kiosk's, or for what is not in the lists.
    """
    now = timezone.now()
    moment = min(issued_at or now, now)
    _check_ticket(team, by, topic, priority)
    if timezone.localdate(moment) != timezone.localdate(now):
        raise DomainError(_("This ticket is of another day."))

    def write() -> Ticket:
        Team.objects.select_for_update().get(pk=team.pk)
        day = timezone.localdate(now)
        source = Ticket.Source.DESK if by else Ticket.Source.KIOSK
        given = _next_number(team, day) if number is None else _own_number(team, day, screen, number)
        ticket = Ticket.objects.create(
            pk=record_id or uuid7(), partner_id=team.partner_id, team=team, day=day, number=given, topic=topic,
            language=language, priority=priority, source=source, issued_at=moment, issued_by=by,
            ranks_at=rank(moment, priority),
        )  # fmt: skip
        _log(AuditEntry.Action.CREATE, by, ticket, {"number": ticket.number})
        return ticket

    ticket = write_once(Ticket, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)
    return _renumbered(ticket, screen, number) if number is not None and number != ticket.number else ticket


@transaction.atomic
def take_counter(*, by: User, counter: Counter) -> Counter:
    """Work at this counter from now on, and at no other: who was at the one left has been received.

    Raises DomainError while a colleague receives somebody there today. What was left open on an earlier day, or by who
    works there no longer, is closed.
    """
    _require_works(by, counter.team)
    mine = Q(pk=counter.pk) | Q(occupant=by)
    locked = {row.pk: row for row in Counter.objects.select_for_update().filter(mine).order_by("pk")}
    counter = locked.pop(counter.pk)
    if not counter.is_active:
        raise DomainError(_("This counter is not in use."))
    if (there := _at(counter)) and counter.occupant_id != by.pk:
        if counter.occupant_id and there.day == timezone.localdate():
            raise DomainError(_("A colleague is receiving somebody at this counter."))
        _finish(by, there, Ticket.Status.SERVED)
    for other in locked.values():
        _clear(by, other)
    if counter.occupant_id != by.pk:
        counter.occupant, counter.occupied_at = by, timezone.now()
        counter.save(update_fields=["occupant", "occupied_at"])
        _log_counter(by, counter, {"taken": counter.name})
    return counter


@transaction.atomic
def leave_counter(*, by: User, counter: Counter) -> Counter:
    """Work at this counter no longer; whoever is there has been received."""
    counter = _own_counter(by, counter)
    _clear(by, counter)
    return counter


@transaction.atomic
def call_next(*, by: User, counter: Counter) -> Ticket | None:
    """Call who comes next to the counter, or nobody if nobody waits; who was there has been received.

    Two counters that call at the same moment call two different tickets.
    """
    counter = _own_counter(by, counter)
    if there := _at(counter):
        _finish(by, there, Ticket.Status.SERVED)
    waiting = Ticket.objects.filter(team=counter.team_id, day=timezone.localdate(), status=Ticket.Status.WAITING)
    ticket = waiting.order_by("ranks_at", "number").select_for_update(skip_locked=True).first()
    return _call(by, counter, ticket) if ticket else None


@transaction.atomic
def call_next_after(*, by: User, counter: Counter, seen: uuid.UUID | None) -> Ticket | None:
    """`call_next`, unless another ticket than `seen` is at the counter by now: then that one stays.

    So a second press of the button does not send away who has just been called.
    """
    counter = _own_counter(by, counter)
    there = _at(counter)
    if there and there.pk != seen and there.day == timezone.localdate():
        return there
    return call_next(by=by, counter=counter)


@transaction.atomic
def call_ticket(*, by: User, counter: Counter, ticket: Ticket) -> Ticket:
    """Call this ticket out of turn, or once more if it is at this counter already.

    Raises DomainError when a colleague has called it meanwhile, or it is of another desk or day.
    """
    counter = _own_counter(by, counter)
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.team_id != counter.team_id or ticket.day != timezone.localdate():
        raise DomainError(_("This ticket is of another desk or day."))
    if ticket.status == Ticket.Status.CALLED and ticket.counter_id != counter.pk:
        raise DomainError(_("A colleague has called this number meanwhile."))
    if ticket.status in {Ticket.Status.SERVED, Ticket.Status.LEFT}:
        raise DomainError(_("This number is done: %(state)s.") % {"state": ticket.get_status_display()})
    there = _at(counter)
    if there and there.pk != ticket.pk:
        _finish(by, there, Ticket.Status.SERVED)
    return _call(by, counter, ticket)


@transaction.atomic
def finish_ticket(*, by: User, ticket: Ticket, status: Ticket.Status, visit: Visit | None = None) -> Ticket:
    """Say how it ended: received (perhaps with the `visit` recorded), called and not there, or gone away.

    Raises DomainError for what cannot be so: only who was called is received or absent.
    """
    ticket = _locked(by, ticket)
    if status in {Ticket.Status.SERVED, Ticket.Status.ABSENT} and ticket.status != Ticket.Status.CALLED:
        raise DomainError(_("This number is not at a counter."))
    if ticket.status not in Ticket.OPEN:
        raise DomainError(_("This number is done: %(state)s.") % {"state": ticket.get_status_display()})
    if status in Ticket.OPEN:
        raise DomainError(_("Choose how it ended."))
    ticket.visit = visit
    return _finish(by, ticket, status)


@transaction.atomic
def link_visit(*, by: User, ticket_id: uuid.UUID | None, visit: Visit) -> None:
    """Whoever had this number has been received: `visit`. A number of another desk, or received before, is left."""
    if ticket_id is None:
        return
    ticket = Ticket.objects.select_for_update().filter(pk=ticket_id, team=visit.team_id, visit=None).first()
    if ticket is not None and ticket.called_at is not None:
        ticket.visit = visit
        _finish(by, ticket, Ticket.Status.SERVED)


@transaction.atomic
def put_back(*, by: User, ticket: Ticket) -> Ticket:
    """Somebody absent, called by mistake, or said to be done by mistake waits again, with the place of before.

    Not who was received: that is an arrival. Raises DomainError then, and for who waits already.
    """
    ticket = _locked(by, ticket)
    if ticket.status == Ticket.Status.WAITING or ticket.visit_id or ticket.day != timezone.localdate():
        raise DomainError(_("This number waits already, or was received."))
    ticket.status, ticket.finished_at = Ticket.Status.WAITING, None
    ticket.save(update_fields=["status", "finished_at"])
    _log(AuditEntry.Action.UPDATE, by, ticket, {"status": ticket.status})
    return ticket


@transaction.atomic
def set_priority(*, by: User, ticket: Ticket, priority: str) -> Ticket:
    """Say in one word why somebody comes first, or that there is no reason. Raises DomainError once called."""
    ticket = _locked(by, ticket)
    _check_ticket(ticket.team, by, ticket.topic, priority)
    if ticket.status != Ticket.Status.WAITING:
        raise DomainError(_("This number does not wait any more."))
    before = ticket.priority
    ticket.priority, ticket.ranks_at = priority, rank(ticket.issued_at, priority)
    ticket.save(update_fields=["priority", "ranks_at"])
    _log(AuditEntry.Action.UPDATE, by, ticket, {"changes": audit.changes({"priority": before}, {"priority": priority})})
    return ticket


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_works(by: User, desk: Team) -> None:
    if not works_at(by, desk):
        raise PermissionDenied(_("You do not work at this desk."))


def _own_counter(by: User, counter: Counter) -> Counter:
    """The counter, locked; only who works at it calls people to it."""
    _require_works(by, counter.team)
    counter = Counter.objects.select_for_update().get(pk=counter.pk)
    if counter.occupant_id != by.pk:
        raise DomainError(_("You do not work at this counter now. Take it first."))
    return counter


def _locked(by: User, ticket: Ticket) -> Ticket:
    _require_works(by, ticket.team)
    return Ticket.objects.select_for_update().get(pk=ticket.pk)


def _check_ticket(team: Team, by: User | None, topic: str, priority: str) -> None:
    if by:
        _require_works(by, team)
    if team.kind != Team.Kind.DESK or not team.is_active:
        raise DomainError(_("There is no queue here."))
    if topic and topic not in ServiceType.Area.values:
        raise DomainError(_("Choose what it is about from the list."), field="topic")
    if priority not in Ticket.Priority.values or (priority and not by):
        raise DomainError(_("Choose a reason from the list."), field="priority")


def _next_number(team: Team, day: date) -> int:
    """The number after the last of today, without those that kiosks gave alone."""
    given = Ticket.objects.filter(team=team, day=day, number__lt=FIRST_OFFLINE).order_by("-number")
    number = (given.values_list("number", flat=True).first() or 0) + 1
    if number >= FIRST_OFFLINE:
        raise DomainError(_("All numbers of today are given. Ask at the desk."))
    return number


def _renumbered(ticket: Ticket, screen: Screen | None, number: int) -> Ticket:
    """The kiosk did not hear the answer and gave the person a number of its own: that one is called."""
    ticket = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if ticket.status == Ticket.Status.WAITING:
        before = ticket.number
        ticket.number = _own_number(ticket.team, ticket.day, screen, number)
        ticket.save(update_fields=["number"])
        changes = audit.changes({"number": before}, {"number": number})
        _log(AuditEntry.Action.UPDATE, None, ticket, {"changes": changes})
    return ticket


def _own_number(team: Team, day: date, screen: Screen | None, number: int) -> int:
    first = screen.offline_from if screen else None
    if first is None or not first <= number < first + OFFLINE_NUMBERS:
        raise DomainError(_("This number is not one of this kiosk."))
    if Ticket.objects.filter(team=team, day=day, number=number).exists():
        raise DomainError(_("This number was given today already."))
    return number


def _clear(by: User, counter: Counter) -> None:
    """Nobody works at a counter any more; who was there has been received."""
    if ticket := _at(counter):
        _finish(by, ticket, Ticket.Status.SERVED)
    counter.occupant = counter.occupied_at = None
    counter.save(update_fields=["occupant", "occupied_at"])
    _log_counter(by, counter, {"left": counter.name})


def _at(counter: Counter) -> Ticket | None:
    return Ticket.objects.filter(counter=counter, status=Ticket.Status.CALLED).first()


def _call(by: User, counter: Counter, ticket: Ticket) -> Ticket:
    ticket.status, ticket.counter, ticket.called_by = Ticket.Status.CALLED, counter, by
    ticket.called_at, ticket.calls, ticket.finished_at = ticket.called_at or timezone.now(), ticket.calls + 1, None
    ticket.save(update_fields=["status", "counter", "called_by", "called_at", "calls", "finished_at"])
    _log(AuditEntry.Action.UPDATE, by, ticket, {"status": ticket.status, "counter": counter.name})
    return ticket


def _finish(by: User, ticket: Ticket, status: Ticket.Status) -> Ticket:
    ticket.status, ticket.finished_at = status, timezone.now()
    ticket.save(update_fields=["status", "finished_at", "visit"])
    _log(AuditEntry.Action.UPDATE, by, ticket, {"status": ticket.status})
    return ticket


def _log(action: AuditEntry.Action, by: User | None, ticket: Ticket, detail: dict[str, object]) -> None:
    audit.record(action, by=by, object_type=TICKET, object_id=ticket.pk, partner_id=ticket.partner_id, detail=detail)


def _log_counter(by: User, counter: Counter, detail: dict[str, object]) -> None:
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="desks.counter", object_id=counter.pk,
        partner_id=counter.partner_id, detail=detail,
    )  # fmt: skip
