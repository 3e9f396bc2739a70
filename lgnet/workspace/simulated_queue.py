"""The queue of a desk in the demo: counters, tickets in the morning, called one after the other, today too."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.desks import queue, screens
from lgnet.desks.models import Counter, Ticket
from lgnet.network.models import User

OPENS, MORNING = time(9), timedelta(hours=4)
DAYS = 8  # of the calendar: what is older has no lesson
TOPICS = ("legal", "legal", "orientation", "housing", "work", "health", "language", "practical", "social", "")
LANGUAGES = ("it", "fr", "ar", "en", "bn", "ur", "es", "uk", "")
PRIORITIES = ("pregnant", "children", "disability", "unwell", "appointment")

At = Callable[[datetime, Callable[[], None]], None]


class Mornings:
    """The mornings of one desk; `plan` puts them into the simulation."""

    def __init__(self, desk: Team, staff: list[User], *, seed: int, scale: float, at: At) -> None:
        self.desk, self.staff, self.at = desk, staff, at
        self.rng = random.Random(f"queue {seed} {desk.name}")  # noqa: S311  # lives of invented people
        self.tickets = max(3, round(40 * scale))
        self.counters: list[tuple[User, Counter]] = []

    def plan(self, now: datetime) -> None:
        """Counters first, then each working day until now."""
        days = [timezone.localdate(now) - timedelta(days=ago) for ago in range(DAYS, -1, -1)]
        working = [day for day in days if day.weekday() < 5]
        opening = [timezone.make_aware(datetime.combine(day, OPENS)) for day in working]
        if not opening:
            return
        self.at(opening[0] - timedelta(hours=1), self._set_up)
        for start in opening:
            self._plan_morning(start)

    def _set_up(self) -> None:
        for number, operator in enumerate(self.staff[:3], 1):
            counter = screens.create_counter(by=operator, team=self.desk, name=f"Postazione {number}")
            self.counters.append((operator, counter))

    def _plan_morning(self, start: datetime) -> None:
        for _number in range(self.tickets):
            self.at(start + self.rng.random() * MORNING, self._come)
        step = MORNING / max(1, self.tickets)
        for turn in range(self.tickets):
            self.at(start + step * (turn + 0.6 + self.rng.random()), self._call)
        self.at(start + MORNING + timedelta(minutes=40), self._close)

    def _come(self) -> None:
        priority = self.rng.choice(PRIORITIES) if self.rng.random() < 0.12 else ""
        by = self.rng.choice(self.staff) if priority or self.rng.random() < 0.3 else None
        queue.issue_ticket(
            team=self.desk, by=by, topic=self.rng.choice(TOPICS), language=self.rng.choice(LANGUAGES), priority=priority
        )

    def _call(self) -> None:
        operator, counter = self.rng.choice(self.counters)
        queue.take_counter(by=operator, counter=counter)
        ticket = queue.call_next(by=operator, counter=counter)
        if ticket and self.rng.random() < 0.07:
            queue.finish_ticket(by=operator, ticket=ticket, status=Ticket.Status.ABSENT)

    def _close(self) -> None:
        """The desk closes: who is at a counter has been received, who still waits went away."""
        for operator, counter in self.counters:
            if Counter.objects.get(pk=counter.pk).occupant_id == operator.pk:
                queue.leave_counter(by=operator, counter=counter)
        waiting = Ticket.objects.filter(team=self.desk, status=Ticket.Status.WAITING)
        for ticket in waiting.select_related("team"):
            queue.finish_ticket(by=self.staff[0], ticket=ticket, status=Ticket.Status.LEFT)
