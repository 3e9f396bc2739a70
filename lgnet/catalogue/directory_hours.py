"""The hours of a place as a page shows them: the usual week, its seasons, and the days that are different."""

from dataclasses import dataclass
from datetime import date, timedelta

from lgnet.catalogue.models import OfferException, OfferPlace
from lgnet.catalogue.opening import Span, is_holiday, spans_on

SHOWN = 60  # days in which public holidays are told


@dataclass(frozen=True)
class Week:
    """Weekly hours, of a season if it has days: for each weekday (0 is Monday) its spans."""

    days: tuple[tuple[int, tuple[Span, ...]], ...]
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class OtherDays:
    """Days with other hours than usual; without spans it is closed. `exception` is None for a public holiday."""

    first_day: date
    last_day: date
    spans: tuple[Span, ...]
    note: str = ""
    exception: OfferException | None = None


def weeks_of(place: OfferPlace, today: date) -> list[Week]:
    """The usual week, and the seasons that are not over; nothing where no hours are known."""
    found: dict[tuple[date | None, date | None], dict[int, list[Span]]] = {}
    for one in place.hours.all():
        if one.last_day is None or one.last_day >= today:
            week = found.setdefault((one.first_day, one.last_day), {})
            week.setdefault(one.weekday, []).append((one.opens, one.closes))
    weeks = [
        Week(tuple((day, tuple(sorted(week.get(day, ())))) for day in range(7)), *season)
        for season, week in found.items()
    ]
    return sorted(weeks, key=lambda week: week.first_day or date.min)


def other_days_of(place: OfferPlace, today: date) -> list[OtherDays]:
    """Exceptions that are not over, and public holidays of the next weeks that close it, soonest first."""
    rows = [one for one in place.exceptions.all() if one.last_day >= today]
    found = [OtherDays(one.first_day, one.last_day, one.times, one.note, one) for one in rows]
    for ahead in range(SHOWN if place.timetable.week and not place.opens_on_holidays else 0):
        day = today + timedelta(days=ahead)
        excepted = any(one.first_day <= day <= one.last_day for one in rows)
        if not excepted and is_holiday(day, place.timetable.province) and not spans_on(place.timetable, day):
            found.append(OtherDays(day, day, ()))
    return sorted(found, key=lambda one: one.first_day)


def span_text(span: Span) -> str:
    """From when to when, in figures that every language reads; a whole day is 00:00–24:00."""
    opens, closes = span
    return f"{opens:%H:%M}–{'24:00' if closes.hour == closes.minute == 0 else f'{closes:%H:%M}'}"
