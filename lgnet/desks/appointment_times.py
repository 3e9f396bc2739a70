"""What the page of the free times shows: each time once, whole days until there are enough to choose from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.desks.appointment_models import AppointmentKind, Opening
from lgnet.desks.appointment_slots import MOST_DAYS, Asked, FreeDay, Slot, free_days

SHOWN = timedelta(days=14)  # no page looks further
ENOUGH = 60  # times on a page; the days are whole
ONE = timedelta(days=1)
Choice = tuple[date, list[list[Slot]]]  # a day, and of each of its times the slots


@dataclass(frozen=True)
class Time:
    """A time of a day: what its button sends, what is on it, and in smaller letters under that."""

    key: str
    clock: str
    lines: list[str]


@dataclass(frozen=True)
class Page:
    """The days shown, each with its times; all between the first and the last were looked through."""

    first: date
    last: date
    days: list[tuple[date, list[Time]]]

    @classmethod
    def of(cls, first: date, last: date, days: Iterable[Choice]) -> "Page":
        """Say with whom it is where that is not clear: there are several, and one alone is free."""
        shown = list(days)
        several = len({slot.opening.operator_id for _day, times in shown for some in times for slot in some}) > 1
        return cls(first, last, [(day, [_time(some, several) for some in times]) for day, times in shown])


def choices(days: Iterable[FreeDay]) -> Iterator[Choice]:
    """Days, each with the slots of each of its times, as long as there are not enough."""
    count = 0
    for one in days:
        times = [list(some) for _moment, some in groupby(one.slots, key=attrgetter("starts_at"))]
        yield one.day, times
        count += len(times)
        if count >= ENOUGH:
            return


def _time(some: list[Slot], several: bool) -> Time:
    """A time at which some slots are free: the first is booked; of groups rather one that has begun."""
    kind = some[0].kind
    slot = min(some, key=lambda one: one.left == one.kind.places) if kind.is_group else some[0]
    lines = [slot.opening.operator.full_name] if several and len(some) == 1 else []
    if kind.is_group:
        left = sum(one.left for one in some)
        lines.append(ngettext("%(n)s place", "%(n)s places", left) % {"n": left})
    elif len(some) > 1:
        lines.append(_("%(n)s free") % {"n": len(some)})
    if slot.opening.mediator_id:
        lines.append(_("with a mediator"))
    return Time(slot.key, f"{timezone.localtime(slot.starts_at):%H:%M}", lines)


def times_from(kind: AppointmentKind, first: date, asked: Asked, openings: Sequence[Opening]) -> Page:
    """The times from a day on."""
    last = first + SHOWN - ONE
    found = list(choices(free_days(kind, first, last, asked, openings=openings)))
    enough = sum(len(times) for _day, times in found) >= ENOUGH
    return Page.of(first, found[-1][0] if enough else last, found)


def times_before(kind: AppointmentKind, first: date, last: date, asked: Asked, openings: Sequence[Opening]) -> Page:
    """The times up to a day, but none before the first."""
    first = max(first, last - SHOWN + ONE)
    days = list(free_days(kind, first, last, asked, openings=openings, at_once=SHOWN.days))
    found = list(choices(reversed(days)))[::-1]
    return Page.of(first if len(found) == len(days) else found[0][0], last, found)


def first_after(kind: AppointmentKind, page: Page, asked: Asked, openings: Sequence[Opening]) -> Slot | None:
    """The first free slot after the days of a page, in the three months from its first day."""
    last = page.first + timedelta(days=MOST_DAYS)
    days = free_days(kind, page.last + ONE, last, asked, openings=openings, at_once=SHOWN.days)
    return next((one.slots[0] for one in days), None)
