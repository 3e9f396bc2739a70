"""When nobody is there: absences of operators, rooms and teams; days on which a city is closed, or open after all."""

import uuid
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import midnight
from lgnet.desks.appointment_models import Absence, Appointment, CityDay, Room
from lgnet.desks.appointment_planning import AlreadyBooked, log_plan, require_plans
from lgnet.desks.appointment_slots import hits
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

LONGEST = timedelta(days=366)
_BOOKED = (*Appointment.EXPECTED, Appointment.Status.OFFERED)


@transaction.atomic
def record_absence(
    *, by: User, team: Team, starts_at: datetime, ends_at: datetime, reason: str, operator: User | None = None,
    room: Room | None = None, confirmed: bool = False, record_id: uuid.UUID | None = None,
) -> Absence:  # fmt: skip
    """An operator or a room, or without either the whole team, is not there from one moment to another.

    Raises AlreadyBooked when somebody is booked then, unless `confirmed`; DomainError for a time that is past or none.
    """
    require_plans(by, team)
    if reason not in Absence.Reason.values:
        raise DomainError(_("Choose a reason from the list."), field="reason")
    if ends_at <= starts_at:
        raise DomainError(_("The end is before the beginning."), field="ends_at")
    if ends_at <= timezone.now():
        raise DomainError(_("This time is past."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise DomainError(_("Choose a year at most."), field="ends_at")
    if operator and operator not in team_members(team):
        raise DomainError(_("Choose somebody who works in the team."), field="operator")
    if room and room.partner_id != team.partner_id:
        raise DomainError(_("Choose a room of the city."), field="room")

    def write() -> Absence:
        absence = Absence(
            pk=record_id or uuid7(), partner_id=team.partner_id, team=team, operator=operator,
            room=None if operator else room, starts_at=starts_at, ends_at=ends_at, reason=reason, recorded_by=by,
        )  # fmt: skip
        hit = hit_by(absence)
        if hit and not confirmed:
            raise AlreadyBooked(hit)
        absence.save(force_insert=True)
        log_plan(AuditEntry.Action.CREATE, by, absence, {"from": starts_at.isoformat(), "until": ends_at.isoformat()})
        return absence

    return write_once(Absence, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def withdraw_absence(*, by: User, absence: Absence) -> Absence:
    """The absence does not take place: the times can be booked again."""
    require_plans(by, absence.team)
    absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if absence.withdrawn_at is None:
        absence.withdrawn_at = timezone.now()
        absence.save(update_fields=["withdrawn_at"])
        log_plan(AuditEntry.Action.UPDATE, by, absence, {"withdrawn": "yes"})
    return absence


@transaction.atomic
def say_city_day(
    *, by: User, partner: Partner, day: date, is_open: bool, name: str = "", confirmed: bool = False
) -> CityDay:  # fmt: skip
    """The city receives nobody on a day, or receives people on a holiday; said again, the last word counts.

    Raises AlreadyBooked when somebody is booked on a day to be closed, unless `confirmed`; DomainError for a past day.
    """
    _require_all(by, partner.pk)
    if day < timezone.localdate():
        raise DomainError(_("This day is past."), field="day")
    here = Appointment.objects.filter(
        partner=partner, status__in=_BOOKED, starts_at__gte=midnight(day), starts_at__lt=midnight(day, days_later=1)
    )
    if not is_open and not confirmed and here.exists():
        raise AlreadyBooked(list(here.select_related("person", "kind", "team")))
    said, _is_new = CityDay.objects.update_or_create(
        partner=partner, day=day, defaults={"is_open": is_open, "name": name.strip(), "said_by": by}
    )
    log_plan(AuditEntry.Action.UPDATE, by, said, {"day": day.isoformat(), "open": is_open})
    return said


@transaction.atomic
def withdraw_city_day(*, by: User, city_day: CityDay) -> None:
    """The day is as the calendar has it."""
    _require_all(by, city_day.partner_id)
    log_plan(AuditEntry.Action.UPDATE, by, city_day, {"day": city_day.day.isoformat(), "withdrawn": "yes"})
    city_day.delete()


def hit_by(absence: Absence) -> list[Appointment]:
    """Who is booked at a time that an absence takes away, in order."""
    booked = Appointment.objects.filter(
        partner=absence.partner_id, status__in=_BOOKED, ends_at__gt=timezone.now(), starts_at__lt=absence.ends_at
    ).filter(ends_at__gt=absence.starts_at)
    rows = booked.select_related("person", "kind", "team").order_by("starts_at")
    return [one for one in rows if hits(absence, one, one.starts_at, one.ends_at)]


def _require_all(by: User, partner_id: uuid.UUID) -> None:
    if partner_id not in access_of(by).partner_ids(Permission.PLAN_ALL_OPENINGS):
        raise PermissionDenied(_("Only who plans all openings of the city says this."))
