"""Tables and figures of reports: with bars, or as grids of hours, each with its rule. Small counts may be hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lgnet.core.dates import day_words
from lgnet.core.tables import shown

FEW = 5  # smaller counts are hidden from whoever reads aggregates only
SHADES = 5  # of a grid

Number = int | float | str | None  # a text says that it is hidden


@dataclass(frozen=True)
class Line:
    """A row of a table: its name, its numbers, perhaps an address."""

    label: str
    values: Sequence[Number]
    url: str = ""


@dataclass(frozen=True)
class ReportTable:
    """A table, drawn with a bar for its first number or as a grid of shaded cells, and exported as it is seen."""

    name: str
    title: str
    rule: str
    heads: Sequence[str]
    lines: Sequence[Line]
    is_grid: bool = False

    @property
    def drawn(self) -> list[tuple[Line, list[tuple[str, int]]]]:
        """Lines with every number as it is written, and how long its bar (in 100) or how dark its shade is."""
        columns = slice(None) if self.is_grid else slice(1)
        numbers = [value for line in self.lines for value in line.values[columns] if isinstance(value, int | float)]
        unit = (max(numbers, default=0) or 1) / (SHADES if self.is_grid else 100)
        return [(line, [(written(value), _size(value, unit)) for value in line.values]) for line in self.lines]

    def export_rows(self) -> list[list[Any]]:
        """Every row, value by value."""
        return [[line.label, *line.values] for line in self.lines]


def _size(value: Number, unit: float) -> int:
    return max(1, round(value / unit)) if value and isinstance(value, int | float) else 0


def written(value: Number) -> str:
    """A number in the reader's language, or the word that hides it."""
    return value if isinstance(value, str) else shown(value)


def protect(counts: Sequence[int], *, is_exact: bool) -> list[int | str]:
    """Counts with a known sum: those of 1 to 4 are hidden, and one more where the sum would tell a single one."""
    hidden = set() if is_exact else {at for at, count in enumerate(counts) if 0 < count < FEW}
    if len(hidden) == 1 and (others := [at for at, count in enumerate(counts) if count >= FEW]):
        hidden.add(min(others, key=lambda at: counts[at]))
    return [_("hidden") if at in hidden else count for at, count in enumerate(counts)]


def told(count: int, *, is_exact: bool) -> str:
    """A single count in the reader's language, or the word that hides a small one."""
    return _("hidden") if 0 < count < FEW and not is_exact else shown(count)


@dataclass(frozen=True)
class ReportFigure:
    """A number on top of a report, what it counts and its rule; `note` tells more of it."""

    label: str
    value: str
    rule: str
    url: str = ""
    note: str = ""


def hour_name(hour: int) -> str:
    """An hour of the day, from and to."""
    return f"{hour:02}–{(hour + 1) % 24:02}"


def weekday_name(weekday: int) -> str:
    """A day of the week; Monday is 0."""
    return day_words(date(2024, 1, 1 + weekday), "EEEE").capitalize()  # 1 January 2024 was a Monday


def hour_head(hour: int) -> str:
    """An hour as the head of a narrow column."""
    return f"{hour:02}"


def short(number: float) -> int | float:
    """With one decimal at most."""
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
