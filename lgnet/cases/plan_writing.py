"""Goals and actions as they are typed, checked and written into a draft; the one place that makes their rows."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lgnet.cases.models import Case, Goal, Plan, PlanAction
from lgnet.cases.plan_links import may_link, taken_over, things_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.words import one_line
from lgnet.network.models import User

Who = PlanAction.Who
MOST_ACTIONS = 12  # of one goal


@dataclass(frozen=True)
class ActionDraft:
    """An action as typed. `follows` is the id of the action of the signed version that it goes on from."""

    words: str
    who: str = Who.PERSON
    owner: User | None = None
    who_words: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    link_kind: str = ""
    link_id: uuid.UUID | None = None
    follows: uuid.UUID | None = None


@dataclass(frozen=True)
class GoalDraft:
    """A goal as typed: area of the service catalogue, the person's words, a day to reach it by, its actions."""

    area: str
    words: str
    due_on: date | None = None
    actions: Sequence[ActionDraft] = ()
    follows: uuid.UUID | None = None


def check_goals(*, by: User, case: Case, goals: Sequence[GoalDraft]) -> None:
    """Raise DomainError, at its field, for what cannot be in a plan."""
    if not goals:
        raise DomainError(_("A plan needs at least one goal."))
    written = _links_written(case)
    for goal in goals:
        if goal.due_on and goal.due_on < case.opened_on:
            raise DomainError(_("A goal cannot be due before the case was opened."))
        if len(goal.actions) > MOST_ACTIONS:
            raise DomainError(_("A goal has at most %(most)s actions.") % {"most": MOST_ACTIONS}, field="words")
        for action in goal.actions:
            _check_action(by, case, action, written)


def write_goals(plan: Plan, goals: Sequence[GoalDraft]) -> None:
    """Make the goals of a draft and their actions anew."""
    plan.goals.all().delete()
    old_goals = {goal.pk: goal for goal in Goal.objects.filter(plan__case=plan.case_id, plan__status="signed")}
    old_actions = {one.pk: one for one in PlanAction.objects.filter(goal__in=old_goals)}
    actions: list[PlanAction] = []
    for number, draft in enumerate(goals, start=1):
        goal = Goal.objects.create(
            plan=plan, position=number, area=draft.area, words=draft.words, due_on=draft.due_on,
            follows=old_goals.get(draft.follows) if draft.follows else None,
        )  # fmt: skip
        actions += [_action(goal, place, one, old_actions) for place, one in enumerate(draft.actions, start=1)]
    take_over(plan.case, actions)
    PlanAction.objects.bulk_create(actions)


def take_over(case: Case, actions: Iterable[PlanAction]) -> None:
    """Let actions stand as what they are linked to, or as the ones of the version before; nothing is saved."""
    actions = list(actions)
    things = things_of(case, actions)
    for action in actions:
        taken_over(action, things.get(action.link_id) if action.link_id else None)


def drafts_of(plan: Plan | None) -> list[GoalDraft]:
    """The goals of a plan as they would be typed again: of a draft the same, of a signed one for the version after."""
    if plan is None:
        return []
    signed = plan.status == Plan.Status.SIGNED
    return [
        GoalDraft(
            goal.area, goal.words, goal.due_on, [_typed(one, signed=signed) for one in goal.actions.all()],
            goal.pk if signed else goal.follows_id,
        )
        for goal in plan.goals.prefetch_related("actions__owner")
    ]  # fmt: skip


def _typed(action: PlanAction, *, signed: bool) -> ActionDraft:
    return ActionDraft(
        action.words, action.who, action.owner, action.who_words, action.starts_on, action.due_on, action.link_kind,
        action.link_id, action.pk if signed else action.follows_id,
    )  # fmt: skip


def _action(goal: Goal, place: int, draft: ActionDraft, before: dict[uuid.UUID, PlanAction]) -> PlanAction:
    return PlanAction(
        pk=uuid7(), goal=goal, position=place, words=one_line(draft.words)[:300], who=draft.who,
        owner=draft.owner if draft.who == Who.COLLEAGUE else None,
        who_words=one_line(draft.who_words)[:120] if draft.who == Who.OTHER else "",
        starts_on=draft.starts_on, due_on=draft.due_on, link_kind=draft.link_kind, link_id=draft.link_id,
        follows=before.get(draft.follows) if draft.follows else None,
    )  # fmt: skip


def _check_action(by: User, case: Case, action: ActionDraft, written: set[tuple[str, uuid.UUID | None]]) -> None:
    if not action.words.strip():
        raise DomainError(_("Write what is done."), field="words")
    if action.starts_on and action.due_on and action.due_on < action.starts_on:
        raise DomainError(_("An action cannot be due before it starts."), field="due_on")
    if action.who == Who.COLLEAGUE and action.owner is None:
        raise DomainError(_("Say who does it."), field="who")
    if action.who == Who.OTHER and not action.who_words.strip():
        raise DomainError(_("Say who it is."), field="who_words")
    if action.owner and not case.members.filter(user=action.owner).exists():
        raise DomainError(_("This colleague does not work on the case."), field="who")
    if action.link_kind or action.link_id:
        known = (action.link_kind, action.link_id) in written
        if action.link_id is None or not (known or may_link(by, case, action.link_kind, action.link_id)):
            raise DomainError(_("Choose something of this person from the list."), field="link")


def _links_written(case: Case) -> set[tuple[str, uuid.UUID | None]]:
    """What the plan was linked to before: it stays linked, also when it is over and cannot be chosen any more."""
    rows = PlanAction.objects.filter(goal__plan__case=case, link_id__isnull=False)
    return set(rows.values_list("link_kind", "link_id"))
