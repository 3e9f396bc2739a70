"""Assessments with the instruments in the demo: the preliminary one, and the scale at the plan and at the end."""

import random

from django.utils import timezone

from lgnet.cases.instrument_models import InstrumentVersion
from lgnet.cases.instruments import services
from lgnet.cases.instruments.definition import NO, YES, Answer, Question, QuestionType
from lgnet.cases.models import Case
from lgnet.core.errors import DomainError

WORDS = {
    "wish": "Un posto dove dormire e un corso di italiano.",
    "agreed": "Si cerca un posto letto; appuntamento legale per il rinnovo.",
    "relies_on": "Un cugino in città.",
}
HOUSING = ("1", "1", "2", "5", "8", "11")
BETTER = 0.45  # how often a level of the scale is one higher than before


def assess(rng: random.Random, case: Case) -> bool:
    """The preliminary assessment of a case by its manager; False where the instruments are not loaded."""
    version = _version("preliminary")
    if version is None:
        return False
    sheet = services.start_sheet(by=case.manager, case=case, version=version)
    answers = {one.key: _answer(rng, one) for one in version.definition.questions() if rng.random() < 0.8}
    answers |= {"housing": rng.choice(HOUSING), "complexity": rng.choice(("simple", "several", "complex"))}
    services.save_answers(by=case.manager, sheet=sheet, answers=answers, seen=0)
    services.finish_sheet(by=case.manager, sheet=sheet, done_on=timezone.localdate())
    return True


def measure(rng: random.Random, case: Case) -> None:
    """The ten domains, mostly the same or better than the last time."""
    version = _version("ten_domains")
    if version is None:
        return
    sheet = services.start_sheet(by=case.manager, case=case, version=version)
    before = sheet.answers
    answers: dict[str, Answer | None] = {}
    for question in version.definition.questions():
        if question.options:
            level = int(str(before.get(question.key) or rng.randint(1, 3)))
            answers[question.key] = str(min(5, level + (rng.random() < BETTER)))
    services.save_answers(by=case.manager, sheet=sheet, answers=answers, seen=sheet.revision)
    try:
        services.finish_sheet(by=case.manager, sheet=sheet, done_on=timezone.localdate())
    except DomainError:  # closed meanwhile
        return


def _version(code: str) -> InstrumentVersion | None:
    found = InstrumentVersion.objects.filter(instrument__code=code, instrument__partner=None, withdrawn_at=None)
    return found.select_related("instrument").order_by("-number").first()


def _answer(rng: random.Random, question: Question) -> Answer | None:
    if question.type == QuestionType.YES_NO:
        return rng.choice((YES, NO))
    if question.type == QuestionType.CHOICES:
        codes = [option.code for option in question.options]
        return rng.sample(codes, rng.randint(1, 3))
    if question.options:
        return rng.choice(question.options).code
    if question.type == QuestionType.NUMBER:
        return str(rng.randint(1, 4))
    return WORDS.get(question.key)
