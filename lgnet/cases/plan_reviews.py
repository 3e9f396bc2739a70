"""Plans that are signed: looked at again with the person, compared with the version before, their scan kept later."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, CaseMember, Goal, Plan, PlanAction, PlanReview
from lgnet.cases.plan_actions import record_progress
from lgnet.cases.plan_signing import check_review_day, store_scan
from lgnet.cases.plan_versions import is_replaced, newer_signed
from lgnet.cases.policies import require_open, require_works_on
from lgnet.cases.selectors import visible_cases
from lgnet.cases.services import set_goal_status
from lgnet.cases.visibility import of_whole_cases
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.people.documents import Upload
from lgnet.people.models import Person
from lgnet.people.services import log_write

Outcome = PlanReview.Outcome


@dataclass(frozen=True)
class Reviewed:
    """What was said at a review, how goals and actions stand, how it goes on and when it is looked at again."""

    done_on: date
    person_says: str
    outcome: str
    team_says: str = ""
    next_on: date | None = None
    goals: Sequence[tuple[Goal, str]] = ()
    actions: Sequence[tuple[PlanAction, str]] = field(default=())


def plans_in_force(user: User) -> QuerySet[Plan]:
    """The signed plan of every open case the user may know of and would read whole; of restricted files only for
    their team."""
    cases = visible_cases(user).filter(status=Case.Status.OPEN).values("pk")
    rows = Plan.objects.filter(~newer_signed(), of_whole_cases(user), case__in=cases, status=Plan.Status.SIGNED)
    return rows.select_related("case__person", "case__team", "case__manager")


def signed_plan_of(person: Person) -> Plan | None:
    """The signed plan in force of the person's open case. Whoever calls this has made sure of who the person is."""
    rows = Plan.objects.filter(
        case__person=person, case__partner=person.partner_id, case__status=Case.Status.OPEN, status=Plan.Status.SIGNED
    )
    return rows.order_by("-version").first()


def of_own_cases(plans: QuerySet[Plan], user: User) -> QuerySet[Plan]:
    """Those of cases the user works on now."""
    mine = CaseMember.objects.filter(case=OuterRef("case"), user_id=user.pk, ends_at__isnull=True)
    return plans.filter(Exists(mine))


def reviews_due(plans: QuerySet[Plan], *, until: date | None = None) -> QuerySet[Plan]:
    """Those whose review is due, the longest ago first."""
    return plans.filter(review_on__lte=until or timezone.localdate()).order_by("review_on", "pk")


def without_scan(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Those signed on paper whose scan is still to be kept."""
    return plans.filter(signed_how=Plan.Way.PAPER).order_by("signed_on", "pk")


@transaction.atomic
def review_plan(*, by: User, plan: Plan, reviewed: Reviewed, record_id: uuid.UUID | None = None) -> PlanReview:
    """Record a review; sent twice, it is written once. Goals and actions stand as was said there.

    Raises DomainError for a plan that is not signed or was followed, days that cannot be, and without the person's
    words.
    """
    require_works_on(by, plan.case)
    require_open(plan.case)

    def write() -> PlanReview:
        next_on = _check(plan, reviewed)
        for goal, status in reviewed.goals:
            if goal.status != status:
                set_goal_status(by=by, goal=goal, status=status)
        for action, status in reviewed.actions:
            if action.status != status:
                record_progress(by=by, action=action, status=status)
        review = PlanReview.objects.create(
            pk=record_id or uuid7(), plan=plan, done_on=reviewed.done_on, by=by, team_says=reviewed.team_says.strip(),
            person_says=reviewed.person_says.strip(), states=states_of(plan), outcome=reviewed.outcome, next_on=next_on,
        )  # fmt: skip
        plan.review_on = next_on
        plan.save(update_fields=["review_on"])
        detail = {"version": plan.version, "outcome": reviewed.outcome, "next_on": str(next_on or "")}
        log_write(AuditEntry.Action.CREATE, by, review, plan.case.person, detail=detail)
        return review

    return write_once(
        PlanReview, record_id, write=write, is_mine=lambda found: (found.by_id, found.plan_id) == (by.pk, plan.pk)
    )


def states_of(plan: Plan) -> list[list[str]]:
    """How the goals and actions of a plan stand: kind, words, state; as a review keeps them."""
    rows: list[list[str]] = []
    for goal in Goal.objects.filter(plan=plan).prefetch_related("actions"):
        rows.append(["goal", goal.words, goal.status])
        rows += [["action", action.words, action.status] for action in goal.actions.all()]
    return rows


@transaction.atomic
def keep_scan(*, by: User, plan: Plan, files: Sequence[Upload], record_id: uuid.UUID | None = None) -> Plan:
    """Keep the scan of a plan that was signed on paper, also after the case was closed: the paper is evidence.

    Sent twice, it is kept once. Raises DomainError for a plan that does not wait for one.
    """
    require_works_on(by, plan.case)
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    if locked.scan_id and locked.scan_id == record_id:
        return plan
    if not locked.waits_for_scan:
        raise DomainError(_("This plan does not wait for a scan."))
    plan.scan, plan.signed_how = store_scan(by=by, plan=plan, files=files, record_id=record_id), Plan.Way.SCAN
    plan.save(update_fields=["scan", "signed_how"])
    log_write(AuditEntry.Action.UPDATE, by, plan, plan.case.person, detail={"scan": str(plan.scan.pk)})
    return plan


@dataclass(frozen=True)
class Change:
    """One line of a comparison: added, changed, taken away or the same; with what was said before."""

    kind: str  # "added", "changed", "gone", "same"
    now: Any = None
    before: Any = None
    fields: tuple[str, ...] = ()
    actions: tuple["Change", ...] = ()


def compared(old: Plan, new: Plan) -> list[Change]:
    """What differs between two versions of a plan: every goal with its actions, those taken away last."""
    before = list(old.goals.prefetch_related("actions__owner"))
    now = list(new.goals.prefetch_related("actions__owner"))
    return _lines(before, now, ("words", "area", "due_on"))


ACTION_FIELDS = ("words", "who", "owner_id", "who_words", "starts_on", "due_on", "link_id")


def _lines(before: Sequence[Any], now: Sequence[Any], names: tuple[str, ...]) -> list[Change]:
    pairs = _pairs(before, now)
    lines = [_line(pairs.get(one.pk), one, names) for one in now]
    kept = {one.pk for one in pairs.values()}
    return lines + [_line(one, None, names) for one in before if one.pk not in kept]


def _line(old: Any, new: Any, names: tuple[str, ...]) -> Change:
    fields: tuple[str, ...] = ()
    if old is not None and new is not None:
        fields = tuple(name for name in names if getattr(old, name) != getattr(new, name))
    kind = "added" if old is None else "gone" if new is None else "changed" if fields else "same"
    actions: tuple[Change, ...] = ()
    if isinstance(old or new, Goal):
        actions = tuple(_lines(_actions(old), _actions(new), ACTION_FIELDS))
    return Change(kind, new, old, fields, actions)


def _actions(goal: Goal | None) -> list[PlanAction]:
    return list(goal.actions.all()) if goal else []


def _pairs(before: Iterable[Any], now: Iterable[Any]) -> dict[uuid.UUID, Any]:
    """What each of the newer version was in the older one: by the thread, else by the same words."""
    left = {one.pk: one for one in before}
    found: dict[uuid.UUID, Any] = {}
    now = list(now)
    for one in now:
        if one.follows_id in left:
            found[one.pk] = left.pop(one.follows_id)
    for one in now:
        same = next((old for old in left.values() if one.pk not in found and old.words == one.words), None)
        if same is not None:
            found[one.pk] = left.pop(same.pk)
    return found


def _check(plan: Plan, reviewed: Reviewed) -> date | None:
    """The day of the next review. Raises DomainError at the field that does not fit."""
    if plan.status != Plan.Status.SIGNED or plan.signed_on is None:
        raise DomainError(_("The plan is not signed yet."))
    if is_replaced(plan):
        raise DomainError(_("A newer version of this plan is signed. Look at that one."))
    if not plan.signed_on <= reviewed.done_on <= timezone.localdate():
        raise DomainError(_("This day is before the signature, or in the future."), field="done_on")
    if not reviewed.person_says.strip():
        raise DomainError(_("Write what the person says, also if it is only a few words."), field="person_says")
    if reviewed.outcome not in Outcome.values:
        raise DomainError(_("Say how it goes on."), field="outcome")
    if reviewed.outcome != Outcome.GOES_ON:
        return None
    if reviewed.next_on is None:
        raise DomainError(_("Say when it is looked at again."), field="next_on")
    check_review_day(reviewed.next_on, after=reviewed.done_on, field="next_on")
    return reviewed.next_on
