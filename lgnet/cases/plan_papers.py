"""The plan on paper: Italian beside the person's language, as PDF; what was signed is kept and given out as it was."""

from datetime import date
from typing import Any

from django.utils import timezone, translation

from lgnet.cases.models import Goal, Plan, PlanAction, PlanSignature
from lgnet.cases.plan_words import ITALIAN, plan_day, plan_language, plan_words
from lgnet.core.languages import language_name
from lgnet.core.papers import paper_pdf
from lgnet.files.services import read_file
from lgnet.files.vault import Unreadable

TEMPLATE = "cases/papers/plan.typ"
Both = list[str]  # in Italian, and in the language of the person


def plan_pdf(plan: Plan, language: str = "") -> bytes:
    """The paper of a plan as it is now, in the language it was explained in or `language`."""
    return paper_pdf(TEMPLATE, plan_data(plan, language or plan.language))


def kept_paper(plan: Plan) -> bytes:
    """What was signed, byte for byte; of a draft, or of a plan signed before papers were kept, a paper made now."""
    return read_file(plan.paper) if plan.paper else plan_pdf(plan, plan.language or first_language(plan))


def first_language(plan: Plan) -> str:
    """The first language of the person of the plan, or nothing."""
    spoken = plan.case.person.languages.first()
    return spoken.language if spoken else ""


def plan_data(plan: Plan, language: str) -> dict[str, Any]:
    """What the paper shows, as data: every fixed text in Italian and in the person's language."""
    other, case = plan_language(language), plan.case
    both = _Both(other)
    is_signed = plan.signed_on is not None
    return {
        "title": plan_words(ITALIAN)["title"], "language": ITALIAN, "other": other,
        "heading": both.said("title"), "city": case.partner.name, "team": case.team.name,
        "person": case.person.full_name or case.person.name_as_used, "code": case.person.pseudonym,
        "version": both.said("version", n=plan.version),
        "state": both.day("signed_on", plan.signed_on) if plan.signed_on else both.said("draft"),
        "labels": {key: both.said(key) for key in ("goal", "action", "who", "by", "signatures", "place", "no_actions")},
        "goals": [_goal(goal, both) for goal in plan.goals.prefetch_related("actions__owner")],
        "sentences": [
            both.said("agree"), both.said("follows", name=case.manager.full_name), both.said("change"),
            *([both.day("review", plan.review_on)] if plan.review_on else []),
        ],
        "aloud": _aloud(language, other), "signatures": _signatures(plan, both), "is_signed": is_signed,
        "made": plan_day(timezone.localdate(), ITALIAN),
    }  # fmt: skip


class _Both:
    """Fixed texts in the two languages; in one alone where the person's is Italian."""

    def __init__(self, other: str) -> None:
        self.languages = [ITALIAN] if other == ITALIAN else [ITALIAN, other]

    def said(self, key: str, **values: Any) -> Both:
        return [plan_words(one)[key].format(**values) for one in self.languages]

    def day(self, key: str, day: date) -> Both:
        return [plan_words(one)[key].format(day=plan_day(day, one)) for one in self.languages]

    def days(self, action: PlanAction) -> Both:
        return [_when(action.starts_on, action.due_on, one) for one in self.languages]


def _when(starts_on: date | None, due_on: date | None, language: str) -> str:
    begins = plan_words(language)["from"].format(day=plan_day(starts_on, language)) if starts_on else ""
    return " – ".join(part for part in (begins, plan_day(due_on, language) if due_on else "") if part)


def _goal(goal: Goal, both: _Both) -> dict[str, Any]:
    by = [plan_day(goal.due_on, one) for one in both.languages] if goal.due_on else None
    actions = [{"words": one.words, "who": _who(one, both), "by": both.days(one)} for one in goal.actions.all()]
    return {"words": goal.words, "area": both.said(goal.area), "by": by, "actions": actions}


def _who(action: PlanAction, both: _Both) -> Both:
    if action.who == PlanAction.Who.PERSON:
        return both.said("me")
    return [action.owner.full_name if action.owner else action.who_words]


def _signatures(plan: Plan, both: _Both) -> list[dict[str, Any]]:
    """A box for each who signs: with the picture, with what was said instead, or empty for the pen."""
    there = {one.role: one for one in plan.signatures.select_related("picture")}
    return [_signature(role, there.get(role), both, plan) for role in PlanSignature.Role.values]


def _signature(role: str, signed: PlanSignature | None, both: _Both, plan: Plan) -> dict[str, Any]:
    way = signed.way if signed else ""
    picture = None
    if signed and signed.picture:
        try:
            picture = list(read_file(signed.picture))
        except Unreadable:
            picture = None
    operator = plan.signed_with or plan.author if role == PlanSignature.Role.OPERATOR else None
    return {
        "label": both.said(role), "name": signed.name if signed else operator.full_name if operator else "",
        "picture": picture, "typed": both.said("typed") if way == PlanSignature.Way.TYPED else None,
    }  # fmt: skip


def _aloud(language: str, other: str) -> str:
    """That the plan was explained aloud, where the paper is not in the language of the person."""
    if not language or other != ITALIAN or language.split("-", maxsplit=1)[0].lower() == ITALIAN:
        return ""
    with translation.override(ITALIAN):
        return f"Il progetto è stato spiegato a voce in questa lingua: {language_name(language)}."
