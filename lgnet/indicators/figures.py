"""Figures as they stand now: what was stored, and for those about whom something was written since, the difference.

The stored figures are those known at `computed_at`. An indicator is a sum over persons, so today's figure is the stored
one, less the rows of those touched as known then, plus their rows as known now. Nothing is written, and the work grows
with what was written since, not with what there is.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from lgnet.indicators.changes import Partners, changes_since, differences, stamp
from lgnet.indicators.journeys import NEVER, Scope, read_journeys
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import Indicator, all_indicators, counted, kinds_read
from lgnet.indicators.tallies import Tally, Value, tally, value_of

WHOLE_NETWORK = None  # in place of a partner: all of them together


class Stored(NamedTuple):
    """A stored figure; `spread` is still the text of the database, because it is seldom needed."""

    base: int
    value: Decimal | None
    nine_in_ten: Decimal | None
    spread: str


@dataclass
class Figures:
    """Figures of a partner, or of the network and of each partner.

    `changes` counts the records written since `computed_at` and taken in; when there are too many they are left out and
    `is_behind`. `codes` are the indicators that are stored (all, if nothing is).
    """

    stored: dict[tuple[uuid.UUID | None, str, date], Stored] = field(default_factory=dict)
    differences: dict[uuid.UUID | None, Tally] = field(default_factory=dict)
    computed_at: datetime | None = None
    codes: frozenset[str] = frozenset()
    changes: int = 0
    is_behind: bool = False
    stamp: str = ""  # as long as it is the same, so is every figure

    def value(self, indicator: Indicator, quarter: date, partner: uuid.UUID | None) -> Value | None:
        """A figure; None when it has never been computed."""
        if indicator.code not in self.codes:
            return None
        stored = self.stored.get((partner, indicator.code, quarter))
        changed = self._difference(partner).spread(indicator.code, quarter)
        if not changed:
            return _stored_value(indicator, stored)
        spread = defaultdict(int, changed)
        for days, count in _spread(stored).items():
            spread[days] += count
        return value_of(indicator, spread)

    def total(self, indicator: Indicator, partner: uuid.UUID | None) -> int:
        """All quarters together; only for an indicator that `adds_up`."""
        stored = sum(
            cell.base for (who, code, _quarter), cell in self.stored.items() if (who, code) == (partner, indicator.code)
        )
        return stored + self._difference(partner).total(indicator.code)

    def quarters(self, partner: uuid.UUID | None) -> set[date]:
        """First days of the quarters in which something is counted."""
        found = {quarter for (who, _code, quarter), cell in self.stored.items() if who == partner and cell.base}
        return found | self._difference(partner).quarters()

    def _difference(self, partner: uuid.UUID | None) -> Tally:
        return self.differences.get(partner) or _NOTHING


_NOTHING = Tally()


def partner_figures(partner: uuid.UUID) -> Figures:
    """The figures of one partner in every quarter. Costs four queries, and five more after something was written."""
    return _up_to_date(Figure.objects.filter(partner=partner), (partner,), whole_network=False)


def network_figures(partners: Partners, quarter: date) -> Figures:
    """The figures of the whole network in every quarter, and of each partner in `quarter` only. Costs the same."""
    stored = Figure.objects.filter(Q(partner__isnull=True) | Q(partner__isnull=False, quarter=quarter))
    return _up_to_date(stored, partners, whole_network=True, quarter=quarter)


def state_of(partners: Partners) -> tuple[str, datetime | None]:
    """A text that changes whenever a figure or its rows may have changed, and None; or, if there were too many changes
    to tell, an empty text and the moment of which the figures are shown.
    """
    moment = Figure.objects.order_by().values_list("computed_at", flat=True).first()
    changed = changes_since(partners, moment or NEVER)
    return stamp(moment or NEVER, changed), moment if changed is None else None


def _up_to_date(
    figures: QuerySet[Figure], partners: Partners, *, whole_network: bool, quarter: date | None = None
) -> Figures:  # fmt: skip
    computed_at, stored = _stored(figures, (partners, quarter))
    codes = {code for _partner, code, _quarter in stored} or {one.code for one in counted()}
    since = computed_at or NEVER
    changed = changes_since(partners, since)
    if changed is None:
        return Figures(stored, {}, computed_at, frozenset(codes if stored else ()), is_behind=True)
    found: dict[uuid.UUID | None, Tally] = {}
    for partner, difference in differences(partners, since, changed).items():
        found[partner] = difference
        if whole_network:
            found.setdefault(WHOLE_NETWORK, Tally()).add(difference)
    return Figures(stored, found, computed_at, frozenset(codes), changed.count, stamp=stamp(since, changed))


Cells = dict[tuple[uuid.UUID | None, str, date], Stored]
_remembered: dict[object, tuple[datetime | None, Cells]] = {}
MOST_REMEMBERED = 300  # sets of figures kept by the process until they are computed again


def _stored(figures: QuerySet[Figure], key: object) -> tuple[datetime | None, Cells]:
    """The stored figures and when they were computed; read again only when they were exchanged."""
    computed_at = figures.order_by().values_list("computed_at", flat=True).first()
    found = _remembered.get(key)
    if found and computed_at and found[0] == computed_at:
        return found
    stored: Cells = {}
    rows = figures.order_by().annotate(text=Cast("spread", TextField()))
    columns = ("partner_id", "indicator", "quarter", "base", "value", "nine_in_ten", "text", "computed_at")
    for partner, code, quarter, *cell, moment in rows.values_list(*columns):
        stored[partner, code, quarter] = Stored(*cell)
        computed_at = moment
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = computed_at, stored
    return computed_at, stored


def _stored_value(indicator: Indicator, stored: Stored | None) -> Value:
    if stored is None:
        return Value()
    if indicator.is_spread:
        return Value(stored.base, stored.value, stored.nine_in_ten)
    return Value(stored.base)


def _spread(stored: Stored | None) -> dict[int, int]:
    if stored is None:
        return {}
    spread = json.loads(stored.spread)
    return {int(days): count for days, count in spread.items()} if spread else {0: stored.base}


def all_figures(partners: Iterable[uuid.UUID], *, as_known: datetime) -> dict[uuid.UUID | None, Tally]:
    """Every figure from scratch, as known at a moment; reads every journey once, one partner after the other."""
    tallies: dict[uuid.UUID | None, Tally] = {WHOLE_NETWORK: Tally()}
    for partner in partners:
        journeys = read_journeys(Scope((partner,), kinds_read(), as_known=as_known))
        tallies[partner] = tally(journeys, all_indicators()).get(partner, Tally())
        tallies[WHOLE_NETWORK].add(tallies[partner])
    return tallies
