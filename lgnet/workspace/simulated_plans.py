"""Plans of the demo: goals with their actions, some linked to real things, signed on the screen or on paper."""

import base64
import math
import random
from datetime import date, timedelta
from functools import cache
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from lgnet.cases import services as cases
from lgnet.cases.models import Case, Plan, PlanAction, Referral
from lgnet.cases.plan_signing import Signed, Signing
from lgnet.cases.plan_writing import ActionDraft, GoalDraft
from lgnet.catalogue.models import ServiceType

Who = PlanAction.Who
STEPS = {
    "housing": ("Chiedere un posto letto", "Cercare una stanza in affitto"),
    "work": ("Scrivere il curriculum", "Andare al centro per l'impiego"),
    "language": ("Iscriversi al corso di italiano", "Frequentare il corso due volte alla settimana"),
    "health": ("Scegliere il medico di base", "Prenotare la visita"),
    "legal": ("Preparare i documenti per il rinnovo", "Andare al colloquio con l'avvocato"),
}
ANY = ("Parlarne insieme al prossimo incontro",)


def agree(rng: random.Random, case: Case, goals: list[GoalDraft], services: list[ServiceType]) -> None:
    """Write a plan whose goals have one or two actions each; most are signed at once."""
    waits = Referral.objects.filter(person=case.person_id, status__in=Referral.OPEN).first()
    whole = [
        GoalDraft(goal.area, goal.words, goal.due_on, _actions(rng, case, goal, services, waits)) for goal in goals
    ]  # fmt: skip
    plan = cases.save_plan(by=case.manager, case=case, goals=whole)
    if rng.random() < 0.9:
        _sign(rng, case, plan, timezone.localdate())


def _actions(
    rng: random.Random, case: Case, goal: GoalDraft, services: list[ServiceType], referral: Referral | None
) -> list[ActionDraft]:
    today, found = timezone.localdate(), []
    for words in STEPS.get(goal.area, ANY)[: rng.randint(1, 2)]:
        own = rng.random() < 0.5
        link: dict[str, object] = {}
        if rng.random() < 0.4 and services:
            link = {"link_kind": "service", "link_id": rng.choice(services).pk}
        elif referral is not None and rng.random() < 0.5:
            link = {"link_kind": "referral", "link_id": referral.pk}
        found.append(
            ActionDraft(
                words, Who.PERSON if own else Who.COLLEAGUE, None if own else case.manager, starts_on=today,
                due_on=today + timedelta(days=rng.randint(14, 120)), **link,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return found


def _sign(rng: random.Random, case: Case, plan: Plan, on: date) -> None:
    """Most agree with a typed name, some draw, of a few the scan is still missing."""
    how = rng.random()
    signing = Signing()
    if how < 0.95:
        roles = ("person", "operator", "interpreter")
        signed = [Signed(role, "", a_stroke() if how < 0.1 else "", agrees=True) for role in roles]
        signing = Signing(Plan.Way.DRAWN, signed, interpreter="Interprete di prova")
    cases.sign_plan(
        by=case.manager, plan=plan, signed_on=on, language="it", interpreter_present=True, signing=signing
    )  # fmt: skip


@cache
def a_stroke() -> str:
    """A wave that nobody's hand drew, as the page sends a signature."""
    picture = Image.new("L", (300, 100), "white")
    points = [(20 + step * 5, 50 + 30 * math.sin(step / 3) * math.cos(step / 11)) for step in range(52)]
    ImageDraw.Draw(picture).line(points, fill="black", width=3)
    target = BytesIO()
    picture.save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()
