"""What happened by weekday and hour of the clock in Rome, and how long it took, counted by the database.

Databases differ in how they tell the hour of a zone, and asking Python for each row takes long. So they count by
weekday and hour in universal time, apart for each time that the clock in Rome is ahead of it, and that is added here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Func, IntegerField, TextField, Value, When
from django.utils import timezone

from lgnet.core.periods import midnight

HOUR = timedelta(hours=1)
USUAL_OFFSET = 60  # minutes, in winter


class Slot(NamedTuple):
    """An hour of a weekday: Monday is 0."""

    weekday: int
    hour: int


class WeekHour(Func):
    """Weekday (Sunday is 0) and hour of a moment in universal time, as text: "4 22"."""

    output_field = TextField()
    template = "strftime('%%%%w %%%%H', %(expressions)s)"  # SQLite keeps moments so

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL: written out."""
        moment = "(%(expressions)s AT TIME ZONE 'UTC')"
        template = f"extract(dow FROM {moment})::int || to_char({moment}, ' HH24')"
        expressions, params = compiler.compile(self.source_expressions[0])
        return template % {"expressions": expressions}, (*params, *params)


class SecondsBetween(Func):
    """Whole seconds from one moment to another."""

    output_field = IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps moments as text."""
        start, end = (compiler.compile(one) for one in self.source_expressions)
        sql = f"CAST(round((julianday({end[0]}) - julianday({start[0]})) * 86400) AS integer)"
        return sql, (*end[1], *start[1])

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL subtracts them."""
        start, end = (compiler.compile(one) for one in self.source_expressions)
        return f"round(extract(epoch FROM ({end[0]} - {start[0]})))::int", (*end[1], *start[1])


def clock_ahead(first: date, last: date, *, at: str = "occurred_at") -> Case:
    """How many minutes the clock in Rome is ahead of universal time, of the moment in the column `at` on these days."""
    spans = [
        When(**{f"{at}__gte": start, f"{at}__lt": end}, then=Value(ahead))
        for start, end, ahead in spans_of(first, last)
    ]
    return Case(*spans, default=Value(USUAL_OFFSET), output_field=IntegerField())


def spans_of(first: date, last: date) -> list[tuple[datetime, datetime, int]]:
    """From when to when, in these days, the clock in Rome is ahead by how many minutes."""
    start, end = midnight(first).astimezone(UTC), midnight(last, days_later=1).astimezone(UTC)
    spans, began, moment = [], start, start
    while moment < end:
        following = min(moment + timedelta(days=1), end)
        if _ahead(following) != _ahead(moment):
            while _ahead(moment) != _ahead(following):  # the hour of that day
                moment += HOUR
            spans.append((began, moment, _ahead(moment - HOUR)))
            began = moment
        moment = following
    return [*spans, (began, end, _ahead(began))]


def slot_of(text: str, ahead: int) -> Slot:
    """The hour in Rome of what `WeekHour` and `clock_ahead` say."""
    weekday, hour = text.split()
    hours = int(weekday) * 24 + int(hour) + ahead // 60
    return Slot((hours // 24 - 1) % 7, hours % 24)


def hours_between(start: datetime, end: datetime) -> Iterator[tuple[Slot, float]]:
    """The hours of the clock in Rome that lie between two moments, each with how much of it."""
    moment = start.astimezone(UTC)
    while moment < end:
        following = min(moment.replace(minute=0, second=0, microsecond=0) + HOUR, end)
        here = timezone.localtime(moment)
        yield Slot(here.weekday(), here.hour), (following - moment) / HOUR
        moment = following


def _ahead(moment: datetime) -> int:
    return int((timezone.localtime(moment).utcoffset() or timedelta()) / timedelta(minutes=1))
