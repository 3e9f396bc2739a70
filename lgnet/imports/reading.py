"""From rows of a sheet to values of a kind: where the headings are, which column is what, what is wrong where."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from lgnet.core.cells import Unreadable, as_text, is_empty, nearest, plain
from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import Cell, Sheet
from lgnet.core.tables import shown
from lgnet.imports.kinds import ImportField, ImportKind, Values

HEADINGS_WITHIN = 25  # rows at the top in which headings are looked for: titles and dates may stand above
SAMPLES = 3


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or with a whole row (then without heading)."""

    reason: str
    heading: str = ""
    value: str = ""


@dataclass
class Line:
    """One row of the file: its number there, its cells, and what was made of them."""

    number: int
    cells: list[Cell]
    values: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    existing: str = ""


@dataclass(frozen=True)
class Grid:
    """A sheet with its headings found: rows below them are the data. `named` if one of them is the name of a field."""

    headings: list[str]
    rows: list[tuple[int, list[Cell]]]
    named: bool

    @property
    def key(self) -> str:
        """The same for files with the same headings, however they are written."""
        return hashlib.sha256("\n".join(plain(heading) for heading in self.headings).encode()).hexdigest()

    def samples(self, column: int) -> list[str]:
        """The first different values of a column."""
        found: dict[str, None] = {}
        for _number, cells in self.rows[:300]:
            if column < len(cells) and not is_empty(cells[column]):
                found.setdefault(as_text(cells[column])[:60])
            if len(found) == SAMPLES:
                break
        return list(found)


@dataclass(frozen=True)
class Examined:
    """What would become of a file: rows to make, rows that are there already, rows with problems."""

    good: list[Line]
    existing: list[Line]
    wrong: list[Line]

    @property
    def total(self) -> int:
        """All rows."""
        return len(self.good) + len(self.existing) + len(self.wrong)


def grid_of(kind: ImportKind, sheet: Sheet) -> Grid:
    """Find the headings: the row near the top that names most fields of the kind, or else the first with two texts."""
    names = _field_names(kind)
    top = sheet.rows[:HEADINGS_WITHIN]
    scores = [len({names[plain(cell)] for cell in cells if plain(cell or "") in names}) for _number, cells in top]
    at = scores.index(max(scores)) if max(scores) else _first_with_texts(top)
    width = max(len(cells) for _number, cells in sheet.rows[at:])
    written = [as_text(cell) for cell in top[at][1]] + [""] * width
    headings = [" ".join(text.split())[:80] or _letters(column) for column, text in enumerate(written[:width])]
    return Grid(headings, sheet.rows[at + 1 :], named=max(scores) > 0)


def best_sheet(kind: ImportKind, sheets: Sequence[Sheet]) -> int:
    """The first sheet if it has headings of the kind, or else the one that has most."""
    names = _field_names(kind)

    def known(sheet: Sheet) -> int:
        return len({names[plain(heading)] for heading in grid_of(kind, sheet).headings if plain(heading) in names})

    counts = [known(sheet) for sheet in sheets]
    return 0 if counts[0] >= len([one for one in kind.fields if one.required]) else counts.index(max(counts))


def guess(kind: ImportKind, headings: Sequence[str]) -> list[str]:
    """For each heading the name of the field it most likely is, or an empty text; no field twice."""
    names, taken = _field_names(kind), set[str]()
    guessed = [names.get(plain(heading), "") for heading in headings]
    for at, name in enumerate(guessed):
        guessed[at] = "" if name in taken else name
        taken.add(name)
    for at, heading in enumerate(headings):
        if not guessed[at] and len(plain(heading)) > 3:
            name = names.get(nearest(plain(heading), [one for one, of in names.items() if of not in taken]), "")
            guessed[at] = name
            taken.add(name)
    return guessed


def examine(kind: ImportKind, known: Any, grid: Grid, mapping: Sequence[str]) -> Examined:
    """Read every row by `mapping`, the name of the field of each column; nothing is written."""
    fields = [(column, one) for column, name in enumerate(mapping) if name and (one := kind.field(name))]
    lines = [_read(number, cells, fields, grid, known) for number, cells in grid.rows]
    lines = [line for line in lines if line.problems or any(value is not None for value in line.values.values())]
    readable = [line for line in lines if not line.problems]
    found = kind.find_existing(known, [line.values for line in readable])
    for line, existing in zip(readable, found, strict=True):
        line.existing = existing
        if not existing:
            try:
                kind.check(known, line.values)
            except DomainError as error:
                line.problems.append(problem_of(error, kind, grid, mapping, line))
    return Examined(
        [line for line in lines if not line.problems and not line.existing],
        [line for line in lines if line.existing],
        [line for line in lines if line.problems],
    )


def problem_of(error: DomainError, kind: ImportKind, grid: Grid, mapping: Sequence[str], line: Line) -> Problem:
    """What a rule of the work says of a row, at its column if it is about one that the file has."""
    if error.field in mapping:
        column = list(mapping).index(error.field or "")
        cell = line.cells[column] if column < len(line.cells) else None
        return Problem(str(error), grid.headings[column], as_text(cell)[:200])
    about = kind.field(error.field or "")
    return Problem(str(error), str(about.label) if about else "")


def preview_of(one: ImportField, value: Any) -> str:
    """A value as the preview shows it."""
    if value is not None and one.show:
        value = one.show(value)
    return ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else shown(value)


def _read(
    number: int, cells: list[Cell], fields: Iterable[tuple[int, ImportField]], grid: Grid, known: Any
) -> Line:  # fmt: skip
    line = Line(number, cells)
    for column, one in fields:
        cell = cells[column] if column < len(cells) else None
        try:
            line.values[one.name] = value = one.read(cell, known)
        except Unreadable as error:
            line.problems.append(Problem(str(error), grid.headings[column], as_text(cell)[:200]))
            continue
        if value is None and one.required:
            line.values[one.name] = None
    if any(value is not None for value in line.values.values()) or line.problems:
        unreadable = {problem.heading for problem in line.problems}
        for column, one in fields:
            missing = one.required and line.values.get(one.name) is None and grid.headings[column] not in unreadable
            if missing:
                line.problems.append(Problem(_("This must be written."), grid.headings[column]))
    return line


def _field_names(kind: ImportKind) -> dict[str, str]:
    """Every heading by which a field is known, compared as `plain`, in both languages of the staff."""
    found: dict[str, str] = {}
    for one in kind.fields:
        for language in ("it", "en"):
            with translation.override(language):
                found.setdefault(plain(one.label), one.name)
        for name in [one.name.replace("_", " "), *one.names.split("|")]:
            if plain(name):
                found.setdefault(plain(name), one.name)
    return found


def _first_with_texts(rows: Sequence[tuple[int, list[Cell]]]) -> int:
    for at, (_number, cells) in enumerate(rows):
        if sum(isinstance(cell, str) for cell in cells) >= 2:
            return at
    return 0


def _letters(column: int) -> str:
    """What a spreadsheet calls a column without a heading."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return _("Column %(letters)s") % {"letters": letters}
