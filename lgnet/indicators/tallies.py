"""Rows folded into values: counts, medians and percentiles, by indicator and quarter, added and taken away exactly."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lgnet.core.spreads import MEDIAN, NINE_IN_TEN, percentile
from lgnet.indicators.journeys import Journey
from lgnet.indicators.registry import Indicator, Rule, grouped_code

Cell = tuple[str, date]  # code of the indicator, first day of the quarter


@dataclass(frozen=True)
class Value:
    """A figure: how many rows, and for days their median and 90th percentile, if there are any rows.

    For points the second number is their mean.
    """

    count: int = 0
    median: Decimal | None = None
    nine_in_ten: Decimal | None = None


class Tally:
    """How often each number of days occurs, by indicator and quarter; counts are kept under 0 days."""

    def __init__(self) -> None:
        self.cells: defaultdict[Cell, Counter[int]] = defaultdict(Counter)

    def add(self, other: "Tally", *, times: int = 1) -> None:
        """Add `other`, or take it away with `times=-1`."""
        for cell, spread in other.cells.items():
            mine = self.cells[cell]
            for days, count in spread.items():
                mine[days] += times * count

    def spread(self, code: str, quarter: date) -> dict[int, int]:
        """How many rows have how many days."""
        return {days: count for days, count in self.cells.get((code, quarter), {}).items() if count}

    def total(self, code: str) -> int:
        """All quarters of an indicator together."""
        return sum(spread.total() for (other, _quarter), spread in self.cells.items() if other == code)

    def quarters(self) -> set[date]:
        """First days of the quarters in which something is counted."""
        return {quarter for (_code, quarter), spread in self.cells.items() if any(spread.values())}


def tally(journeys: Iterable[Journey], indicators: Iterable[Indicator]) -> dict[uuid.UUID, Tally]:
    """The rows of these journeys counted, partner by partner."""
    rules = _rules(indicators)
    tallies: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    for journey in journeys:
        _count(journey, rules, tallies[journey.partner], 1)
    return dict(tallies)


def tally_change(then: Journey, now: Journey, indicators: Iterable[Indicator]) -> Tally:
    """What a journey counts now more than it did then; it may be less than 0."""
    found, rules = Tally(), _rules(indicators)
    _count(then, rules, found, -1)
    _count(now, rules, found, 1)
    return found


def _rules(indicators: Iterable[Indicator]) -> list[tuple[str, Rule]]:
    return [(one.code, one.rows) for one in indicators]


def _count(journey: Journey, rules: list[tuple[str, Rule]], into: Tally, times: int) -> None:
    for code, rule in rules:
        for row in rule(journey):
            into.cells[code, row.quarter][row.days] += times
            if row.group:
                into.cells[grouped_code(code, row.group), row.quarter][row.days] += times


def value_of(indicator: Indicator, spread: Mapping[int, int]) -> Value:
    """The figure that rows with so many days give."""
    count = sum(spread.values())
    if not (indicator.is_spread and count):
        return Value(count)
    if indicator.is_points:
        median = percentile(spread, MEDIAN)
        mean = Decimal(round(sum(points * times for points, times in spread.items()) / count)) / 100
        return Value(count, None if median is None else round(median / 100, 2), mean)
    return Value(count, percentile(spread, MEDIAN), percentile(spread, NINE_IN_TEN))
