"""An instrument from the rows of a spreadsheet; every row that is wrong is told, with its number.

Columns: type, code, text (Italian), text in English, help, help in English, when, points, sensitive. The first row is
the instrument; a section is followed by its questions, a question by its options.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lgnet.cases.instruments.definition import (
    KEY,
    NO,
    YES,
    Condition,
    Definition,
    Option,
    Question,
    QuestionType,
    Scoring,
    Section,
    Words,
)
from lgnet.core.cells import Unreadable, plain, read_number, read_text, read_yes_no
from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import Cell, Sheet

COLUMNS = {
    "type": "tipo|type|riga", "code": "codice|code|chiave|key", "text": "testo|text|testo it|italiano|domanda",
    "text_en": "testo en|text en|english|inglese", "help": "aiuto|help|spiegazione",
    "help_en": "aiuto en|help en", "when": "se|when|condizione|solo se", "points": "punti|points|punteggio|score",
    "sensitive": "riservata|sensitive|riservato",
}  # fmt: skip
TYPES = {
    "instrument": "strumento|instrument", "section": "sezione|section", "option": "opzione|option|risposta",
    QuestionType.TEXT: "testo|text", QuestionType.LONG_TEXT: "testo lungo|long text",
    QuestionType.NUMBER: "numero|number", QuestionType.DATE: "data|date",
    QuestionType.YES_NO: "si no|yes no|si o no", QuestionType.CHOICE: "scelta|choice",
    QuestionType.CHOICES: "piu scelte|choices|scelte", QuestionType.NOTE: "nota|note",
}  # fmt: skip
SCORINGS = {"": Scoring.NONE, "nessuno": Scoring.NONE, "none": Scoring.NONE, "somma": Scoring.SUM, "sum": Scoring.SUM,
            "media": Scoring.MEAN, "mean": Scoring.MEAN}  # fmt: skip
MOST_QUESTIONS, MOST_OPTIONS, LONGEST = 300, 60, 2000
CHOSEN = {QuestionType.CHOICE, QuestionType.CHOICES}


@dataclass(frozen=True)
class Wrong:
    """What is wrong in a row of the file."""

    line: int
    text: str


class BadInstrument(DomainError):
    """A file that is no instrument; `wrong` tells every row."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        told = "; ".join(_("row %(line)s: %(text)s") % {"line": one.line, "text": one.text} for one in wrong[:20])
        super().__init__(told, field="file")
        self.wrong = list(wrong)


Row = dict[str, Any]  # a row by the names of COLUMNS, as it is stored: texts, and the number of its line


def rows_of(sheet: Sheet) -> list[Row]:
    """The rows of a sheet under its headings. Raises BadInstrument when the headings are missing."""
    line, heads = sheet.rows[0]
    known = {plain(name): column for column, names in COLUMNS.items() for name in names.split("|")}
    places = {known[plain(head)]: at for at, head in enumerate(heads) if plain(head or "") in known}
    if missing := [name for name in ("type", "code", "text") if name not in places]:
        words = ", ".join(COLUMNS[name].split("|")[0] for name in missing)
        raise BadInstrument([Wrong(line, _("these columns are missing: %(columns)s") % {"columns": words})])
    return [
        {"line": number, **{name: _cell(cells, at) for name, at in places.items()}} for number, cells in sheet.rows[1:]
    ]


def _cell(cells: Sequence[Cell], at: int) -> str:
    value = cells[at] if at < len(cells) else None
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return "" if value is None else str(value).strip()


def read_instrument(rows: Sequence[Row]) -> Definition:
    """The instrument that these rows tell. Raises BadInstrument with every row that is wrong."""
    reader = _Reader()
    for row in rows:
        try:
            reader.take(row)
        except Unreadable as why:
            reader.wrong.append(Wrong(row["line"], str(why)))
    reader.finish(rows[-1]["line"] if rows else 1)
    if reader.wrong or reader.definition is None:
        raise BadInstrument(sorted(reader.wrong, key=lambda one: one.line))
    return reader.definition


@dataclass
class _Reader:
    """Takes row after row; what is wrong with one does not hide what is wrong with the next."""

    definition: Definition | None = None
    wrong: list[Wrong] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=dict)  # the possible answers to each question so far
    pending: tuple[int, dict[str, Any], list[Option]] | None = None  # the question whose options are read
    keys: set[str] = field(default_factory=set)

    def take(self, row: Row) -> None:
        kind = _word(row.get("type", ""), TYPES)
        if kind != "option":
            self._close_question()
        if self.definition is None and kind != "instrument":
            raise Unreadable(_("the first row must be the instrument itself"))
        steps: dict[str, Callable[[Row], None]] = {
            "instrument": self._instrument, "section": self._section, "option": self._option
        }  # fmt: skip
        if kind in steps:
            steps[kind](row)
        else:
            self._question(row, QuestionType(kind))

    def finish(self, last_line: int) -> None:
        self._close_question()
        if self.definition is None:
            if not self.wrong:
                self.wrong.append(Wrong(last_line, _("the file has no instrument")))
        elif not any(question.is_answered for question in self.definition.questions()) and not self.wrong:
            self.wrong.append(Wrong(last_line, _("there is no question")))

    def _instrument(self, row: Row) -> None:
        if self.definition is not None:
            raise Unreadable(_("a file holds one instrument only"))
        scoring = SCORINGS.get(plain(row.get("points") or ""))
        words, key = _words(row), _key(row)
        self.definition = Definition(key, words, _help(row), scoring or Scoring.NONE)
        if scoring is None:
            raise Unreadable(_("points of the instrument: write somma, media or nessuno"))

    def _section(self, row: Row) -> None:
        assert self.definition is not None  # noqa: S101  take() has seen to it
        section = Section(self._new_key(row), _words(row), _help(row), self._condition(row))
        self.definition.sections.append(section)

    def _question(self, row: Row, kind: QuestionType) -> None:
        assert self.definition is not None  # noqa: S101  take() has seen to it
        if not self.definition.sections:
            raise Unreadable(_("a question needs a section before it"))
        if len(self.answers) >= MOST_QUESTIONS:
            raise Unreadable(_("more than %(most)s questions") % {"most": MOST_QUESTIONS})
        known = {
            "key": self._new_key(row), "type": kind, "words": _words(row), "help": _help(row),
            "when": self._condition(row), "is_sensitive": bool(_yes(row.get("sensitive", ""))),
        }  # fmt: skip
        self.pending = (row["line"], known, [])

    def _option(self, row: Row) -> None:
        if self.pending is None or self.pending[1]["type"] not in CHOSEN:
            raise Unreadable(_("an option needs a question of type scelta before it"))
        code, options = _option_code(row), self.pending[2]
        if code in {option.code for option in options}:
            raise Unreadable(_("the code “%(code)s” is there twice") % {"code": code})
        if len(options) >= MOST_OPTIONS:
            raise Unreadable(_("more than %(most)s options") % {"most": MOST_OPTIONS})
        options.append(Option(code, _words(row), _points(row)))

    def _close_question(self) -> None:
        if self.pending is None or self.definition is None:
            return
        line, known, options = self.pending
        self.pending = None
        if known["type"] in CHOSEN and len(options) < 2:
            self.wrong.append(Wrong(line, _("the question “%(key)s” needs two options") % {"key": known["key"]}))
        possible = {YES, NO} if known["type"] == QuestionType.YES_NO else {option.code for option in options}
        self.answers[known["key"]] = possible
        self.definition.sections[-1].questions.append(Question(**known, options=tuple(options)))

    def _condition(self, row: Row) -> Condition | None:
        """`key = a, b`, `key != a`, or `key` alone: when anything was answered there."""
        text = row.get("when") or ""
        if not text:
            return None
        left, sign, right = text.partition("=")
        key, negated = left.rstrip(" !").strip().casefold(), left.rstrip().endswith("!")
        if key not in self.answers:
            raise Unreadable(_("“%(key)s” is no question that comes before") % {"key": key})
        values = tuple(one.strip().casefold() for one in right.split(",") if one.strip())
        possible = self.answers[key]
        if possible == {YES, NO}:
            values = tuple(YES if _yes(one) else NO for one in values)
        if sign and not values:
            raise Unreadable(_("after the = sign there is no answer"))
        if unknown := [one for one in values if possible and one not in possible]:
            raise Unreadable(_("“%(code)s” is no answer to “%(key)s”") % {"code": unknown[0], "key": key})
        return Condition(key, values, negated)

    def _new_key(self, row: Row) -> str:
        key = _key(row)
        if key in self.keys:
            raise Unreadable(_("the code “%(code)s” is there twice") % {"code": key})
        self.keys.add(key)
        return key


def _word(text: str, words: dict[Any, str]) -> str:
    for meaning, names in words.items():
        if plain(text) in names.split("|"):
            return str(meaning)
    known = ", ".join(names.split("|")[0] for names in words.values())
    raise Unreadable(_("“%(text)s” is no type of row; write one of: %(known)s") % {"text": text[:40], "known": known})


def _key(row: Row) -> str:
    key = (row.get("code") or "").casefold()
    if not KEY.fullmatch(key):
        raise Unreadable(_("the code must be small letters, digits and _, and begin with a letter"))
    return key


def _option_code(row: Row) -> str:
    code = (row.get("code") or "").casefold()
    if not code or len(code) > 40 or not code.replace("_", "").isalnum():
        raise Unreadable(_("an option needs a code of letters, digits and _"))
    return code


def _words(row: Row) -> Words:
    italian = read_text(row.get("text"), LONGEST)
    if not italian:
        raise Unreadable(_("the text is missing"))
    return Words(italian, read_text(row.get("text_en"), LONGEST) or "")


def _help(row: Row) -> Words:
    return Words(read_text(row.get("help"), LONGEST) or "", read_text(row.get("help_en"), LONGEST) or "")


def _points(row: Row) -> Decimal | None:
    if not row.get("points"):
        return None
    number = read_number(row["points"])
    if number is None or abs(number) > 1000:
        raise Unreadable(_("points are a number up to 1000"))
    return Decimal(str(number)).normalize() + 0


def _yes(text: str) -> bool:
    return bool(read_yes_no(text))
