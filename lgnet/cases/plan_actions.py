"""What becomes of the actions of a signed plan between two versions, and which of them wait for somebody."""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import CaseMember, Plan, PlanAction, ThingState
from lgnet.cases.plan_links import may_link, put, things_of
from lgnet.cases.plan_versions import in_force
from lgnet.cases.policies import require_open, require_works_in
from lgnet.cases.selectors import get_case_to_work_on, visible_cases
from lgnet.cases.visibility import of_read_areas, sees_case
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.people.services import log_write

Status = PlanAction.Status


def actions_of_cases(user: User) -> QuerySet[PlanAction]:
    """Actions in force of the cases that the user may know of, as far as she or he would read them.

    Of restricted files only for their team.
    """
    read = of_read_areas(user, "goal__plan__case", "goal__area")
    return in_force().filter(read, goal__plan__case__in=visible_cases(user).values("pk")).select_related(
        "owner", "goal__plan__case__person", "goal__plan__case__team"
    )  # fmt: skip


def late(actions: QuerySet[PlanAction]) -> QuerySet[PlanAction]:
    """Those that should have been done by now, the longest ago first."""
    return actions.filter(status__in=PlanAction.STILL, due_on__lt=timezone.localdate()).order_by("due_on")


def without_way(actions: QuerySet[PlanAction]) -> QuerySet[PlanAction]:
    """Those whose thing came to nothing, and of which nobody has said how it goes on."""
    return actions.filter(status__in=PlanAction.STILL, thing=ThingState.FAILED).order_by("goal__plan__case", "pk")


def own_actions(user: User) -> QuerySet[PlanAction]:
    """Those of the cases the user works on now: the user's own, and all of the cases that she or he manages."""
    mine = CaseMember.objects.filter(case=OuterRef("goal__plan__case"), user_id=user.pk, ends_at__isnull=True)
    manages = Q(goal__plan__case__manager=user)
    return actions_of_cases(user).filter(Exists(mine), Q(owner=user) | manages)


def waiting_actions(user: User) -> QuerySet[PlanAction]:
    """Own actions that are late or whose thing came to nothing; the longest due first."""
    wait = Q(due_on__lt=timezone.localdate()) | Q(thing=ThingState.FAILED)
    rows = own_actions(user).filter(wait, status__in=PlanAction.STILL)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def get_action_to_work_on(user: User, pk: uuid.UUID) -> PlanAction:
    """An action of a case the user may write in. Raises Http404, FileClosed or PermissionDenied."""
    action = PlanAction.objects.filter(pk=pk, goal__plan__case__in=visible_cases(user)).select_related("goal__plan")
    found = action.first()
    if found is None:
        raise Http404
    found.goal.plan.case = get_case_to_work_on(user, found.goal.plan.case_id, part=True)
    sees_case(user, found.goal.plan.case).require_area(found.goal.area)
    return found


@transaction.atomic
def record_progress(*, by: User, action: PlanAction, status: str, on: date | None = None) -> PlanAction:
    """Say by hand how an action of the signed plan stands. Raises DomainError for a state or a day that cannot be."""
    action = _locked(by, action)
    if status not in Status.values:
        raise DomainError(_("Choose a state from the list."), field="status")
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="on")
    if status == action.status:
        return action
    action.before, action.before_on = action.status, action.done_on
    action.before_by, action.before_at = action.said_by, action.said_at
    action.status, action.done_on = status, day if status == Status.DONE else None
    action.said_by, action.said_at = by, timezone.now()
    return _saved(by, action, {"status": [action.before, status]})


@transaction.atomic
def undo_progress(*, by: User, action: PlanAction) -> PlanAction:
    """What was said of it today was a slip: as before, or as its thing stands. Raises DomainError on another day."""
    action = _locked(by, action)
    if not action.can_be_taken_back:
        raise DomainError(_("This can be undone on the same day only."))
    said, action.status, action.done_on = action.status, Status(action.before), action.before_on
    action.said_by, action.said_at = action.before_by, action.before_at
    action.before, action.before_on, action.before_by, action.before_at = "", None, None, None
    if action.link_id and action.thing and not action.said_by:
        thing = things_of(action.goal.plan.case, [action]).get(action.link_id)
        put(action, (thing.state if thing else None) or ThingState(action.thing), thing.day if thing else None)
    return _saved(by, action, {"status": [said, action.status], "undone": True})


@transaction.atomic
def link_action(*, by: User, action: PlanAction, kind: str, thing_id: uuid.UUID | None) -> PlanAction:
    """Let an action wait for another thing, or for none (`kind` empty). Raises DomainError for what is not offered."""
    action = _locked(by, action)
    case, before = action.goal.plan.case, action.link_kind
    if (kind or thing_id) and (thing_id is None or not may_link(by, case, kind, thing_id)):
        raise DomainError(_("Choose something of this person from the list."), field="link")
    action.link_kind, action.link_id, action.thing = kind, thing_id, ""
    if thing_id is not None:
        thing = things_of(case, [action]).get(thing_id)
        action.said_by, action.said_at, action.before = None, None, ""
        action.before_on, action.before_by, action.before_at = None, None, None
        put(action, (thing.state if thing else None) or ThingState.EXPECTED, thing.day if thing else None)
    return _saved(by, action, {"linked": [before, kind]})


def _locked(by: User, action: PlanAction) -> PlanAction:
    """The action as it is now, locked, if its plan is in force. Raises PermissionDenied or DomainError."""
    case = action.goal.plan.case
    require_works_in(by, case, area=action.goal.area)
    require_open(case)
    if action.goal.plan.status != Plan.Status.SIGNED:
        raise DomainError(_("The plan is not signed yet."))
    found = in_force().select_for_update(of=("self",)).filter(pk=action.pk).select_related("goal__plan").first()
    if found is None:
        raise DomainError(_("A newer version of this plan is signed. Look at that one."))
    found.goal.plan.case = case
    return found


def _saved(by: User, action: PlanAction, detail: dict[str, object]) -> PlanAction:
    action.save()
    log_write(AuditEntry.Action.UPDATE, by, action, action.goal.plan.case.person, detail=detail)
    return action
