"""What the pages show of a plan: its goals with their actions, each with the thing it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from lgnet.cases.models import Case, Goal, Plan, PlanAction
from lgnet.cases.plan_links import Thing, things_of
from lgnet.cases.visibility import Sees

KINDS = {
    PlanAction.Status.TODO: "info", PlanAction.Status.UNDER_WAY: "warning", PlanAction.Status.DONE: "success",
    PlanAction.Status.NOT_DONE: "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class ActionLine:
    """An action as a page shows it."""

    action: PlanAction
    thing: Thing | None

    @property
    def kind(self) -> str:
        """The colour of its state; the words say it too."""
        return KINDS[PlanAction.Status(self.action.status)]

    @property
    def who(self) -> str:
        """Who does it, by name; the person herself is said by the page."""
        return self.action.owner.full_name if self.action.owner else self.action.who_words


@dataclass(frozen=True)
class GoalLine:
    """A goal with its actions."""

    goal: Goal
    actions: Sequence[ActionLine]


def goal_lines(case: Case, plan: Plan | None, sees: Sees) -> list[GoalLine]:
    """The goals of a plan of the case that the reader sees, in order. One query for the things of each kind."""
    if plan is None:
        return []
    goals = [one for one in plan.goals.all() if sees.area(one.area)]
    prefetch_related_objects(goals, "actions__owner")
    things = things_of(case, [one for goal in goals for one in goal.actions.all()])
    return [
        GoalLine(
            goal, [ActionLine(one, things.get(one.link_id) if one.link_id else None) for one in goal.actions.all()]
        )
        for goal in goals
    ]  # fmt: skip
