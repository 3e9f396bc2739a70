"""Days and hours of openings, by the clock on the wall in Rome; days on which a city is closed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from lgnet.catalogue.opening import holidays_of
from lgnet.core.periods import at_clock
from lgnet.desks.appointment_models import STEP_MINUTES, CityDay, Opening
from lgnet.network.models import Partner


class Span(NamedTuple):
    """From when to when, in universal time, and the beginnings of the five minutes of which it consists."""

    starts_at: datetime
    ends_at: datetime
    steps: tuple[datetime, ...]


def days_between(first: date, last: date) -> Iterator[date]:
    """The days between two, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def days_of(opening: Opening, first: date, last: date) -> list[date]:
    """The days between two, both included, on which people are received, closed days and absences apart."""
    first, last = max(first, opening.starts_on), min(last, opening.ends_on or last)
    return [day for day in days_between(first, last) if is_on(opening, day)]


def is_on(opening: Opening, day: date) -> bool:
    """Whether people are received on a day, unless it is closed or they are absent."""
    if day < opening.starts_on or (opening.ends_on and day > opening.ends_on):
        return False
    if not opening.weekdays:
        return day == opening.starts_on
    weeks = (_monday(day) - _monday(opening.starts_on)).days // 7
    return day.weekday() in opening.weekdays and weeks % opening.every_weeks == 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def span_of(opening: Opening, day: date) -> tuple[datetime, datetime]:
    """From when to when the opening lasts on a day, in universal time."""
    return at_clock(day, opening.from_clock), at_clock(day, opening.until_clock)


@lru_cache(maxsize=256)
def spans_on(day: date, from_clock: time, until_clock: time, minutes: int, step: int) -> tuple[Span, ...]:
    """The spans of so many minutes within some hours of a day, begun every `step` minutes.

    None touches the hour that is skipped when the clock is put forward, nor the one that comes twice when it is put
    back: nobody would know when to come.
    """
    found = []
    length, end = timedelta(minutes=minutes), datetime.combine(day, until_clock)
    clock = datetime.combine(day, from_clock)
    while clock + length <= end:
        starts_at, ends_at = at_clock(day, clock.time()), at_clock(day, (clock + length).time())
        last_minute = clock + length - timedelta(minutes=1)
        if ends_at - starts_at == length and _is_plain(clock) and _is_plain(last_minute):
            found.append(Span(starts_at, ends_at, tuple(steps_of(starts_at, ends_at))))
        clock += timedelta(minutes=step)
    return tuple(found)


def _is_plain(clock: datetime) -> bool:
    """Whether the clock on the wall shows this once, neither never nor twice."""
    zone = timezone.get_current_timezone()
    return clock.replace(tzinfo=zone, fold=0).utcoffset() == clock.replace(tzinfo=zone, fold=1).utcoffset()


def steps_of(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The beginnings of the five minutes of which a time consists."""
    count = int((ends_at - starts_at).total_seconds()) // (STEP_MINUTES * 60)
    return [starts_at + timedelta(minutes=STEP_MINUTES * number) for number in range(count)]


def closed_days(partner: Partner, first: date, last: date) -> dict[date, str]:
    """The days between two, both included, on which nobody is received in the city, each with its name. One query."""
    found = {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in holidays_of(partner.province, year).items()
        if first <= day <= last
    }
    for one in CityDay.objects.filter(partner=partner, day__range=(first, last)):
        if one.is_open:
            found.pop(one.day, None)
        else:
            found[one.day] = one.name
    return found
