"""Outings planned together, week by week: what is said of one and of those that follow. Each is logged, all or none.

Only outings that have not started are changed; they keep their own differences: what was changed of the one is changed
of the others, at the same times on the wall whatever happens to the clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import at_clock, days_later
from lgnet.network.models import User
from lgnet.outreach.models import CrewMember, Outing, OutingState
from lgnet.outreach.outings import (
    Halt,
    Plan,
    cancel_outing,
    change_outing,
    locked,
    log,
    plan_of,
    require_seen,
    restore_outing,
)
from lgnet.outreach.shifts import Shift, check_shifts, days_between, member_words


def following(outing: Outing) -> QuerySet[Outing]:
    """Those of its series that come after it and have neither started nor been cancelled, in order."""
    later = Outing.objects.filter(series=outing.series, started_at=None, cancelled_at=None, team=outing.team_id)
    later = later.filter(starts_at__gt=outing.starts_at, ends_at__gt=timezone.now())
    later = later.select_related("team__partner", "partner").order_by("starts_at", "pk")
    return later if outing.series else later.none()


def cancelled_with(outing: Outing) -> QuerySet[Outing]:
    """Those of its series that were cancelled in one go with it and can still take place."""
    if not outing.series or not outing.cancelled_at:
        return Outing.objects.none()
    same = Outing.objects.filter(series=outing.series, cancelled_at=outing.cancelled_at, ends_at__gt=timezone.now())
    return same.exclude(pk=outing.pk).select_related("team__partner", "partner").order_by("starts_at", "pk")


@transaction.atomic
def change_series(*, by: User, outing: Outing, plan: Plan, seen: str | None = None) -> list[Outing]:
    """Change an outing as `change_outing`, and the same of those that follow it; return all of them.

    Raises as `change_outing`, saying of which day; then none is changed.
    """
    outing = locked(by, outing)
    require_seen(outing, seen)
    before, plan = plan_of(outing), plan.in_universal_time()
    wanted = [(outing, plan), *((one, _likewise(plan_of(one), before, plan)) for one in following(outing))]
    if plan.starts_at > before.starts_at:  # the last one makes room first
        wanted.reverse()
    return [_of_its_day(change_outing, one, by=by, plan=its) for one, its in wanted]


@transaction.atomic
def cancel_series(*, by: User, outing: Outing, reason: str) -> list[Outing]:
    """Cancel an outing and those that follow it, in one go that can be undone in one go."""
    together = [outing, *following(locked(by, outing))]
    cancelled = [cancel_outing(by=by, outing=one, reason=reason) for one in together]
    moment = cancelled[0].cancelled_at
    Outing.objects.filter(pk__in=[one.pk for one in cancelled]).update(cancelled_at=moment)
    return cancelled


@transaction.atomic
def restore_series(*, by: User, outing: Outing) -> list[Outing]:
    """Undo `cancel_series`: the outing and those cancelled with it take place. If one cannot, none does."""
    together = [outing, *cancelled_with(locked(by, outing))]
    return [_of_its_day(restore_outing, one, by=by) for one in together]


@transaction.atomic
def set_shifts(
    *, by: User, outing: Outing, shifts: Mapping[str, Shift], with_following: bool = False, seen: str | None = None
) -> Outing:
    """Say who of the crew comes later or leaves earlier; who is not named goes along all the time.

    With `with_following` the same is said, of who goes along there too, of the outings that follow in the series.
    `shifts` are by `CrewMember.key`. Raises DomainError for hours outside of the outing, for one that is cancelled, and
    when a colleague changed it since it was seen.
    """
    outing = locked(by, outing)
    require_seen(outing, seen)
    if outing.state == OutingState.CANCELLED:
        raise DomainError(_("This outing is %(state)s: it is no longer changed.") % {"state": outing.state.label})
    check_shifts(shifts, min(outing.starts_at, outing.begins_at), max(outing.ends_at, outing.finishes_at))
    _write_shifts(by, outing, shifts)
    for one in following(outing) if with_following else []:
        days = days_between(outing.starts_at, one.starts_at)
        moved = {key: shift.later(days).within(one.starts_at, one.ends_at) for key, shift in shifts.items()}
        _write_shifts(by, one, moved)
    return outing


def _write_shifts(by: User, outing: Outing, shifts: Mapping[str, Shift]) -> None:
    crew = list(outing.crew.select_related("user", "outing"))
    before = ", ".join(member_words(member) for member in crew)
    for member in crew:
        shift = shifts.get(member.key, Shift())
        member.joins_at, member.leaves_at = shift.joins_at, shift.leaves_at
    CrewMember.objects.bulk_update(crew, ["joins_at", "leaves_at"])
    changes = audit.changes({"crew": before}, {"crew": ", ".join(member_words(member) for member in crew)})
    if changes:
        log(AuditEntry.Action.UPDATE, by, outing, {"changes": changes})


def _likewise(own: Plan, before: Plan, after: Plan) -> Plan:
    """The plan of another outing of the series, with what differs between `before` and `after` changed likewise."""
    moved = own.later(days_between(before.starts_at, after.starts_at))
    if _clocks(before) != _clocks(after):
        start, end = _laid_on(after.starts_at, after, moved), _laid_on(after.ends_at, after, moved)
        moved = replace(moved, starts_at=start, ends_at=end)
    if {user.pk for user in before.crew} != {user.pk for user in after.crew}:
        moved = replace(moved, crew=after.crew)
    if list(before.volunteers) != list(after.volunteers):
        moved = replace(moved, volunteers=after.volunteers)
    if _halts(before) != _halts(after):
        halts = [
            Halt(
                one.stop, _laid_on(one.arrives_at, after, moved),
                _laid_on(one.leaves_at, after, moved) if one.leaves_at else None,
            )
            for one in after.halts
        ]  # fmt: skip
        moved = replace(moved, halts=halts)
    return replace(moved, shifts=None)


def _clocks(plan: Plan) -> tuple[object, ...]:
    start, end = timezone.localtime(plan.starts_at), timezone.localtime(plan.ends_at)
    return start.time(), end.time(), days_between(plan.starts_at, plan.ends_at)


def _halts(plan: Plan) -> list[tuple[object, ...]]:
    def clock(moment: datetime | None) -> object:
        return moment and (days_between(plan.starts_at, moment), timezone.localtime(moment).time())

    return sorted(((one.stop.pk, clock(one.arrives_at), clock(one.leaves_at)) for one in plan.halts), key=str)


def _laid_on(moment: datetime, model: Plan, plan: Plan) -> datetime:
    """The moment of `model` on the day of `plan`, at the same time on the wall."""
    here = timezone.localtime(moment)
    first = at_clock(timezone.localdate(plan.starts_at), here.time())
    return days_later(first, days_between(model.starts_at, moment))


def _of_its_day(service: Callable[..., Outing], outing: Outing, **given: Any) -> Outing:
    """Call the service; a rule that is broken says of which day."""
    try:
        return service(outing=outing, **given)
    except DomainError as error:
        day = date_format(timezone.localtime(outing.starts_at), "SHORT_DATE_FORMAT")
        raise DomainError(f"{day}: {error}", field=error.field) from error
