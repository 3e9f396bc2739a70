"""The register of indicators: pages, spreadsheets, charts and generic tests go through it.

An indicator about people is a function of one journey: given what is known of one person, it returns the rows that it
counts. So a figure is a sum over persons, its evidence is those rows, and what changed is computed for those touched.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext

from lgnet.indicators.journeys import Check, Event, Journey
from lgnet.people.models import JourneyKind


class Kind(StrEnum):
    """What the value is."""

    ROWS = "rows"  # how many rows; one person may have several
    PERSONS = "persons"  # how many different persons or traces: one row each in a quarter
    DAYS = "days"  # median and 90th percentile of the days of the rows: one row for each person
    INTERVALS = "intervals"  # the same, of as many rows as a person has
    POINTS = "points"  # median and mean of points in hundredths, which may be less than 0


class Row(NamedTuple):
    """One row of evidence: the event that puts it in its quarter, where it began, how many days that took.

    `days` are hundredths of a point for an indicator of points. `group` is the one it belongs to, of those of the
    indicator.
    """

    event: Event
    first: Event | None = None
    days: int = 0
    check: Check | None = None
    group: str = ""

    @property
    def quarter(self) -> date:
        """The first day of the quarter in which it counts."""
        return self.event.quarter


Rule = Callable[[Journey], Iterable[Row]]


@dataclass(frozen=True)
class Indicator:
    """A figure by partner and quarter; the docstring of `rows` is its definition.

    `placed_by`: kinds of the events that put a row in a quarter. `looks_at`: all kinds it looks at, of any time, when
    those of the quarter are not enough; only for indicators about people who can be told again. `checks_title`: it
    looks at the checks of the title to stay and the identity too. `adds_up`: quarters may be added without counting
    anybody twice. `groups`: into which its rows fall, code and label; each is counted too, as an indicator with the
    code of both (`grouped`), and is a part of the same figure.
    """

    code: str
    label: str | Promise
    short: str | Promise
    unit: str | Promise
    kind: Kind
    area: str
    result: int
    placed_by: tuple[str, ...]
    looks_at: tuple[str, ...]
    checks_title: bool
    adds_up: bool
    rows: Rule
    groups: tuple[tuple[str, str | Promise], ...] = ()

    @property
    def definition(self) -> list[str]:
        """The paragraphs of the definition in the reader's language; the first is the rule in one sentence."""
        text = gettext(inspect.cleandoc(self.rows.__doc__ or ""))
        return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]

    @property
    def rule(self) -> str:
        """The rule in one sentence, printed with every number."""
        return self.definition[0]

    @property
    def is_days(self) -> bool:
        """Whether the value is a number of days, not a count."""
        return self.kind in {Kind.DAYS, Kind.INTERVALS}

    @property
    def is_points(self) -> bool:
        """Whether the value is a number of points."""
        return self.kind == Kind.POINTS

    @property
    def is_spread(self) -> bool:
        """Whether the value is a median: how often each number occurs is kept."""
        return self.is_days or self.is_points

    @property
    def grouped(self) -> list["Indicator"]:
        """Its groups, each as an indicator."""
        return [_GROUPS[grouped_code(self.code, group)] for group, _label in self.groups]


_INDICATORS: dict[str, Indicator] = {}
_GROUPS: dict[str, Indicator] = {}


def grouped_code(code: str, group: str) -> str:
    """The code of a group of an indicator."""
    return f"{code}-{group}"


def indicator(
    *, label: str | Promise, unit: str | Promise, kind: Kind, result: int, placed_by: Iterable[str],
    looks_at: Iterable[str] = (), checks_title: bool = False, adds_up: bool = False, short: str | Promise = "",
    groups: Iterable[tuple[str, str | Promise]] = (),
) -> Callable[[Rule], Rule]:  # fmt: skip
    """Register the decorated function as an indicator; its name is the code, its module the area.

    `result` is the number of the expected result of the project it tells about. Raises ValueError for a code used
    twice or a missing docstring.
    """

    def register(rule: Rule) -> Rule:
        code, area = rule.__name__, rule.__module__.rpartition(".")[2]
        if code in _INDICATORS or not rule.__doc__:
            raise ValueError(f"{code}: used twice, or without a definition")
        _INDICATORS[code] = one = Indicator(
            code=code, label=label, short=short or label, unit=unit, kind=kind, area=area, result=result,
            placed_by=tuple(placed_by), looks_at=tuple(looks_at), checks_title=checks_title, adds_up=adds_up, rows=rule,
            groups=tuple(groups),
        )  # fmt: skip
        for group, name in one.groups:
            part = grouped_code(code, group)
            _GROUPS[part] = replace(one, code=part, label=name, short=name, rows=_only(rule, group), groups=())
        return rule

    return register


def _only(rule: Rule, group: str) -> Rule:
    """The rule, with the rows of one group only."""

    @functools.wraps(rule)
    def rows(journey: Journey) -> Iterator[Row]:
        return (row for row in rule(journey) if row.group == group)

    return rows


def all_indicators() -> Iterator[Indicator]:
    """Every indicator, in the order of the definitions."""
    return iter(_INDICATORS.values())


def counted() -> Iterator[Indicator]:
    """Every indicator, each followed by its groups: whatever is stored."""
    for one in all_indicators():
        yield one
        yield from one.grouped


def find_indicator(code: str) -> Indicator | None:
    """The indicator, or the group of one, with this code; or None."""
    return _INDICATORS.get(code) or _GROUPS.get(code)


def kinds_read() -> tuple[str, ...]:
    """The kinds of events that some indicator looks at; each check of a title comes with its event."""
    kinds = {kind for one in all_indicators() for kind in (*one.placed_by, *one.looks_at)}
    if any(one.checks_title for one in all_indicators()):
        kinds.add(JourneyKind.ELIGIBILITY_CHECKED)
    return tuple(sorted(kinds))
