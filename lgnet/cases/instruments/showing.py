"""Sheets and instruments as pages and spreadsheets show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.cases.instrument_models import AssessmentSheet, InstrumentVersion
from lgnet.cases.instruments.definition import NO, YES, Answer, Answers, Definition, Question, QuestionType, Section
from lgnet.cases.instruments.forms import SheetForm, name_of
from lgnet.cases.instruments.reading import COLUMNS
from lgnet.cases.instruments.selectors import Comparison
from lgnet.cases.instruments.services import Clash
from lgnet.core.report_tables import Line, ReportTable, short
from lgnet.core.tables import shown


@dataclass(frozen=True)
class AskedLine:
    """A question as a page shows it: to be answered, or with its answer in words."""

    question: Question
    field: BoundField | None
    answer: str
    is_hidden: bool = False  # for the team of the case alone


Part = tuple[Section, list[AskedLine]]


def parts_of(
    definition: Definition, answers: Answers, form: SheetForm | None = None, *, hides: bool = False
) -> list[Part]:
    """The sections that are asked after these answers; with a form the questions are its fields.

    `hides`: the reader is not in the team of the case, and what is sensitive is not told.
    """
    return [
        (section, [_line(question, answers, form, hides=hides) for question in section.questions])
        for section in definition.asked(answers)
    ]


def _line(question: Question, answers: Answers, form: SheetForm | None, *, hides: bool) -> AskedLine:
    if hides and question.is_sensitive:
        return AskedLine(question, None, "", is_hidden=True)
    field = form[name_of(question.key)] if form and question.is_answered else None
    return AskedLine(question, field, answer_words(question, answers.get(question.key)))


def answer_words(question: Question, answer: Answer | None) -> str:
    """An answer in the reader's language; empty if there is none."""
    if not answer:
        return ""
    if question.type == QuestionType.YES_NO:
        return str({YES: _("yes"), NO: _("no")}.get(str(answer), answer))
    if question.type == QuestionType.DATE:
        day = parse_date(str(answer))
        return date_format(day, "SHORT_DATE_FORMAT") if day else str(answer)
    if question.options:
        chosen = answer if isinstance(answer, list) else [answer]
        return ", ".join(str(option.words) for option in question.options if option.code in chosen)
    return shown(Decimal(str(answer))) if question.type == QuestionType.NUMBER else str(answer)


def told(clashes: Sequence[Clash]) -> list[dict[str, str]]:
    """What two people answered at the same time, in words."""
    return [
        {
            "question": str(one.question.words), "stands": answer_words(one.question, one.stands) or "—",
            "mine": answer_words(one.question, one.mine) or "—",
        }
        for one in clashes
    ]  # fmt: skip


def figures_of(sheet: AssessmentSheet) -> list[tuple[str, str]]:
    """The points of a finished sheet: each section, and the whole."""
    names = {section.key: str(section.words) for section in sheet.version.definition.sections} | {"": _("The whole")}
    return [(names.get(key, key), shown(Decimal(points))) for key, points in sheet.scores.items()]


def table_of(comparison: Comparison) -> ReportTable | None:
    """The points of each section on each day on which the instrument was used; None if there is nothing to compare."""
    if not comparison.lines or len(comparison.sheets) < 2:
        return None
    lines = []
    for section, points in comparison.lines:
        numbers = [None if one is None else short(float(one)) for one in points]
        known = [one for one in points if one is not None]
        change: str | None = f"{short(float(known[-1] - known[0])):+}" if len(known) > 1 else None
        lines.append(Line(str(section.words) if section else _("The whole"), [*numbers, change]))
    heads = [_("Section"), *(shown(sheet.done_on) for sheet in comparison.sheets), _("Change")]
    rule = _("The points of each section on the days on which it was assessed; the darker, the more.")
    return ReportTable("change", _("What changed"), rule, heads, lines, is_grid=True)


def example(version: InstrumentVersion) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows of the spreadsheet that a version was loaded from."""
    heads = {name: names.split("|")[0] for name, names in COLUMNS.items()}
    heads |= {"text_en": "testo en", "help_en": "aiuto en"}
    return list(heads.values()), [[row.get(name, "") for name in heads] for row in version.rows]
