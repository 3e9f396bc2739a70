"""Writes about instruments and sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases import services as cases
from lgnet.cases.instrument_models import AssessmentSheet, Instrument, InstrumentVersion, SheetChange
from lgnet.cases.instruments.definition import Answer, Question, QuestionType
from lgnet.cases.instruments.reading import read_instrument, rows_of
from lgnet.cases.measures import note_rating
from lgnet.cases.models import Case
from lgnet.cases.policies import require_open, require_works_on
from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import read_spreadsheet
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.services import log_write, require

INSTRUMENT = "cases.instrument"
TAKEN_OVER = ("needs", "housing")  # questions whose answers the assessment of the case holds too


@dataclass(frozen=True)
class Clash:
    """Two people answered the same question at the same time: what stands, and what was not taken."""

    question: Question
    stands: Answer | None
    mine: Answer | None


@transaction.atomic
def load_instrument(*, by: User | None, partner: Partner | None, kind: str, content: bytes) -> InstrumentVersion:
    """Load an instrument from a spreadsheet: a new one, or the next version of the one with its code.

    The same questions loaded again change nothing. Raises reading.BadInstrument with every row that is wrong, and
    DomainError for a file that is no spreadsheet, or a code that the network uses.
    """
    if by is not None:
        if partner is None:
            raise PermissionDenied(str(Permission.KEEP_INSTRUMENTS))
        require(by, Permission.KEEP_INSTRUMENTS, partner)
    rows = rows_of(read_spreadsheet(content)[0])
    asked = read_instrument(rows)
    if partner and Instrument.objects.filter(partner=None, code=asked.code).exists():
        raise DomainError(_("The network has an instrument with this code already. Choose another one."), field="file")
    names = {"name_it": asked.words.it[:200], "name_en": asked.words.en[:200], "kind": kind}
    instrument, is_new = Instrument.objects.select_for_update().get_or_create(
        partner=partner, code=asked.code, defaults=names
    )
    latest = instrument.versions.first()
    if latest and latest.rows == rows and latest.withdrawn_at is None:
        return latest
    if not is_new:
        Instrument.objects.filter(pk=instrument.pk).update(**names)
    version = InstrumentVersion.objects.create(
        instrument=instrument, number=latest.number + 1 if latest else 1, rows=rows, loaded_by=by
    )
    audit.record(
        AuditEntry.Action.CREATE, by=by, object_type=INSTRUMENT, object_id=instrument.pk,
        partner_id=partner.pk if partner else None, detail={"code": asked.code, "version": version.number},
    )  # fmt: skip
    return version


@transaction.atomic
def withdraw_version(*, by: User, version: InstrumentVersion) -> InstrumentVersion:
    """Nobody begins or finishes a sheet with this version any more; those done stay readable."""
    partner = version.instrument.partner
    if partner is None:
        raise PermissionDenied(_("Instruments of the network are changed by the network."))
    require(by, Permission.KEEP_INSTRUMENTS, partner)
    if version.withdrawn_at is None:
        version.withdrawn_at, version.withdrawn_by = timezone.now(), by
        version.save(update_fields=["withdrawn_at", "withdrawn_by"])
        audit.record(
            AuditEntry.Action.UPDATE, by=by, object_type=INSTRUMENT, object_id=version.instrument_id,
            partner_id=partner.pk, detail={"withdrawn": version.number},
        )  # fmt: skip
    return version


@transaction.atomic
def start_sheet(*, by: User, case: Case, version: InstrumentVersion) -> AssessmentSheet:
    """Begin a sheet, with the answers of the last one of the same instrument; one begun already is gone on with.

    Raises DomainError for a closed case, a version that was withdrawn, or an instrument of another city.
    """
    require_works_on(by, case)
    require_open(case)
    _require_current(version)
    if version.instrument.partner_id not in {None, case.partner_id}:
        raise DomainError(_("This instrument belongs to another city."))
    Case.objects.select_for_update().get(pk=case.pk)
    there = AssessmentSheet.objects.filter(case=case, version=version, status=AssessmentSheet.Status.DRAFT).first()
    if there is not None:
        return there
    sheet = AssessmentSheet.objects.create(case=case, version=version, started_by=by)
    if before := last_done(case, version.instrument):
        kept = {
            key: answer for key, answer in before.answers.items() if _fits(version.definition.question(key), answer)
        }
        _write(sheet, kept, by=None)
    log_write(AuditEntry.Action.CREATE, by, sheet, case.person, detail={"instrument": version.instrument.code})
    return sheet


def last_done(case: Case, instrument: Instrument) -> AssessmentSheet | None:
    """The last sheet of the person that was finished with this instrument, in whatever version or case."""
    done = AssessmentSheet.objects.filter(
        case__person=case.person_id, case__partner=case.partner_id, version__instrument=instrument,
        status=AssessmentSheet.Status.DONE,
    )  # fmt: skip
    return done.order_by("-done_on", "-created_at").first()


@transaction.atomic
def save_answers(
    *, by: User, sheet: AssessmentSheet, answers: Mapping[str, Answer | None], seen: int
) -> list[Clash]:  # fmt: skip
    """Write what was answered; `seen` is the revision that the writer had before the eyes.

    Only what the writer changed is written. Where a colleague has changed the same answer meanwhile, the colleague's
    stands and the writer's comes back as a clash: nobody's words are written over.
    """
    require_works_on(by, sheet.case)
    sheet = _locked(sheet)
    asked = sheet.version.definition
    base = _answers_at(sheet, seen)
    changed: dict[str, Answer | None] = {}
    clashes = []
    for key, answer in answers.items():
        question, given, now = asked.question(key), answer or None, sheet.answers.get(key)
        if question is None or not question.is_answered or given == base.get(key) or given == now:
            continue
        if now != base.get(key):
            clashes.append(Clash(question, now, given))
        else:
            changed[key] = given
    if changed:
        _write(sheet, changed, by=by)
        log_write(AuditEntry.Action.UPDATE, by, sheet, sheet.case.person, detail={"answers": sorted(changed)})
    return clashes


@transaction.atomic
def finish_sheet(*, by: User, sheet: AssessmentSheet, done_on: date) -> AssessmentSheet:
    """The sheet is complete: points are counted, and the case is assessed on that day.

    Raises DomainError for an empty sheet, a version that was withdrawn, a closed case, or a day outside the case.
    """
    require_works_on(by, sheet.case)
    sheet = _locked(sheet)
    _require_current(sheet.version)
    asked, case = sheet.version.definition, sheet.case
    shown = {question.key for section in asked.asked(sheet.answers) for question in section.questions}
    answers = {key: answer for key, answer in sheet.answers.items() if key in shown}
    if not answers:
        raise DomainError(_("Nothing is answered yet."))
    taken = {key: answers.get(key) for key in TAKEN_OVER}
    assessment = cases.record_assessment(
        by=by, case=case, kind=sheet.version.instrument.kind, done_on=done_on, note="", record_id=sheet.pk,
        needs=_as_list(taken["needs"]), housing=str(taken["housing"] or ""),
    )  # fmt: skip
    sheet.answers, sheet.assessment = answers, assessment
    sheet.scores = {key: str(points) for key, points in asked.scores(answers).items()}
    sheet.status, sheet.done_on, sheet.done_by = AssessmentSheet.Status.DONE, done_on, by
    sheet.save(update_fields=["answers", "assessment", "scores", "status", "done_on", "done_by"])
    note_rating(by=by, sheet=sheet)
    return sheet


@transaction.atomic
def review_sheet(*, by: User, sheet: AssessmentSheet) -> AssessmentSheet:
    """Somebody else of the team has read the finished sheet and agrees. Raises DomainError for whoever finished it."""
    require_works_on(by, sheet.case)
    if sheet.status != AssessmentSheet.Status.DONE:
        raise DomainError(_("It is not finished yet."))
    if sheet.done_by_id == by.pk:
        raise DomainError(_("Somebody else of the team has to read what you finished."))
    if sheet.reviewed_at is None:
        sheet.reviewed_by, sheet.reviewed_at = by, timezone.now()
        sheet.save(update_fields=["reviewed_by", "reviewed_at"])
        log_write(AuditEntry.Action.UPDATE, by, sheet, sheet.case.person, detail={"reviewed": True})
    return sheet


def _locked(sheet: AssessmentSheet) -> AssessmentSheet:
    """The sheet as it is now; whoever writes in it too waits. Raises DomainError if it is finished."""
    locked = (
        AssessmentSheet.objects.select_for_update(of=("self",))
        .select_related("case__person", "case__partner", "version__instrument")
        .get(pk=sheet.pk)
    )
    if locked.status != AssessmentSheet.Status.DRAFT:
        raise DomainError(_("This assessment was finished in the meantime. Begin another one to change it."))
    return locked


def _require_current(version: InstrumentVersion) -> None:
    if version.withdrawn_at is not None:
        raise DomainError(
            _("This version of the instrument was withdrawn. Begin with the present one: the answers are taken over.")
        )


def _answers_at(sheet: AssessmentSheet, revision: int) -> dict[str, Any]:
    """The answers as they were after so many changes."""
    answers: dict[str, Any] = {}
    for change in sheet.changes.filter(number__lte=revision).order_by("number"):
        answers |= change.answers
    return {key: answer for key, answer in answers.items() if answer is not None}


def _write(sheet: AssessmentSheet, changed: Mapping[str, Answer | None], *, by: User | None) -> None:
    sheet.revision += 1
    SheetChange.objects.create(sheet=sheet, number=sheet.revision, answers=dict(changed), by=by)
    merged = sheet.answers | dict(changed)
    sheet.answers = {key: answer for key, answer in merged.items() if answer is not None}
    sheet.save(update_fields=["revision", "answers"])


def _fits(question: Question | None, answer: Answer) -> bool:
    """Whether an answer of another version can be one to this question."""
    if question is None or not question.is_answered:
        return False
    if isinstance(answer, list) != (question.type == QuestionType.CHOICES):
        return False
    return not question.options or {option.code for option in question.options} >= set(_as_list(answer))


def _as_list(answer: Answer | None) -> list[str]:
    return list(answer) if isinstance(answer, list) else [answer] if answer else []
