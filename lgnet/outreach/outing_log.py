"""The log of an outing (diario di bordo): started, ended, mended afterwards. Each is logged, and atomic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.periods import is_too_old
from lgnet.network.models import User
from lgnet.outreach.models import Contact, CrewMember, Outing, OutingState
from lgnet.outreach.outing_selectors import LONGEST
from lgnet.outreach.outings import Plan, locked, log, plan_outing, require_seen

EARLY = timedelta(hours=12)  # started so long before the plan, it is another day that is meant
MOST_KM = 1_000
MOST_SUPPLIES = 10_000
_FIELDS = ("started_at", "ended_at", "km_start", "km_end", "supplies", "weather", "incidents", "note")


@dataclass(frozen=True)
class LogEntry:
    """What the crew writes at the end. `supplies` counts what was handed out, by code of the catalogue."""

    km_end: int | None = None
    supplies: Mapping[str, int] = field(default_factory=dict)
    weather: str = ""
    incidents: str = ""
    note: str = ""


@transaction.atomic
def start_outing(*, by: User, outing: Outing, started_at: datetime, km_start: int | None = None) -> Outing:
    """The unit goes out. Contacts it has recorded since that moment belong to the outing.

    Raises DomainError for an outing that is cancelled or has started, a moment that makes no sense, and while the unit
    or somebody of the crew is still out.
    """
    outing = locked(by, outing)
    if outing.cancelled_at:
        raise DomainError(_("This outing is cancelled. Undo that first."))
    if outing.started_at:
        raise DomainError(_("This outing has started already."))
    other = Outing.objects.filter(team=outing.team_id, started_at__isnull=False, ended_at=None).first()
    if other:
        text = _("The unit is still out since %(moment)s: first end that outing.")
        raise DomainError(text % {"moment": _moment(other.begins_at)})
    before = _told(outing)
    outing.started_at, outing.km_start = started_at.astimezone(UTC), km_start
    _check_start(outing)
    _check_nobody_out(outing)
    _check_once_at_a_time(outing)
    outing.save(update_fields=["started_at", "km_start"])
    _gather_contacts(outing)
    log(AuditEntry.Action.UPDATE, by, outing, {"changes": audit.changes(before, _told(outing))})
    return outing


@transaction.atomic
def end_outing(*, by: User, outing: Outing, ended_at: datetime, entry: LogEntry) -> Outing:
    """The unit is back, and the crew writes the log.

    Raises DomainError for an outing that has not started or is over, and for moments, kilometres and numbers that make
    no sense.
    """
    outing = locked(by, outing)
    if outing.state != OutingState.RUNNING or outing.started_at is None:
        raise DomainError(_("Only an outing that is out now can be ended."))
    return _write(by, outing, outing.started_at, outing.km_start, ended_at, entry)


@transaction.atomic
def record_past_outing(*, by: User, team: Team, plan: Plan) -> Outing:
    """Write down an outing that is over, from a register kept elsewhere: it went as its hours say.

    Raises as `plan_outing` and `end_outing`.
    """
    outing = locked(by, plan_outing(by=by, team=team, plan=plan))
    return _write(by, outing, outing.starts_at, None, outing.ends_at, LogEntry())


@transaction.atomic
def mend_log(
    *, by: User, outing: Outing, started_at: datetime, km_start: int | None, ended_at: datetime, entry: LogEntry,
    seen: str | None = None,
) -> Outing:  # fmt: skip
    """Correct the log of an outing that is over: the log of changes keeps what was written before.

    `seen` is `version_of(outing)` as the writer saw it. Raises as `end_outing`, and DomainError when a colleague has
    changed the outing since.
    """
    outing = locked(by, outing)
    require_seen(outing, seen)
    if outing.state != OutingState.OVER:
        raise DomainError(_("This outing is not over yet."))
    return _write(by, outing, started_at, km_start, ended_at, entry)


def _write(
    by: User, outing: Outing, started_at: datetime, km_start: int | None, ended_at: datetime, entry: LogEntry
) -> Outing:
    before = _told(outing)
    outing.started_at, outing.ended_at = started_at.astimezone(UTC), ended_at.astimezone(UTC)
    outing.km_start, outing.km_end = km_start, entry.km_end
    outing.supplies = {code: count for code, count in entry.supplies.items() if count}
    outing.weather, outing.incidents, outing.note = entry.weather, entry.incidents.strip(), entry.note.strip()
    _check_start(outing)
    _check_end(outing)
    _check_once_at_a_time(outing)
    outing.save(update_fields=_FIELDS)
    _gather_contacts(outing)
    changes = audit.changes(before, _told(outing))
    if changes:  # of what may speak of somebody, only that it changed
        changes |= {name: ["…", "…"] for name in ("incidents", "note") if name in changes}
        log(AuditEntry.Action.UPDATE, by, outing, {"changes": changes})
    return outing


# -- rules -----------------------------------------------------------------------------------------------------------


def _check_start(outing: Outing) -> None:
    started_at = outing.begins_at
    if started_at > timezone.now():
        raise DomainError(_("This moment is in the future."), field="started_at")
    if is_too_old(started_at):
        raise DomainError(_("Check the year: this is too long ago."), field="started_at")
    if not outing.starts_at - EARLY <= started_at <= outing.ends_at + EARLY:
        text = _("Check the day: this outing was planned for %(moment)s.")
        raise DomainError(text % {"moment": _moment(outing.starts_at)}, field="started_at")


def _check_end(outing: Outing) -> None:
    started_at, ended_at = outing.begins_at, outing.finishes_at
    if ended_at > timezone.now():
        raise DomainError(_("This moment is in the future."), field="ended_at")
    if ended_at < started_at:
        text = _("The outing started at %(moment)s: it cannot end before.")
        raise DomainError(text % {"moment": _moment(started_at)}, field="ended_at")
    if ended_at - started_at > LONGEST:
        text = _("Check the day: the outing started on %(moment)s and would have lasted more than a day.")
        raise DomainError(text % {"moment": _moment(started_at)}, field="ended_at")
    if outing.kilometres is not None and outing.kilometres < 0:
        text = _("The vehicle had %(km)s km at the start: it cannot have fewer at the end.")
        raise DomainError(text % {"km": outing.km_start}, field="km_end")
    if outing.kilometres is not None and outing.kilometres > MOST_KM:
        text = _("Check the kilometres: this would be %(km)s km in one outing.")
        raise DomainError(text % {"km": outing.kilometres}, field="km_end")
    if any(not 0 <= count <= MOST_SUPPLIES for count in outing.supplies.values()):
        raise DomainError(_("Check the numbers of what was handed out."), field="supplies")


def _check_nobody_out(outing: Outing) -> None:
    """Nobody of the crew, at the start, is on an outing of another unit that is out now; shifts count."""
    there = Q(joins_at=None) | Q(joins_at__lte=outing.begins_at)
    users = outing.crew.filter(there, user__isnull=False).values("user")
    out_now = Outing.objects.filter(started_at__isnull=False, ended_at=None).exclude(pk=outing.pk)
    member = (
        CrewMember.objects.filter(outing__in=out_now, user__in=users)
        .filter(Q(leaves_at=None) | Q(leaves_at__gt=outing.begins_at))
        .select_related("user", "outing__team")
        .first()
    )
    if member:
        text = _("%(name)s is still out with %(team)s: end that outing, or take the name off this one.")
        raise DomainError(text % {"name": str(member), "team": member.outing.team.name})


def _check_once_at_a_time(outing: Outing) -> None:
    """The unit was on no other outing in that time."""
    begins, finishes = outing.begins_at, outing.ended_at or timezone.now()
    meanwhile = Outing.objects.filter(team=outing.team_id, started_at__lt=finishes, ended_at__gt=begins)
    if other := meanwhile.exclude(pk=outing.pk).first():
        text = _("The unit was on another outing then, from %(from)s to %(to)s.")
        words = {"from": _moment(other.begins_at), "to": _moment(other.finishes_at)}
        raise DomainError(text % words, field="started_at")


# -- what is written -------------------------------------------------------------------------------------------------


def _gather_contacts(outing: Outing) -> None:
    """Contacts of the unit belong to the outing by their time: those inside join it, those outside leave it."""
    last = outing.ended_at or outing.begins_at + LONGEST
    inside = Q(occurred_at__gte=outing.begins_at, occurred_at__lte=last)
    of_unit = Contact.objects.filter(team=outing.team_id)
    of_unit.filter(~inside, outing=outing).update(outing=None)
    of_unit.filter(inside, outing=None).update(outing=outing)


def _told(outing: Outing) -> dict[str, Any]:
    """The log of an outing as the log of changes tells it."""
    told = {name: getattr(outing, name) for name in _FIELDS}
    told["supplies"] = ", ".join(f"{code} {count}" for code, count in sorted(outing.supplies.items()))
    for name in ("started_at", "ended_at"):
        told[name] = f"{timezone.localtime(told[name]):%Y-%m-%d %H:%M}" if told[name] else ""
    return told


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}"
