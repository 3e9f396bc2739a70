"""The report of the desks: who came, how long people waited, what was asked and in which language.

Added up by the database, with the same few queries for any size. It tells of numbers and visits, most of them of nobody
in particular: what follows from one person's journey is among the indicators.
"""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from lgnet.catalogue.models import Team
from lgnet.catalogue.reporting import Selection
from lgnet.core.spreads import MEDIAN, NINE_IN_TEN, percentile
from lgnet.core.week_hours import SecondsBetween, Slot, WeekHour, clock_ahead, slot_of
from lgnet.desks import report_work
from lgnet.desks.models import Ticket, Visit
from lgnet.desks.report_work import Asked, Booked, Sent

MINUTE = 60
NOT_CALLED = -1  # in place of the minutes waited


@dataclass
class Waits:
    """How long people waited until the first call: how often each number of minutes occurs."""

    spread: Counter[int] = field(default_factory=Counter)

    @property
    def median(self) -> float | None:
        """In minutes."""
        value = percentile(self.spread, MEDIAN)
        return None if value is None else float(value)

    @property
    def nine_in_ten(self) -> float | None:
        """The minutes within which 9 in 10 were called."""
        value = percentile(self.spread, NINE_IN_TEN)
        return None if value is None else float(value)


@dataclass
class Place:
    """A desk, or a city where the report is about many."""

    pk: uuid.UUID
    name: str
    slug: str = ""
    arrivals: int = 0
    tickets: int = 0
    left: int = 0
    waits: Waits = field(default_factory=Waits)


@dataclass
class Hour:
    """An hour of the day: numbers given, and how long those who took them waited."""

    tickets: int = 0
    waits: Waits = field(default_factory=Waits)


@dataclass(frozen=True)
class DeskReport:
    """Everything that the page shows. `spoken` are the languages of requests, `mediated` of talks with a mediator."""

    selection: Selection
    places: list[Place]
    hours: dict[int, Hour]
    week: Counter[Slot]  # arrivals by weekday and hour
    languages: Counter[str]  # of the numbers taken, where a language was chosen
    topics: Counter[str]  # of the numbers taken
    asked: dict[str, Asked]  # by area
    spoken: Counter[str]
    mediated: Counter[str]
    booked: list[Booked]
    sent: list[Sent]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.tickets or self.arrivals or self.asked or self.booked or self.sent)

    @property
    def tickets(self) -> int:
        """Numbers given."""
        return sum(place.tickets for place in self.places)

    @property
    def arrivals(self) -> int:
        """Registered people received, every time."""
        return sum(place.arrivals for place in self.places)

    @property
    def left(self) -> int:
        """Numbers of people who went away before being received."""
        return sum(place.left for place in self.places)

    @property
    def waits(self) -> Waits:
        """How long people waited, everywhere."""
        total = Waits()
        for place in self.places:
            total.spread.update(place.waits.spread)
        return total


def desk_report(selection: Selection) -> DeskReport:
    """What the desks did in what was selected."""
    places = {place.pk: place for place in _places(selection)}
    hours: defaultdict[int, Hour] = defaultdict(Hour)
    _add_tickets(selection, places, hours)
    week = _add_visits(selection, places)
    tickets, asked = _tickets(selection), report_work.requests(selection)
    return DeskReport(
        selection, list(places.values()), dict(hours), week, report_work.counted(tickets, "language"),
        report_work.counted(tickets, "topic"), report_work.by_area(asked), report_work.counted(asked, "language"),
        report_work.mediated(selection, asked), report_work.booked(selection), report_work.sent(selection),
    )  # fmt: skip


def _places(selection: Selection) -> list[Place]:
    if selection.by_city:
        return [Place(one.pk, one.short_name, one.slug) for one in selection.reach.partners]
    desks = Team.objects.filter(partner__in=selection.partner_ids, kind=Team.Kind.DESK).order_by("name")
    desks = desks.filter(pk=selection.team.pk) if selection.team else desks
    return [Place(desk.pk, desk.name) for desk in desks]


def _tickets(selection: Selection) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(
        partner__in=selection.partner_ids, day__gte=selection.first, day__lte=selection.last
    ).order_by()
    return found.filter(team=selection.team) if selection.team else found


def _visits(selection: Selection) -> QuerySet[Visit]:
    start, end = selection.moments
    found = Visit.objects.filter(partner__in=selection.partner_ids, arrived_at__gte=start, arrived_at__lt=end)
    return (found.filter(team=selection.team) if selection.team else found).order_by()


def _place_key(selection: Selection) -> str:
    return "partner_id" if selection.by_city else "team_id"


def _add_tickets(selection: Selection, places: dict[uuid.UUID, Place], hours: dict[int, Hour]) -> None:
    """Numbers and waits, counted by place, hour, minutes waited and what became of them: one query."""
    minutes = Coalesce(
        SecondsBetween(F("issued_at"), F("called_at")) / Value(MINUTE), Value(NOT_CALLED), output_field=IntegerField()
    )
    first, last = selection.first - timedelta(days=1), selection.last + timedelta(days=1)
    told = {"hour_text": WeekHour("issued_at"), "ahead": clock_ahead(first, last, at="issued_at"), "minutes": minutes}
    gone = Count("pk", filter=Q(status=Ticket.Status.LEFT, called_at__isnull=True))
    counted = _tickets(selection).annotate(**told).values_list(_place_key(selection), *told)
    rows = counted.annotate(n=Count("pk"), gone=gone)
    for pk, text, ahead, waited, count, left in rows:
        if (place := places.get(pk)) is None:
            continue
        hour = hours[slot_of(text, ahead).hour]
        for part in (place, hour):
            part.tickets += count
            if waited >= 0:
                part.waits.spread[waited] += count
        place.left += left


def _add_visits(selection: Selection, places: dict[uuid.UUID, Place]) -> Counter[Slot]:
    told: dict[str, Any] = {
        "hour_text": WeekHour("arrived_at"), "ahead": clock_ahead(selection.first, selection.last, at="arrived_at")
    }  # fmt: skip
    week: Counter[Slot] = Counter()
    rows = _visits(selection).annotate(**told).values_list(_place_key(selection), *told).annotate(n=Count("pk"))
    for pk, text, ahead, count in rows:
        week[slot_of(text, ahead)] += count
        if pk in places:
            places[pk].arrivals += count
    return week
