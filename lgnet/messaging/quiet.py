"""Quiet hours: when a city writes to nobody it helps."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.core.periods import at_clock
from lgnet.messaging.models import QuietHours
from lgnet.network.models import Partner


def quiet_hours_of(partner: Partner) -> QuietHours:
    """The quiet hours of a city; the usual ones, not saved, if it has set none."""
    return QuietHours.objects.filter(partner=partner).first() or QuietHours(partner=partner)


def quiet_until(now: datetime, starts: time, ends: time) -> datetime | None:
    """When the quiet hours end in which `now` falls, or None outside of them; they may go over midnight.

    They follow the clock on the wall. In the night in which it is put back, they last to the second of two like hours.
    """
    here = timezone.localtime(now)
    clock, day = here.time(), here.date()
    inside = starts <= clock < ends if starts <= ends else clock >= starts or clock < ends
    if not inside:
        return None
    ending = at_clock(day if clock < ends else day + timedelta(days=1), ends)
    if ending <= now:
        ending = datetime.combine(day, ends, tzinfo=timezone.get_current_timezone()).replace(fold=1)
    return ending
