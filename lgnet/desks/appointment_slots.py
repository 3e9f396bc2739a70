"""Free slots: computed from openings, less closed days, absences and what is booked. None is stored."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from lgnet.core.periods import midnight
from lgnet.desks.appointment_calendar import Span, closed_days, days_between, is_on, spans_on, steps_of
from lgnet.desks.appointment_models import (
    STEP_MINUTES,
    Absence,
    Appointment,
    AppointmentGroup,
    AppointmentHold,
    AppointmentKind,
    Opening,
)
from lgnet.network.models import Partner

MOST_DAYS = 92  # looked at in one go
Resources = tuple[uuid.UUID, ...]
# the five minutes that are taken, each with the group that takes it if it is one
Taken = dict[datetime, uuid.UUID | None]


@dataclass(frozen=True)
class Slot:
    """A time at which a kind of appointment can be booked; `left` places, one unless it is a group."""

    opening: Opening
    kind: AppointmentKind
    starts_at: datetime
    ends_at: datetime
    left: int = 1

    @property
    def key(self) -> str:
        """What a form sends back: the opening and the moment."""
        return f"{self.opening.pk}@{self.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"

    @property
    def day(self) -> date:
        """The day in Rome."""
        return timezone.localdate(self.starts_at)


@dataclass
class Calendar:
    """What is known of some days of a city: when it is closed, who is away, what is taken by what."""

    closed: dict[date, str]
    absences: list[Absence]
    taken: dict[uuid.UUID, Taken] = field(default_factory=dict)  # by resource
    begins: dict[uuid.UUID, list[datetime]] = field(default_factory=dict)  # when what takes a resource begins
    groups: dict[tuple[uuid.UUID, datetime], AppointmentGroup] = field(default_factory=dict)

    def absences_of(self, opening: Opening) -> list[Absence]:
        """When the team, or anybody or anything the opening needs, is absent."""
        return [absence for absence in self.absences if concerns(absence, opening)]

    def taken_from(self, resources: Resources) -> list[Taken]:
        """What is taken of each that is needed."""
        return [self.taken[one] for one in resources if one in self.taken]

    def busy_on(self, day: date) -> Counter[uuid.UUID]:
        """How many appointments, or groups, each resource has on a day."""
        begin, end = midnight(day), midnight(day, days_later=1)
        each = self.begins.items()
        return Counter({one: sum(begin <= moment < end for moment in moments) for one, moments in each})


@dataclass(frozen=True)
class FreeDay:
    """A day on which a kind can be booked: its free slots in order."""

    day: date
    slots: list[Slot]


@dataclass(frozen=True)
class Asked:
    """Which free times are asked for; all that are not too soon by default."""

    language: str = ""
    with_mediator: bool = False
    operator: uuid.UUID | None = None
    without: Appointment | None = None  # about to be moved: its own time is free for it
    late: bool = False  # also with less notice than the kind asks
    once: bool = False  # each moment once, with the first who is free
    even: bool = False  # at one moment who has fewest appointments that day comes first; otherwise the first by name

    def suits(self, opening: Opening) -> bool:
        """Whether an opening is what is asked for."""
        return (
            (not self.language or self.language in opening.languages)
            and (not self.with_mediator or opening.mediator_id is not None)
            and self.operator in {None, opening.operator_id}
        )


def resources_of(record: Opening | Appointment | AppointmentGroup) -> Resources:
    """Who and what is needed, none of which can be in two places: operator, mediator, room."""
    wanted = {record.operator_id, record.mediator_id, record.room_id} - {None}
    return tuple(sorted(one for one in wanted if one is not None))


def concerns(absence: Absence, record: Opening | Appointment) -> bool:
    """Whether who or what is absent is what an opening or an appointment needs."""
    if absence.operator_id:
        return absence.operator_id in {record.operator_id, record.mediator_id}
    if absence.room_id:
        return absence.room_id == record.room_id
    return absence.team_id == record.team_id


def overlaps(absence: Absence, begin: datetime, end: datetime) -> bool:
    """Whether an absence takes away some of the time between two moments."""
    return absence.starts_at < end and begin < absence.ends_at


def hits(absence: Absence, record: Opening | Appointment, begin: datetime, end: datetime) -> bool:
    """Whether an absence takes away what an opening or an appointment needs at some time between two moments."""
    return overlaps(absence, begin, end) and concerns(absence, record)


# -- what is known of some days --------------------------------------------------------------------------------------


def live_openings() -> QuerySet[Opening]:
    """Openings that were not taken away, with the lengths of their kinds still in use."""
    kinds = AppointmentKind.objects.filter(is_active=True).only("minutes")
    return Opening.objects.filter(ended_at=None).prefetch_related(Prefetch("kinds", kinds))


def openings_for(kind: AppointmentKind, first: date) -> list[Opening]:
    """The openings in which a kind can be booked from a day on, in the order of who receives. Two queries."""
    rows = live_openings().filter(kinds=kind).exclude(ends_on__lt=first).select_related("operator", "mediator")
    return sorted(rows.order_by(), key=lambda one: (one.operator.full_name, one.pk))


def closings_of(partner: Partner, first: date, last: date) -> Calendar:
    """When the city is closed between two days, both included, and who is away. Two queries."""
    begin, end = midnight(first), midnight(last, days_later=1)
    absences = Absence.objects.filter(partner=partner, withdrawn_at=None, starts_at__lt=end, ends_at__gt=begin)
    return Calendar(closed_days(partner, first, last), list(absences))


def calendar_of(
    kind: AppointmentKind, openings: Iterable[Opening], first: date, last: date, *, now: datetime | None = None,
    without: Appointment | None = None,
) -> Calendar:  # fmt: skip
    """What is known of the days between two for these openings; offers that have ended count no more, nor `without`.

    Three queries, and one for the groups of a kind that has them.
    """
    calendar = closings_of(kind.partner, first, last)
    span = (midnight(first), midnight(last, days_later=1) - timedelta(microseconds=1))
    needed = {resource for one in openings for resource in resources_of(one)}
    ended = Q(appointment__status=Appointment.Status.OFFERED, appointment__offer_ends_at__lte=now or timezone.now())
    holds = AppointmentHold.objects.filter(resource__in=needed, step__range=span).exclude(ended)
    if without is not None:
        holds = holds.exclude(appointment=without)
    each = holds.values("resource", "group_id", "appointment_id").annotate(begin=Min("step"), count=Count("step"))
    for resource, group, begin, count in each.values_list("resource", "group_id", "begin", "count"):
        steps = steps_of(begin, begin + timedelta(minutes=STEP_MINUTES * count))
        calendar.taken.setdefault(resource, {}).update(dict.fromkeys(steps, group))
        calendar.begins.setdefault(resource, []).append(begin)
    if kind.is_group:
        groups = AppointmentGroup.objects.filter(kind=kind, starts_at__range=span)
        calendar.groups = {(one.operator_id, one.starts_at): one for one in groups}
    return calendar


# -- free slots ------------------------------------------------------------------------------------------------------


def free_slots(
    kind: AppointmentKind, first: date, last: date, *, now: datetime | None = None, language: str = "",
    with_mediator: bool = False, without: Appointment | None = None, late: bool = False, once: bool = False,
) -> list[Slot]:  # fmt: skip
    """The slots of a kind between two days, both included, in order; the rest is explained at `Asked`."""
    asked = Asked(language, with_mediator, without=without, late=late, once=once)
    days = free_days(kind, first, last, asked, now=now, at_once=MOST_DAYS + 1)
    return [slot for one in days for slot in one.slots]


def free_days(
    kind: AppointmentKind, first: date, last: date, asked: Asked, *, now: datetime | None = None,
    openings: Iterable[Opening] | None = None, at_once: int = 2,
) -> Iterator[FreeDay]:  # fmt: skip
    """The days between two, both included, on which a kind can be booked: no further than they are looked through.

    The calendar is read for `at_once` days first, then for twice as many, and so on. `openings` are those of
    `openings_for`, if they are known already.
    """
    now = now or timezone.now()
    last = min(last, first + timedelta(days=MOST_DAYS))
    chosen = [one for one in (openings_for(kind, first) if openings is None else openings) if asked.suits(one)]
    if not chosen or not kind.is_active:
        return
    earliest = now if asked.late else now + timedelta(hours=kind.lead_hours)
    plans = [_Plan.of(opening, kind) for opening in chosen]
    while first <= last:
        until = min(last, first + timedelta(days=at_once - 1))
        calendar = calendar_of(kind, chosen, first, until, now=now, without=asked.without)
        for day in days_between(first, until):
            if slots := _free_on(day, plans, calendar, earliest, asked):
                yield FreeDay(day, slots)
        first, at_once = until + timedelta(days=1), at_once * 2


@dataclass(frozen=True)
class _Plan:
    """What is the same on each day of an opening in which a kind is booked."""

    opening: Opening
    kind: AppointmentKind
    resources: Resources
    step: int

    @classmethod
    def of(cls, opening: Opening, kind: AppointmentKind) -> "_Plan":
        step = min((one.minutes for one in opening.kinds.all()), default=kind.minutes)
        return cls(opening, kind, resources_of(opening), step)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        return spans_on(day, self.opening.from_clock, self.opening.until_clock, self.kind.minutes, self.step)


def _free_on(
    day: date, plans: Iterable[_Plan], calendar: Calendar, earliest: datetime, asked: Asked
) -> list[Slot]:  # fmt: skip
    """The slots of one day that begin after `earliest`, in order; at one moment in the order of the plans."""
    found: list[Slot] = []
    seen: set[datetime] = set()
    plans = [plan for plan in plans if day not in calendar.closed and is_on(plan.opening, day)]
    if asked.even:
        busy = calendar.busy_on(day)
        plans.sort(key=lambda plan: busy[plan.opening.operator_id])
    for plan in plans:
        left = [one for one in plan.spans_on(day) if one.starts_at > earliest and one.starts_at not in seen]
        found += _free_in(plan, left, calendar)
        seen = {slot.starts_at for slot in found} if asked.once else seen
    return sorted(found, key=attrgetter("starts_at"))


def _free_in(plan: _Plan, spans: Iterable[Span], calendar: Calendar) -> Iterator[Slot]:
    """Those of some spans of an opening that are free."""
    opening, kind = plan.opening, plan.kind
    absences, taken = calendar.absences_of(opening), calendar.taken_from(plan.resources)
    for begin, end, steps in spans:
        group = calendar.groups.get((opening.operator_id, begin)) if kind.is_group else None
        left = group.places - group.taken if group else kind.places
        if left <= 0 or (taken and not _is_free(taken, steps, group.pk if group else None)):
            continue
        if not (absences and any(overlaps(absence, begin, end) for absence in absences)):
            yield Slot(opening, kind, begin, end, left)


def _is_free(taken: list[Taken], steps: Sequence[datetime], ours: uuid.UUID | None) -> bool:
    """Whether nothing is taken in these minutes, but by our group."""
    if ours is None:
        return all(one.keys().isdisjoint(steps) for one in taken)
    return all(one.get(step, ours) == ours for one in taken for step in steps)


def slot_at(
    kind: AppointmentKind, opening_id: uuid.UUID, starts_at: datetime, *, now: datetime | None = None,
    without: Appointment | None = None, late: bool = False,
) -> Slot | None:  # fmt: skip
    """The free slot of an opening at a moment, or None. `late`: also when less notice is left than the kind asks."""
    now = now or timezone.now()
    rows = live_openings().select_related("operator", "mediator", "room", "team__site", "team__partner", "partner")
    opening = rows.filter(pk=opening_id, kinds=kind).first()
    if opening is None or not kind.is_active:
        return None
    day = timezone.localdate(starts_at)
    calendar = calendar_of(kind, [opening], day, day, now=now, without=without)
    earliest = now if late else now + timedelta(hours=kind.lead_hours)
    slots = _free_on(day, [_Plan.of(opening, kind)], calendar, earliest, Asked())
    return next((slot for slot in slots if slot.starts_at == starts_at), None)


def read_key(text: str) -> tuple[uuid.UUID, datetime] | None:
    """The opening and the moment of `Slot.key`, or None for anything else."""
    opening, _at, moment = text.partition("@")
    try:
        return uuid.UUID(opening), datetime.strptime(moment, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
