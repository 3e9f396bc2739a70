"""The plan of a person as the own page tells it: what was signed, in the person's language. No name of staff."""

from dataclasses import dataclass

from django.utils.translation import get_language

from lgnet.cases.models import Goal, Plan, PlanAction
from lgnet.cases.plan_reviews import signed_plan_of
from lgnet.cases.plan_words import plan_day, plan_words
from lgnet.people.models import OwnCard

Who = PlanAction.Who


@dataclass(frozen=True)
class ToldAction:
    """One action in words: what, who, until when, how it stands."""

    words: str
    who: str
    by: str
    state: str
    is_done: bool


@dataclass(frozen=True)
class ToldGoal:
    """One goal in the person's own words, with the actions that are hers or his, or in which she or he takes part."""

    words: str
    area: str
    by: str
    state: str
    actions: list[ToldAction]


@dataclass(frozen=True)
class ToldPlan:
    """The signed plan in words."""

    signed_on: str
    review_on: str
    goals: list[ToldGoal]


def own_words() -> dict[str, str]:
    """The fixed texts, in the language now in use."""
    return plan_words(get_language() or "it")


def has_plan(card: OwnCard) -> bool:
    """Whether there is something to show: never on a discreet page, where nobody may read over the shoulder."""
    return not card.is_discreet and signed_plan_of(card.person) is not None


def told_plan(card: OwnCard) -> ToldPlan | None:
    """The plan in force of the person's open case; none on a discreet page."""
    plan = None if card.is_discreet else signed_plan_of(card.person)
    if plan is None or plan.signed_on is None:
        return None
    goals = [_goal(goal) for goal in plan.goals.prefetch_related("actions")]
    return ToldPlan(_day("signed_on", plan), _day("review", plan), goals)


def _day(key: str, plan: Plan) -> str:
    day, language = plan.signed_on if key == "signed_on" else plan.review_on, get_language() or "it"
    return plan_words(language)[key].format(day=plan_day(day, language)) if day else ""


def _goal(goal: Goal) -> ToldGoal:
    words, language = own_words(), get_language() or "it"
    actions = [_action(one) for one in goal.actions.all() if one.who == Who.PERSON or one.link_kind]
    by = plan_day(goal.due_on, language) if goal.due_on else ""
    return ToldGoal(goal.words, words[goal.area], by, words[goal.status], actions)


def _action(action: PlanAction) -> ToldAction:
    words, language = own_words(), get_language() or "it"
    who = {Who.PERSON: words["me"], Who.COLLEAGUE: words["team"]}.get(Who(action.who), action.who_words)
    by = plan_day(action.due_on, language) if action.due_on else ""
    return ToldAction(action.words, who, by, words[action.status], action.status == PlanAction.Status.DONE)
