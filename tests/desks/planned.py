"""Kinds of appointment and openings for tests: Monday to Friday, nine to noon."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lgnet.desks.appointment_planning import KindDetails, OpeningPlan, create_kind, create_opening
from lgnet.desks.appointment_slots import free_slots

WORKDAYS = (0, 1, 2, 3, 4)


def tomorrow() -> date:
    """The next day that is no Saturday, Sunday or holiday near by."""
    day = timezone.localdate() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def a_kind(by, team, name="Consulenza", **details):
    return create_kind(by=by, team=team, details=KindDetails(name_it=name, area="legal", **details))


def an_opening(by, team, kinds, operator, **plan):
    usual = {
        "from_clock": time(9), "until_clock": time(12), "starts_on": timezone.localdate(), "weekdays": WORKDAYS,
    }  # fmt: skip
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return create_opening(by=by, team=team, plan=OpeningPlan(kinds=kinds, operator=operator, **usual | plan))


def clocks(slots):
    return [f"{timezone.localtime(slot.starts_at):%H:%M}" for slot in slots]


def slots_on(kind, day, **asked):
    return free_slots(kind, day, day, **asked)


def at(day, clock):
    hour, minute = (int(part) for part in clock.split(":"))
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
