"""Days and hours of openings, by the clock on the wall in Rome; days on which a city is closed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MO, WEEKLY, rrule
from django.utils import timezone

from lgnet.catalogue.opening import holidays_of
from lgnet.core.periods import at_clock
from lgnet.desks.appointment_models import STEP_MINUTES, AppointmentKind, CityDay, Opening
from lgnet.network.models import Partner

Span = tuple[datetime, datetime]


def days_of(opening: Opening, first: date, last: date) -> list[date]:
    """The days between two, both included, on which people are received, closed days and absences apart."""
    first, last = max(first, opening.starts_on), min(last, opening.ends_on or last)
    if first > last:
        return []
    if not opening.weekdays:
        return [opening.starts_on] if opening.starts_on == first else []
    begin = _monday(opening.starts_on)
    weeks = (_monday(first) - begin).days // 7
    near = begin + timedelta(weeks=weeks - weeks % opening.every_weeks)  # of its weeks the last that begins by `first`
    rule = rrule(
        WEEKLY, interval=opening.every_weeks, byweekday=opening.weekdays, wkst=MO,
        dtstart=datetime.combine(max(near, opening.starts_on), time()),
    )  # fmt: skip
    found = rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    return [moment.date() for moment in found]


def is_on(opening: Opening, day: date) -> bool:
    """Whether people are received on a day: the same as `days_of` says, for one day out of many."""
    if day < opening.starts_on or (opening.ends_on and day > opening.ends_on):
        return False
    if not opening.weekdays:
        return day == opening.starts_on
    weeks = (_monday(day) - _monday(opening.starts_on)).days // 7
    return day.weekday() in opening.weekdays and weeks % opening.every_weeks == 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def span_of(opening: Opening, day: date) -> Span:
    """From when to when the opening lasts on a day, in universal time."""
    return at_clock(day, opening.from_clock), at_clock(day, opening.until_clock)


def spans_in(opening: Opening, kind: AppointmentKind, step: int, day: date) -> Iterator[Span]:
    """The spans that appointments of a kind can have on a day, begun every `step` minutes, in universal time.

    None touches the hour that is skipped when the clock is put forward, nor the one that comes twice when it is put
    back: nobody would know when to come.
    """
    length, end = timedelta(minutes=kind.minutes), datetime.combine(day, opening.until_clock)
    clock = datetime.combine(day, opening.from_clock)
    while clock + length <= end:
        starts_at, ends_at = at_clock(day, clock.time()), at_clock(day, (clock + length).time())
        last_minute = clock + length - timedelta(minutes=1)
        if ends_at - starts_at == length and _is_plain(clock) and _is_plain(last_minute):
            yield starts_at, ends_at
        clock += timedelta(minutes=step)


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
