"""When something is open, by the clocks on the walls of Rome: the week, seasons, exceptions, public holidays.

A place is open while a clock on its wall shows a time within one of its spans: in the hour that comes twice when clocks
are put back it is open twice, and a time that is skipped in spring is the moment of the jump. A span belongs to the day
on which it begins, and so does what closes that day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
AHEAD = 62  # days in which the next opening is looked for
SATURDAY = 5
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

Span = tuple[time, time]  # opens, closes: on the next day if it does not close later than it opens


@dataclass(frozen=True)
class WeekSpan:
    """Open on a weekday (0 is Monday) from a time to a time; only within a season if it has days."""

    weekday: int
    opens: time
    closes: time
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_seasonal(self) -> bool:
        """Whether it holds only between two days."""
        return self.first_day is not None

    def holds_on(self, day: date) -> bool:
        """Whether its season, if it has one, includes the day."""
        return (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Exceptional:
    """Days, both included, with other hours than usual; without a span it is closed."""

    first_day: date
    last_day: date
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Timetable:
    """When a place is open. `province` tells its patron's day; `not_before` is the first day after a suspension."""

    week: tuple[WeekSpan, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()
    province: str = ""
    opens_on_holidays: bool = False
    not_before: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything is said of its hours."""
        return bool(self.week or any(one.spans for one in self.exceptions))


@dataclass(frozen=True)
class OpenState:
    """Whether it is open at a moment, and when that changes next; None where no change is in sight."""

    is_open: bool
    changes_at: datetime | None


def state_at(timetable: Timetable, moment: datetime) -> OpenState:
    """Open now, and until when; or closed, and when it opens next. Spans that touch are one."""
    today = moment.astimezone(ROME).date()
    until: datetime | None = None
    for start, end in _moments(timetable, today):
        if until is not None and start > until:
            break  # it was open, and this is after a pause
        if end <= moment:
            continue
        if start > moment and until is None:
            return OpenState(False, start)
        until = end if until is None else max(until, end)
    if until is None:
        return OpenState(False, None)
    return OpenState(True, until if until - moment < (AHEAD - 1) * DAY else None)


def is_open_at(timetable: Timetable, moment: datetime) -> bool:
    """Whether it is open at a moment; cheaper than `state_at`."""
    today = moment.astimezone(ROME).date()
    days = (today - DAY, today)
    return any(start <= moment < end for day in days for start, end in _moments_of(timetable, day))


def spans_on(timetable: Timetable, day: date) -> tuple[Span, ...]:
    """The spans that begin on a day, in order."""
    if timetable.not_before and day < timetable.not_before:
        return ()
    for one in timetable.exceptions:
        if one.first_day <= day <= one.last_day:
            return tuple(sorted(one.spans))
    if not timetable.opens_on_holidays and is_holiday(day, timetable.province):
        return ()
    season = [one for one in timetable.week if one.is_seasonal and one.holds_on(day)]
    usual = season or [one for one in timetable.week if not one.is_seasonal]
    return tuple(sorted((one.opens, one.closes) for one in usual if one.weekday == day.weekday()))


def is_holiday(day: date, province: str) -> bool:
    """Whether it is a public holiday of Italy, or the patron's day of the town that gives the province its name."""
    return day in holidays_of(province, day.year)


def is_working_day(day: date, province: str) -> bool:
    """Whether offices work on a day: no Saturday, no Sunday, no holiday."""
    return day.weekday() < SATURDAY and not is_holiday(day, province)


@lru_cache(maxsize=512)
def holidays_of(province: str, year: int) -> Mapping[date, str]:
    """The public holidays of Italy in a year, and the patron's day where it is known, with their names in Italian."""
    import holidays  # noqa: PLC0415  slow to import, and needed only where hours are known

    known = province if province in holidays.list_supported_countries()["IT"] else None
    found = holidays.country_holidays("IT", subdiv=known, years=year, language="it_IT", expand=False)
    return MappingProxyType(dict(found))


def clock_of(text: str) -> time:
    """A time of the day of "09:00"."""
    return time.fromisoformat(text)


def first_overlap(spans: Sequence[tuple[int, Span]]) -> tuple[int, Span, Span] | None:
    """Two spans of a week that overlap, with the weekday of the later one; None if all is well.

    Each span comes with its weekday. The week is a ring: what begins on Sunday night ends on Monday.
    """
    marks = sorted((_minutes(weekday, span), weekday, span) for weekday, span in spans)
    week = 7 * 24 * 60
    for at, ((_start, end), _weekday, span) in enumerate(marks):
        (next_start, _end), next_weekday, next_span = marks[(at + 1) % len(marks)]
        if len(marks) > 1 and end > next_start + (week if at + 1 == len(marks) else 0):
            return next_weekday, span, next_span
    return None


def _moments(timetable: Timetable, today: date) -> Iterator[tuple[datetime, datetime]]:
    """From yesterday on: what began then may last until now."""
    for ahead in range(-1, AHEAD):
        yield from _moments_of(timetable, today + ahead * DAY)


def _moments_of(timetable: Timetable, day: date) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in spans_on(timetable, day):
        start = _moment(day, opens, is_end=False)
        end = _moment(day if closes > opens else day + DAY, closes, is_end=True)
        if start < end:
            yield start, end


def _moment(day: date, clock: time, *, is_end: bool) -> datetime:
    """When, in UTC, the clocks in Rome show this: for an end the last time, otherwise the first."""
    wall = datetime.combine(day, clock)
    first, second = (wall.replace(tzinfo=ROME, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if is_end else first
    moment = first  # the clocks jump over it: back to the jump
    while (moment - MINUTE).astimezone(ROME).replace(tzinfo=None) >= wall:
        moment -= MINUTE
    return moment


def _minutes(weekday: int, span: Span) -> tuple[int, int]:
    opens, closes = (one.hour * 60 + one.minute for one in span)
    start = weekday * 24 * 60 + opens
    return start, start + (closes - opens if closes > opens else 24 * 60 - opens + closes)
