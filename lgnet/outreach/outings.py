"""Planning outings: made, repeated week by week, changed, cancelled and taken up again. Each is logged, and atomic."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, TeamMembership
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import days_later, is_too_old
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User
from lgnet.outreach.models import CrewMember, Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.outing_selectors import LONGEST, in_team_on
from lgnet.outreach.policies import runs_outings_of
from lgnet.outreach.shifts import Shift, Shifts, carried, check_shifts, days_between, overlapping, shifts_of

OUTING = "outreach.outing"
AHEAD = timedelta(days=400)  # nobody plans a shift for later: such a year is a slip of the finger
MOST_WEEKS = 26


@dataclass(frozen=True)
class Halt:
    """A stop with the moment of arrival, and perhaps of leaving."""

    stop: Stop
    arrives_at: datetime
    leaves_at: datetime | None = None

    def later(self, days: int) -> "Halt":
        """The same so many days later, at the same times on the wall."""
        leaves_at = days_later(self.leaves_at, days) if self.leaves_at else None
        return Halt(self.stop, days_later(self.arrives_at, days), leaves_at)


@dataclass(frozen=True)
class Plan:
    """What is planned of an outing. `volunteers` are names of people without a sign-in.

    `shifts` are of who does not go along all the time; None leaves those that are written.
    """

    starts_at: datetime
    ends_at: datetime
    crew: Sequence[User] = ()
    volunteers: Sequence[str] = ()
    halts: Sequence[Halt] = ()
    shifts: Shifts | None = None

    def in_universal_time(self) -> "Plan":
        """The same moments, fit to be compared and subtracted over a change of the clock."""
        halts = [Halt(one.stop, _utc(one.arrives_at), one.leaves_at and _utc(one.leaves_at)) for one in self.halts]
        return replace(self, starts_at=_utc(self.starts_at), ends_at=_utc(self.ends_at), halts=halts)

    def later(self, days: int) -> "Plan":
        """The same so many days later, at the same times on the wall."""
        return replace(
            self,
            starts_at=days_later(self.starts_at, days),
            ends_at=days_later(self.ends_at, days),
            halts=[halt.later(days) for halt in self.halts],
            shifts=self.shifts and {key: shift.later(days) for key, shift in self.shifts.items()},
        )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@transaction.atomic
def plan_outing(
    *, by: User, team: Team, plan: Plan, weeks: int = 1, record_id: uuid.UUID | None = None
) -> Outing:  # fmt: skip
    """Plan an outing of the unit, and the same in each of the next weeks, `weeks` in all; return the first.

    A form sent twice plans once. Raises PermissionDenied for who does not run the unit's outings, DomainError for times
    that make no sense, a crew that is not in the unit, a unit that is out then, and a stop of another city or outside
    of the hours. If one week will not do, none is planned. Who is out elsewhere then is told by `shifts.clashes_of`.
    """
    _require_runs(by, team)
    _lock_city(team)
    if not 1 <= weeks <= MOST_WEEKS:
        raise DomainError(_("Choose between 1 and %(most)s weeks.") % {"most": MOST_WEEKS}, field="weeks")
    if team.kind != Team.Kind.MOBILE_UNIT or not team.is_active:
        raise DomainError(_("Only an active mobile unit goes out."), field="team")
    series, pk = uuid7() if weeks > 1 else None, record_id or uuid7()

    def write() -> Outing:
        plans = [plan.in_universal_time().later(7 * week) for week in range(weeks)]
        first, *_others = [_plan_one(by, team, one, series, uuid7() if at else pk) for at, one in enumerate(plans)]
        return first

    return write_once(Outing, record_id, is_mine=lambda found: found.team_id == team.pk, write=write)


@transaction.atomic
def change_outing(*, by: User, outing: Outing, plan: Plan, seen: str | None = None) -> Outing:
    """Move an outing, or change its crew and stops. Once it has started, its planned hours stay as they are.

    `seen` is `version_of(outing)` as the writer saw it. Raises as `plan_outing`, and DomainError for an outing that is
    cancelled or over, or that a colleague has changed since it was seen.
    """
    outing = locked(by, outing)
    require_seen(outing, seen)
    if outing.state in {OutingState.CANCELLED, OutingState.OVER}:
        raise DomainError(_("This outing is %(state)s: it is no longer changed.") % {"state": outing.state.label})
    before, plan = _told(outing), plan.in_universal_time()
    if outing.state == OutingState.RUNNING:
        plan = replace(plan, starts_at=outing.starts_at, ends_at=outing.ends_at)
    if plan.shifts is None:
        days = days_between(outing.starts_at, plan.starts_at)
        plan = replace(plan, shifts=carried(shifts_of(outing), plan.starts_at, plan.ends_at, days))
    outing.starts_at, outing.ends_at = plan.starts_at, plan.ends_at
    _check(outing, plan)
    outing.save(update_fields=["starts_at", "ends_at"])
    _write_people_and_stops(outing, plan)
    changes = audit.changes(before, _told(outing))
    if changes:
        log(AuditEntry.Action.UPDATE, by, outing, {"changes": changes})
    return outing


@transaction.atomic
def cancel_outing(*, by: User, outing: Outing, reason: str) -> Outing:
    """Cancel an outing that has not started, saying why; it stays in the calendar as cancelled."""
    outing = locked(by, outing)
    reason = one_line(reason)
    if not reason:
        raise DomainError(_("Say why, so that colleagues know."), field="reason")
    if outing.cancelled_at:
        raise DomainError(_("This outing is cancelled already."))
    if outing.started_at:
        raise DomainError(_("This outing has started: end it instead."))
    outing.cancelled_at, outing.cancel_reason = timezone.now(), reason
    outing.save(update_fields=["cancelled_at", "cancel_reason"])
    log(AuditEntry.Action.UPDATE, by, outing, {"changes": {"state": ["", "cancelled"]}, "reason": reason})
    return outing


@transaction.atomic
def restore_outing(*, by: User, outing: Outing) -> Outing:
    """Undo cancelling, as long as the unit is still free and the planned end has not passed."""
    outing = locked(by, outing)
    if not outing.cancelled_at:
        raise DomainError(_("This outing is not cancelled."))
    if outing.ends_at <= timezone.now():
        raise DomainError(_("Its hours have passed. Plan another outing."))
    outing.cancelled_at, outing.cancel_reason = None, ""
    _check_free(outing)
    outing.save(update_fields=["cancelled_at", "cancel_reason"])
    log(AuditEntry.Action.UPDATE, by, outing, {"changes": {"state": ["cancelled", ""]}})
    return outing


def version_of(outing: Outing) -> str:
    """A short text that differs when anything of the plan or the log of the outing does."""
    row = Outing.objects.filter(pk=outing.pk).values().get()
    crew = list(outing.crew.order_by("pk").values_list("user", "name", "joins_at", "leaves_at"))
    stops = list(outing.stops.order_by("arrives_at", "pk").values_list("stop", "arrives_at", "leaves_at"))
    return hashlib.sha256(repr((sorted(row.items()), crew, stops)).encode()).hexdigest()[:20]


def require_seen(outing: Outing, seen: str | None) -> None:
    """Raise DomainError, with what is written now, when the outing is no longer as it was seen."""
    if seen is not None and seen != version_of(outing):
        told = _told(outing)
        text = _("A colleague changed this outing meanwhile. Now it is from %(from)s to %(to)s; crew: %(crew)s; stops: "
                 "%(stops)s. Save once more to write what you typed instead.")  # fmt: skip
        raise DomainError(text % {name: words or "—" for name, words in told.items()}, field="seen")


def plan_of(outing: Outing) -> Plan:
    """The plan that the rows of an outing tell."""
    crew = list(outing.crew.select_related("user"))
    users, names = [one.user for one in crew if one.user], [one.name for one in crew if one.name]
    halts = [Halt(row.stop, row.arrives_at, row.leaves_at) for row in outing.stops.select_related("stop")]
    return Plan(outing.starts_at, outing.ends_at, users, names, halts, shifts_of(outing))


def locked(by: User, outing: Outing) -> Outing:
    """Read the outing again, with its city locked, so that two who change outings do so one after the other.

    Raises PermissionDenied for who does not run the unit's outings.
    """
    _require_runs(by, outing.team)
    _lock_city(outing.team)
    return Outing.objects.select_for_update(of=("self",)).select_related("team__partner", "partner").get(pk=outing.pk)


def log(action: AuditEntry.Action, by: User, outing: Outing, detail: dict[str, Any]) -> None:
    """Write the audit row of a change to an outing."""
    audit.record(
        action, by=by, object_type=OUTING, object_id=outing.pk, partner_id=outing.partner_id,
        detail={"what": f"{outing.team.name}, {_day(outing.starts_at)}"} | detail,
    )  # fmt: skip


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_runs(by: User, team: Team) -> None:
    if not runs_outings_of(by, team):
        raise PermissionDenied(_("Only the unit and the coordinator change its outings."))


def _lock_city(team: Team) -> None:
    """Two who plan for the same colleagues, or the same unit, do so one after the other."""
    Partner.objects.select_for_update().get(pk=team.partner_id)


def _check(outing: Outing, plan: Plan) -> None:
    _check_hours(plan)
    _check_crew(outing.team, plan)
    _check_halts(outing, plan)
    check_shifts(plan.shifts or {}, plan.starts_at, plan.ends_at)
    _check_free(outing)


def _check_hours(plan: Plan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise DomainError(_("The end is not after the start."), field="until")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise DomainError(_("An outing lasts a day at most."), field="until")
    if is_too_old(plan.starts_at):
        raise DomainError(_("Check the year: this is too long ago."), field="day")
    if plan.starts_at > timezone.now() + AHEAD:
        raise DomainError(_("Check the year: this is too far ahead."), field="day")


def _check_crew(team: Team, plan: Plan) -> None:
    day = timezone.localdate(plan.starts_at)
    places = TeamMembership.objects.filter(team=team, user__in=plan.crew)
    there = set(in_team_on(places, day).values_list("user_id", flat=True))
    for user in plan.crew:
        if user.pk not in there:
            text = _("%(name)s is not in this unit on %(day)s.")
            raise DomainError(text % {"name": user.full_name, "day": _day(plan.starts_at)}, field="crew")


def _check_halts(outing: Outing, plan: Plan) -> None:
    start, end = plan.starts_at, plan.ends_at
    if outing.started_at:  # a unit that went out early or stays longer stops then too
        start, end = min(start, outing.started_at), max(end, outing.started_at + LONGEST)
    for halt in plan.halts:
        names = {"stop": halt.stop.name}
        if halt.stop.partner_id != outing.partner_id:
            raise DomainError(_("The stop %(stop)s belongs to another city.") % names, field="halts")
        if not start <= halt.arrives_at < end or (halt.leaves_at and halt.leaves_at > end):
            raise DomainError(_("The stop %(stop)s is outside of the hours of the outing.") % names, field="halts")
        if halt.leaves_at and halt.leaves_at < halt.arrives_at:
            raise DomainError(_("The stop %(stop)s ends before it begins.") % names, field="halts")


def _check_free(outing: Outing) -> None:
    """The unit is on no other outing at that time. Who of the crew is, is only told: `shifts.clashes_of`."""
    if other := overlapping(outing).filter(team=outing.team_id).first():
        text = _("The unit has another outing then: %(day)s, from %(from)s to %(to)s.")
        raise DomainError(text % _hours(other), field="day")


# -- what is written -------------------------------------------------------------------------------------------------


def _plan_one(by: User, team: Team, plan: Plan, series: uuid.UUID | None, pk: uuid.UUID) -> Outing:
    outing = Outing(
        pk=pk, partner=team.partner, team=team, starts_at=plan.starts_at, ends_at=plan.ends_at, planned_by=by,
        series=series,
    )  # fmt: skip
    _check(outing, plan)
    outing.save(force_insert=True)
    _write_people_and_stops(outing, plan)
    log(AuditEntry.Action.CREATE, by, outing, _told(outing))
    return outing


def _write_people_and_stops(outing: Outing, plan: Plan) -> None:
    outing.crew.all().delete()
    outing.stops.all().delete()
    rows = [CrewMember(outing=outing, user=user) for user in _once(plan.crew)]
    rows += [CrewMember(outing=outing, name=name) for name in _once(plan.volunteers)]
    for row in rows:
        shift = (plan.shifts or {}).get(row.key, Shift())
        row.joins_at, row.leaves_at = shift.joins_at, shift.leaves_at
    CrewMember.objects.bulk_create(rows)
    halts = sorted(plan.halts, key=lambda halt: halt.arrives_at)
    PlannedStop.objects.bulk_create(
        PlannedStop(outing=outing, stop=halt.stop, arrives_at=halt.arrives_at, leaves_at=halt.leaves_at)
        for halt in halts
    )


def _once(items: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def _told(outing: Outing) -> dict[str, str]:
    """What of an outing's plan the log tells."""
    plan = plan_of(outing)
    stops = [f"{halt.stop.name} {timezone.localtime(halt.arrives_at):%H:%M}" for halt in plan.halts]
    return {
        "from": _moment(plan.starts_at), "to": _moment(plan.ends_at),
        "crew": ", ".join([user.full_name for user in plan.crew] + list(plan.volunteers)), "stops": ", ".join(stops),
    }  # fmt: skip


def _hours(outing: Outing) -> dict[str, str]:
    return {
        "day": _day(outing.begins_at),
        "from": f"{timezone.localtime(outing.begins_at):%H:%M}",
        "to": f"{timezone.localtime(outing.finishes_at):%H:%M}",
    }


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
