"""The calendar of outings: weeks with a row for each unit, months with a row for each week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.outreach.models import Outing

EARLIEST, LATEST = date(2000, 1, 10), date(2199, 12, 20)  # days around which a week and a month can be drawn


@dataclass
class Cell:
    """One day, of one unit in the view by week, with its outings."""

    day: date
    outings: list[Outing] = field(default_factory=list)
    is_outside: bool = False  # of the month shown

    @property
    def is_today(self) -> bool:
        """Whether this is the day of the reader."""
        return self.day == timezone.localdate()


Row = tuple[Team | None, list[Cell]]  # a unit with its days, or a week of no unit


@dataclass(frozen=True)
class Calendar:
    """What is drawn: `first` to `last` day asked for, and where one goes from here."""

    first: date
    last: date
    before: date
    after: date
    days: list[date]  # the heads of the columns
    rows: list[Row]


def asked_day(text: str) -> date:
    """The day that the address names, or today; one that no calendar reaches becomes the nearest."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
    return min(max(day, EARLIEST), LATEST)


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def drawn_week(day: date, units: Sequence[Team], outings: Iterable[Outing]) -> Calendar:
    """The week around a day: a row for each unit, also one closed since that has outings."""
    first, last = week_of(day)
    days = _days(first, last)
    known = {unit.pk: unit for unit in units}
    outings = list(outings)
    for outing in outings:
        known.setdefault(outing.team_id, outing.team)
    cells = {(pk, one): Cell(one) for pk in known for one in days}
    for outing in outings:
        cells[outing.team_id, timezone.localdate(outing.starts_at)].outings.append(outing)
    rows: list[Row] = [(unit, [cells[pk, one] for one in days]) for pk, unit in known.items()]
    return Calendar(first, last, first - timedelta(days=7), first + timedelta(days=7), days, rows)


def drawn_month(day: date, outings: Iterable[Outing]) -> Calendar:
    """The month around a day, in whole weeks."""
    first, last = month_of(day)
    days = _days(week_of(first)[0], week_of(last)[1])
    cells = {one: Cell(one, is_outside=not first <= one <= last) for one in days}
    for outing in outings:
        cells[timezone.localdate(outing.starts_at)].outings.append(outing)
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    rows: list[Row] = [(None, [cells[one] for one in week]) for week in weeks]
    return Calendar(first, last, first - timedelta(days=1), last + timedelta(days=1), days[:7], rows)


def span_of(day: date, view: str) -> tuple[date, date]:
    """First and last day that are drawn around a day."""
    if view == "month":
        first, last = month_of(day)
        return week_of(first)[0], week_of(last)[1]
    return week_of(day)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
