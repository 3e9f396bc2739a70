"""Reads of the queue, scoped: who waits, who is called, how long it takes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.desks.policies import sets_up, works_at
from lgnet.desks.queue_models import OFFLINE_NUMBERS, Counter, Screen, Ticket
from lgnet.desks.screens import hash_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission

MEASURED_OVER = timedelta(hours=2)  # the wait said to people is that of those called lately
FEWEST = 3  # of fewer nobody can say how long it takes
_SHOWN = (
    "number", "topic", "language", "priority", "issued_at", "called_at", "finished_at", "status", "counter", "calls",
    "mediator_language",
)  # fmt: skip


@dataclass(frozen=True)
class Queue:
    """The queue of one desk now. `usual_wait` is the median of those called in the last two hours, if enough were."""

    waiting: list[Ticket]
    called: list[Ticket]
    absent: list[Ticket]
    usual_wait: timedelta | None

    @property
    def longest(self) -> timedelta | None:
        """How long the one who has waited longest has waited."""
        return max((ticket.waited for ticket in self.waiting), default=None)


def queue_of(team: Team, now: datetime | None = None) -> Queue:
    """The queue of a desk today, who comes next first. Four queries."""
    now = now or timezone.now()
    today = Ticket.objects.filter(team=team, day=timezone.localdate(now)).only(*_SHOWN)
    waiting = list(today.filter(status=Ticket.Status.WAITING).order_by("ranks_at", "number"))
    open_or_absent = today.filter(status__in=[Ticket.Status.CALLED, Ticket.Status.ABSENT])
    others = list(open_or_absent.select_related("counter").only(*_SHOWN, "counter__name").order_by("-called_at"))
    called = [ticket for ticket in others if ticket.status == Ticket.Status.CALLED]
    absent = [ticket for ticket in others if ticket.status == Ticket.Status.ABSENT]
    return Queue(waiting, called, absent, usual_wait(team, now))


def usual_wait(team: Team, now: datetime) -> timedelta | None:
    """The median wait of those called in the last two hours, or None when they were fewer than three."""
    begin = now - MEASURED_OVER
    days = Ticket.objects.filter(team=team, day__gte=timezone.localdate(begin))  # the index is by day
    lately = days.filter(called_at__gt=begin, called_at__lte=now).annotate(wait=F("called_at") - F("issued_at"))
    waits = lately.order_by("wait").values_list("wait", flat=True)
    number = lately.count()
    return median(waits[(number - 1) // 2 : number // 2 + 1]) if number >= FEWEST else None


def before(ticket: Ticket) -> int:
    """How many come before this one."""
    waiting = Ticket.objects.filter(team=ticket.team_id, day=ticket.day, status=Ticket.Status.WAITING)
    earlier = Q(ranks_at__lt=ticket.ranks_at) | Q(ranks_at=ticket.ranks_at, number__lt=ticket.number)
    return waiting.filter(earlier).count()


def ticket_shown(pk: uuid.UUID) -> Ticket | None:
    """A ticket for who holds it: its long random id is the key. It tells a number and a counter, nobody's name."""
    return Ticket.objects.filter(pk=pk).select_related("team", "counter").first()


def counters_of(team: Team) -> QuerySet[Counter]:
    """Counters in use at a desk."""
    return Counter.objects.filter(team=team, is_active=True).select_related("occupant").order_by("name")


def own_counter(user: User, team: Team) -> Counter | None:
    """The counter at which the user works now."""
    return Counter.objects.filter(team=team, occupant=user, is_active=True).select_related("team").first()


def get_counter(user: User, pk: uuid.UUID) -> Counter:
    """A counter of a desk where the user works. Raises Http404 in another city, PermissionDenied at another desk."""
    counter = Counter.objects.filter(pk=pk).select_related("team__partner").first()
    if counter is None or counter.partner_id not in _partners(user):
        raise Http404
    if not works_at(user, counter.team):
        raise PermissionDenied
    return counter


def get_counter_to_set_up(user: User, pk: uuid.UUID) -> Counter:
    """A counter that the user may change. Raises Http404 otherwise."""
    counter = Counter.objects.filter(pk=pk).select_related("team__partner").first()
    if counter is None or not sets_up(user, counter.team):
        raise Http404
    return counter


def get_ticket(user: User, pk: uuid.UUID) -> Ticket:
    """A ticket of a desk where the user works. Raises Http404 in another city, PermissionDenied at another desk."""
    ticket = Ticket.objects.filter(pk=pk).select_related("team__partner", "counter").first()
    if ticket is None or ticket.partner_id not in _partners(user):
        raise Http404
    if not works_at(user, ticket.team):
        raise PermissionDenied
    return ticket


def listed_tickets(user: User) -> QuerySet[Any]:
    """Tickets of the desks of the user's cities, latest first."""
    found = Ticket.objects.filter(partner__in=_partners(user))
    return found.select_related("team", "counter", "called_by").annotate(wait=F("called_at") - F("issued_at"))


def desks_to_set_up(user: User) -> QuerySet[Team]:
    """Active desks whose counters and screens the user sets up."""
    managed = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    mine = Q(pk__in=team_ids_of(user), partner__in=access_of(user).partner_ids(Permission.RECORD_VISIT))
    desks = Team.objects.filter(kind=Team.Kind.DESK, is_active=True).filter(mine | Q(partner__in=managed))
    return desks.select_related("partner").order_by("partner__short_name", "name")


def waiting_rooms(user: User) -> list[tuple[Team, list[Counter], list[Screen]]]:
    """Each of `desks_to_set_up` with its counters, those in use first, and its running screens. Three queries."""
    desks = list(desks_to_set_up(user))
    counters = Counter.objects.filter(team__in=desks).select_related("occupant").order_by("-is_active", "name")
    screens = Screen.objects.filter(team__in=desks, stopped_at__isnull=True).order_by("kind", "name")
    found: dict[uuid.UUID, tuple[Team, list[Counter], list[Screen]]] = {desk.pk: (desk, [], []) for desk in desks}
    for counter in counters:
        found[counter.team_id][1].append(counter)
    for screen in screens:
        found[screen.team_id][2].append(screen)
    return list(found.values())


def get_screen(user: User, pk: uuid.UUID) -> Screen:
    """A screen of a desk that the user sets up. Raises Http404 otherwise."""
    screen = Screen.objects.filter(pk=pk).select_related("team__partner").first()
    if screen is None or not sets_up(user, screen.team):
        raise Http404
    return screen


def screen_with(secret: str, kind: Screen.Kind) -> Screen:
    """The screen that this secret opens. Raises Http404 for a wrong one and for one that was stopped."""
    screens = Screen.objects.filter(secret_hash=hash_of(secret), kind=kind, stopped_at__isnull=True)
    screen = screens.filter(team__is_active=True).select_related("team__partner", "team__site").first()
    if screen is None:
        raise Http404
    return screen


def own_numbers_used(screen: Screen) -> int:
    """How many of its own numbers a kiosk has given today, as far as is known."""
    if screen.offline_from is None:
        return 0
    first, after = screen.offline_from, screen.offline_from + OFFLINE_NUMBERS
    today = Ticket.objects.filter(team=screen.team_id, day=timezone.localdate(), number__gte=first, number__lt=after)
    last = today.order_by("-number").values_list("number", flat=True).first()
    return last - first + 1 if last else 0


def _partners(user: User) -> frozenset[uuid.UUID]:
    return access_of(user).partner_ids(Permission.RECORD_VISIT)
