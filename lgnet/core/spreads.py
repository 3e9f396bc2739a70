"""Medians and percentiles of numbers that are known by how often each occurs."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

MEDIAN, NINE_IN_TEN = Fraction(1, 2), Fraction(9, 10)


def percentile(spread: Mapping[int, int], share: Fraction) -> Decimal | None:
    """The value below which `share` of the numbers lie, interpolated between neighbours (as PERCENTILE.INC).

    `spread` says how often each number occurs.
    """
    values = sorted(value for value, count in spread.items() if count)
    ranks = list(accumulate(spread[value] for value in values))
    if not ranks or ranks[-1] == 0:
        return None
    position = (ranks[-1] - 1) * share
    below = _at(values, ranks, int(position))
    above = _at(values, ranks, min(int(position) + 1, ranks[-1] - 1))
    exact = below + (above - below) * (position - int(position))
    return Decimal(round(exact * 100)) / 100


def _at(values: list[int], ranks: list[int], index: int) -> int:
    return next(value for value, rank in zip(values, ranks, strict=True) if rank > index)
