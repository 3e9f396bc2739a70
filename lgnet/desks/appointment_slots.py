"""Free slots: computed from openings, less closed days, absences and what is booked. None is stored."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from lgnet.core.periods import midnight
from lgnet.desks.appointment_calendar import Span, closed_days, days_of, spans_in, steps_of
from lgnet.desks.appointment_models import (
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
    taken: dict[tuple[uuid.UUID, datetime], Any] = field(default_factory=dict)  # by an appointment or a group
    groups: dict[tuple[uuid.UUID, uuid.UUID, datetime], AppointmentGroup] = field(default_factory=dict)

    def is_away(self, opening: Opening, span: Span) -> bool:
        """Whether the team, or anybody or anything the opening needs, is absent at some time of the span."""
        return any(hits(absence, opening, span) for absence in self.absences)

    def is_free(self, resources: Resources, span: Span, ours: uuid.UUID | None) -> bool:
        """Whether nothing is taken during the span, but by `ours`."""
        return all(
            self.taken.get((one, step), ours) == ours for step in steps_of(*span) for one in resources
        )  # fmt: skip


def resources_of(record: Opening | Appointment | AppointmentGroup) -> Resources:
    """Who and what is needed, none of which can be in two places: operator, mediator, room."""
    wanted = {record.operator_id, record.mediator_id, record.room_id} - {None}
    return tuple(sorted(one for one in wanted if one is not None))


def hits(absence: Absence, record: Opening | Appointment, span: Span) -> bool:
    """Whether an absence takes away what an opening or an appointment needs at some time of the span."""
    if not (absence.starts_at < span[1] and span[0] < absence.ends_at):
        return False
    if absence.operator_id:
        return absence.operator_id in {record.operator_id, record.mediator_id}
    if absence.room_id:
        return absence.room_id == record.room_id
    return absence.team_id == record.team_id


def live_openings() -> QuerySet[Opening]:
    """Openings that were not taken away, with all that a slot tells; the kinds still in use."""
    kinds = AppointmentKind.objects.filter(is_active=True)
    rows = Opening.objects.filter(ended_at=None).prefetch_related(Prefetch("kinds", kinds))
    return rows.select_related("operator", "mediator", "room", "team__site", "team__partner", "partner")


def calendar_of(
    partner: Partner, first: date, last: date, *, now: datetime | None = None, without: Appointment | None = None
) -> Calendar:
    """What is known of the days between two; offers that have ended count no more, nor does `without`. Four queries."""
    now = now or timezone.now()
    begin, end = midnight(first), midnight(last, days_later=1)
    absences = Absence.objects.filter(partner=partner, withdrawn_at=None, starts_at__lt=end, ends_at__gt=begin)
    over = Q(appointment__status=Appointment.Status.OFFERED, appointment__offer_ends_at__lte=now)
    holds = AppointmentHold.objects.filter(partner=partner, step__gte=begin, step__lt=end).exclude(over)
    if without is not None:
        holds = holds.exclude(appointment=without)
    taken = {
        (resource, step): group or appointment
        for resource, step, appointment, group in holds.values_list("resource", "step", "appointment_id", "group_id")
    }
    groups = AppointmentGroup.objects.filter(partner=partner, starts_at__gte=begin, starts_at__lt=end)
    by_place = {(one.kind_id, one.operator_id, one.starts_at): one for one in groups}
    return Calendar(closed_days(partner, first, last), list(absences), taken, by_place)


def free_slots(
    kind: AppointmentKind, first: date, last: date, *, now: datetime | None = None, language: str = "",
    with_mediator: bool = False, without: Appointment | None = None, late: bool = False,
) -> list[Slot]:  # fmt: skip
    """Slots of a kind that can be booked now, between two days, both included, in order.

    Only openings in `language`, or those with a mediator, when asked. `without` is an appointment about to be moved;
    `late`: also those with less notice than the kind asks.
    """
    now = now or timezone.now()
    last = min(last, first + timedelta(days=MOST_DAYS))
    openings = live_openings().filter(kinds=kind, starts_on__lte=last).exclude(ends_on__lt=first)
    if with_mediator:
        openings = openings.exclude(mediator=None)
    chosen = [one for one in openings.distinct() if not language or language in one.languages]
    if not chosen or not kind.is_active:
        return []
    calendar = calendar_of(kind.partner, first, last, now=now, without=without)
    earliest = now if late else now + timedelta(hours=kind.lead_hours)
    found = [
        slot
        for opening in chosen
        for slot in slots_in(opening, kind, calendar, days_of(opening, first, last))
        if slot.starts_at > earliest
    ]
    return sorted(found, key=lambda slot: (slot.starts_at, slot.opening.operator.full_name, slot.key))


def slots_in(opening: Opening, kind: AppointmentKind, calendar: Calendar, days: Sequence[date]) -> Iterator[Slot]:
    """The free slots of one opening on these days. Its kinds must have been read before."""
    step = min((one.minutes for one in opening.kinds.all()), default=kind.minutes)
    resources = resources_of(opening)
    for day in days:
        if day in calendar.closed:
            continue
        for span in spans_in(opening, kind, step, day):
            group = calendar.groups.get((kind.pk, opening.operator_id, span[0])) if kind.is_group else None
            left = group.places - group.taken if group else kind.places
            ours = group.pk if group else None
            if left > 0 and calendar.is_free(resources, span, ours) and not calendar.is_away(opening, span):
                yield Slot(opening, kind, *span, left=left)


def slot_at(
    kind: AppointmentKind, opening_id: uuid.UUID, starts_at: datetime, *, now: datetime | None = None,
    without: Appointment | None = None, late: bool = False,
) -> Slot | None:  # fmt: skip
    """The free slot of an opening at a moment, or None. `late`: also when less notice is left than the kind asks."""
    now = now or timezone.now()
    opening = live_openings().filter(pk=opening_id, kinds=kind).first()
    if opening is None or not kind.is_active:
        return None
    day = timezone.localdate(starts_at)
    calendar = calendar_of(kind.partner, day, day, now=now, without=without)
    earliest = now if late else now + timedelta(hours=kind.lead_hours)
    slots = slots_in(opening, kind, calendar, days_of(opening, day, day))
    return next((slot for slot in slots if slot.starts_at == starts_at and slot.starts_at > earliest), None)


def read_key(text: str) -> tuple[uuid.UUID, datetime] | None:
    """The opening and the moment of `Slot.key`, or None for anything else."""
    opening, _at, moment = text.partition("@")
    try:
        return uuid.UUID(opening), datetime.strptime(moment, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
