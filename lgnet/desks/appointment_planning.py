"""When people are received: rooms, kinds of appointment, openings. Who plans a team's openings does it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.models import BaseModel
from lgnet.core.once import write_once
from lgnet.desks.appointment_calendar import days_of, is_on, span_of
from lgnet.desks.appointment_models import STEP_MINUTES, Appointment, AppointmentKind, Opening, Room
from lgnet.desks.appointment_policies import plans
from lgnet.desks.appointment_slots import resources_of
from lgnet.desks.appointment_words import DOCUMENTS
from lgnet.network.models import User

LONGEST_MINUTES, MOST_PLACES, MOST_WEEKS = 8 * 60, 200, 8
LOOKS_AHEAD = timedelta(days=366 * 2)  # openings are compared as far as this


class AlreadyBooked(DomainError):
    """A change would leave people booked at a time at which nobody receives them: who asks is told which ones."""

    def __init__(self, appointments: Sequence[Appointment]) -> None:
        count = len(appointments)
        super().__init__(
            ngettext(
                "%(n)d appointment is booked then and would have to be moved. Look at it, and confirm.",
                "%(n)d appointments are booked then and would have to be moved. Look at them, and confirm.",
                count,
            )
            % {"n": count},
            field="confirmed",
        )
        self.appointments = list(appointments)


@dataclass(frozen=True)
class KindDetails:
    """What is said of a kind of appointment."""

    name_it: str
    area: str
    minutes: int = 30
    name_en: str = ""
    places: int = 1
    way: str = AppointmentKind.Way.IN_PERSON
    booked_by_whom: str = AppointmentKind.BookedBy.CITY
    lead_hours: int = 0
    documents: list[str] = field(default_factory=list)
    documents_note: str = ""


@dataclass(frozen=True)
class OpeningPlan:
    """What is said of an opening; without `weekdays` it is on `starts_on` alone."""

    kinds: Sequence[AppointmentKind]
    operator: User
    from_clock: time
    until_clock: time
    starts_on: date
    ends_on: date | None = None
    weekdays: Sequence[int] = ()
    every_weeks: int = 1
    mediator: User | None = None
    room: Room | None = None
    languages: Sequence[str] = ()


@transaction.atomic
def create_room(*, by: User, team: Team, name: str, record_id: uuid.UUID | None = None) -> Room:
    """Add a room to the site of a team. Raises DomainError without a site or a name, and for a name that is taken."""
    require_plans(by, team)
    site = team.site
    if site is None:
        raise DomainError(_("This team has no site: a room is at a site."))

    def write() -> Room:
        room = Room(pk=record_id or uuid7(), partner_id=team.partner_id, site=site, name=name.strip())
        _check_room(room)
        room.save(force_insert=True)
        log_plan(AuditEntry.Action.CREATE, by, room, {"what": room.name})
        return room

    return write_once(Room, record_id, is_mine=lambda found: found.site_id == site.pk, write=write)


@transaction.atomic
def change_room(*, by: User, team: Team, room: Room, name: str, is_active: bool) -> Room:
    """Rename a room, or take it out of use; appointments booked in it stay. Raises as `create_room`."""
    require_plans(by, team)
    room = Room.objects.select_for_update().get(pk=room.pk, site=team.site_id)
    before = {"name": room.name, "is_active": room.is_active}
    room.name, room.is_active = name.strip(), is_active
    _check_room(room)
    room.save()
    changes = audit.changes(before, {"name": room.name, "is_active": room.is_active})
    log_plan(AuditEntry.Action.UPDATE, by, room, {"what": room.name, "changes": changes})
    return room


@transaction.atomic
def create_kind(
    *, by: User, team: Team, details: KindDetails, record_id: uuid.UUID | None = None
) -> AppointmentKind:  # fmt: skip
    """Say what can be booked with a team. Raises DomainError for what cannot be."""
    require_plans(by, team)

    def write() -> AppointmentKind:
        kind = AppointmentKind(pk=record_id or uuid7(), partner_id=team.partner_id, team=team, **_kind_values(details))
        _check_kind(kind)
        kind.save(force_insert=True)
        log_plan(AuditEntry.Action.CREATE, by, kind, {"what": kind.name_it})
        return kind

    return write_once(AppointmentKind, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def change_kind(*, by: User, kind: AppointmentKind, details: KindDetails, is_active: bool = True) -> AppointmentKind:
    """Change what can be booked from now on; what is booked stays as it is. Raises as `create_kind`."""
    require_plans(by, kind.team)
    kind = AppointmentKind.objects.select_for_update().get(pk=kind.pk)
    values = _kind_values(details) | {"is_active": is_active}
    before = {name: getattr(kind, name) for name in values}
    for name, value in values.items():
        setattr(kind, name, value)
    _check_kind(kind)
    kind.save()
    log_plan(
        AuditEntry.Action.UPDATE, by, kind, {"what": kind.name_it, "changes": audit.changes(before, values)}
    )  # fmt: skip
    return kind


@transaction.atomic
def create_opening(*, by: User, team: Team, plan: OpeningPlan, record_id: uuid.UUID | None = None) -> Opening:
    """Say when an operator of a team receives people.

    Raises DomainError for past dates, for hours that are none, and when the operator receives elsewhere at that time.
    """
    require_plans(by, team)
    User.objects.select_for_update().get(pk=plan.operator.pk)  # two plans for one operator come one after the other

    def write() -> Opening:
        opening = Opening(pk=record_id or uuid7(), partner_id=team.partner_id, team=team, made_by=by)
        _fill(opening, plan)
        _check_opening(opening, plan, first=max(plan.starts_on, timezone.localdate()))
        if plan.starts_on < timezone.localdate():
            raise DomainError(_("The first day is past."), field="starts_on")
        opening.save(force_insert=True)
        opening.kinds.set(plan.kinds)
        log_plan(AuditEntry.Action.CREATE, by, opening, {"what": str(plan.operator)})
        return opening

    return write_once(Opening, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def change_opening(*, by: User, opening: Opening, plan: OpeningPlan, confirmed: bool = False) -> Opening:
    """Change an opening from now on; what took place in it is not touched.

    Raises AlreadyBooked when somebody is booked whom it would no longer receive, unless `confirmed`; and as
    `create_opening`.
    """
    require_plans(by, opening.team)
    User.objects.select_for_update().get(pk=plan.operator.pk)
    opening = Opening.objects.select_for_update().get(pk=opening.pk)
    before = _told(opening)
    _fill(opening, plan)
    _check_opening(opening, plan, first=max(plan.starts_on, timezone.localdate()))
    _ask(opening, confirmed)
    opening.save()
    opening.kinds.set(plan.kinds)
    changes = audit.changes(before, _told(opening))
    log_plan(AuditEntry.Action.UPDATE, by, opening, {"what": str(plan.operator), "changes": changes})
    return opening


@transaction.atomic
def end_opening(*, by: User, opening: Opening, last_day: date, confirmed: bool = False) -> Opening:
    """The opening ends with a day, or at once with one that is past; what took place in it is not touched.

    Raises AlreadyBooked when somebody is booked later, unless `confirmed`.
    """
    require_plans(by, opening.team)
    opening = Opening.objects.select_related("operator").select_for_update(of=("self",)).get(pk=opening.pk)
    if opening.ended_at or (opening.ends_on and opening.ends_on < last_day):
        raise DomainError(_("This opening ends earlier already."), field="last_day")
    if last_day < timezone.localdate() or last_day < opening.starts_on:
        opening.ended_at = timezone.now()
    else:
        opening.ends_on = last_day
    _ask(opening, confirmed)
    opening.save()
    log_plan(AuditEntry.Action.UPDATE, by, opening, {"what": str(opening.operator), "until": last_day.isoformat()})
    return opening


def receives(opening: Opening, appointment: Appointment) -> bool:
    """Whether an opening, as it is now, receives the person of an appointment made in it."""
    day = timezone.localdate(appointment.starts_at)
    if opening.ended_at or not is_on(opening, day):
        return False
    begin, end = span_of(opening, day)
    return begin <= appointment.starts_at and appointment.ends_at <= end and same_needs(opening, appointment)


def same_needs(opening: Opening, appointment: Appointment) -> bool:
    """Whether it is with the same people, in the same room."""
    return resources_of(opening) == resources_of(appointment)


def require_plans(by: User, team: Team) -> None:
    """Raise PermissionDenied unless the user says when this team receives people."""
    if not plans(by, team):
        raise PermissionDenied(_("Only who plans the openings of this team changes them."))


def log_plan(action: AuditEntry.Action, by: User, row: BaseModel, detail: dict[str, Any]) -> None:
    """Write the audit row of a change to what is planned; no person is concerned."""
    partner_id: uuid.UUID = row.partner_id  # type: ignore[attr-defined]  # every model of appointments has one
    audit.record(
        action, by=by, object_type=row._meta.label_lower, object_id=row.pk, partner_id=partner_id, detail=detail
    )  # fmt: skip


def _ask(opening: Opening, confirmed: bool) -> None:
    booked = Appointment.objects.filter(
        opening=opening.pk, ends_at__gt=timezone.now(), status__in=[*Appointment.EXPECTED, Appointment.Status.OFFERED]
    )
    hit = [one for one in booked.select_related("person", "kind", "team") if not receives(opening, one)]
    if hit and not confirmed:
        raise AlreadyBooked(hit)


def _fill(opening: Opening, plan: OpeningPlan) -> None:
    opening.operator, opening.mediator, opening.room = plan.operator, plan.mediator, plan.room
    opening.languages, opening.weekdays = list(plan.languages), sorted(set(plan.weekdays))
    opening.every_weeks = plan.every_weeks if plan.weekdays else 1
    opening.from_clock, opening.until_clock = plan.from_clock, plan.until_clock
    opening.starts_on, opening.ends_on = plan.starts_on, plan.ends_on if plan.weekdays else plan.starts_on


def _told(opening: Opening) -> dict[str, Any]:
    names = "weekdays every_weeks from_clock until_clock starts_on ends_on operator_id room_id mediator_id"
    return {name: str(getattr(opening, name)) for name in names.split()}


def _check_opening(opening: Opening, plan: OpeningPlan, *, first: date) -> None:
    if not plan.kinds or any(kind.team_id != opening.team_id for kind in plan.kinds):
        raise DomainError(_("Choose what can be booked."), field="kinds")
    if plan.operator not in team_members(opening.team):
        raise DomainError(_("Choose somebody who works in the team."), field="operator")
    if plan.mediator == plan.operator:
        raise DomainError(_("Choose somebody else as the mediator."), field="mediator")
    if plan.room and plan.room.partner_id != opening.partner_id:
        raise DomainError(_("Choose a room of the city."), field="room")
    _check_hours(opening, plan)
    days = set(days_of(opening, first, first + LOOKS_AHEAD))
    if not days:
        raise DomainError(_("There is no day to come on which anybody is received."), field="ends_on")
    _check_overlap(opening, days, first)


def _check_hours(opening: Opening, plan: OpeningPlan) -> None:
    if opening.until_clock <= opening.from_clock:
        raise DomainError(_("The end is before the beginning."), field="until_clock")
    if any(clock.minute % STEP_MINUTES or clock.second for clock in (opening.from_clock, opening.until_clock)):
        raise DomainError(_("Choose minutes that are multiples of five."), field="from_clock")
    if not 1 <= opening.every_weeks <= MOST_WEEKS:
        raise DomainError(_("Choose a number of weeks from 1 to 8."), field="every_weeks")
    if opening.ends_on and opening.ends_on < opening.starts_on:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    begin, end = span_of(opening, opening.starts_on)
    if end - begin < timedelta(minutes=min(kind.minutes for kind in plan.kinds)):
        raise DomainError(_("No appointment fits into these hours."), field="until_clock")


def _check_overlap(opening: Opening, days: set[date], first: date) -> None:
    """Nobody receives people in two places: openings of one operator do not overlap, whatever the team."""
    others = Opening.objects.filter(operator=opening.operator, ended_at=None).exclude(pk=opening.pk)
    others = others.filter(from_clock__lt=opening.until_clock, until_clock__gt=opening.from_clock)
    for other in others.exclude(ends_on__lt=first).select_related("team"):
        if days & set(days_of(other, first, first + LOOKS_AHEAD)):
            raise DomainError(
                _("%(name)s receives people then already: %(team)s, %(from)s–%(until)s.")
                % {
                    "name": opening.operator.full_name, "team": other.team.name, "from": f"{other.from_clock:%H:%M}",
                    "until": f"{other.until_clock:%H:%M}",
                },
                field="operator",
            )  # fmt: skip


def _kind_values(details: KindDetails) -> dict[str, Any]:
    values = {name: getattr(details, name) for name in KindDetails.__dataclass_fields__}
    texts = ("name_it", "name_en", "documents_note")
    return values | {name: values[name].strip() for name in texts} | {"documents": list(details.documents)}


def _check_kind(kind: AppointmentKind) -> None:
    if not kind.name_it:
        raise DomainError(_("Give it a name."), field="name_it")
    if not STEP_MINUTES <= kind.minutes <= LONGEST_MINUTES or kind.minutes % STEP_MINUTES:
        raise DomainError(_("Choose minutes that are multiples of five, eight hours at most."), field="minutes")
    if not 1 <= kind.places <= MOST_PLACES:
        raise DomainError(_("Choose a number of places from 1 to 200."), field="places")
    if set(kind.documents) - set(DOCUMENTS):
        raise DomainError(_("Choose from the list."), field="documents")
    same = AppointmentKind.objects.filter(team=kind.team_id, name_it__iexact=kind.name_it).exclude(pk=kind.pk)
    if same.exists():
        raise DomainError(_("There is a kind of appointment with this name already."), field="name_it")


def _check_room(room: Room) -> None:
    if not room.name:
        raise DomainError(_("Give it a name."), field="name")
    if Room.objects.filter(site=room.site_id, name__iexact=room.name).exclude(pk=room.pk).exists():
        raise DomainError(_("There is a room with this name already."), field="name")
