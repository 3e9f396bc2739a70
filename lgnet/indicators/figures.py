"""Figures as they stand now: what was stored, and for those about whom something was written since, the difference.

The stored figures are those known at `computed_at`. An indicator is a sum over persons, so today's figure is the stored
one, less the rows of those touched as known then, plus their rows as known now. Nothing is written, and the work grows
with what was written since, not with what there is.
"""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from lgnet.indicators.journeys import Scope, identity_changes, read_journeys, read_then_and_now
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import Indicator, all_indicators, kinds_read
from lgnet.indicators.tallies import Tally, Value, tally, tally_change, value_of
from lgnet.people.models import JourneyEvent

# A page takes in at most so many records written since the figures were stored: about two days of the whole network.
# Beyond that it shows the stored figures and says of when they are.
MOST_CHANGES = 3000

Partners = tuple[uuid.UUID, ...]
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
    """The figures of one partner in every quarter. Costs four queries, and four more when something was written."""
    return _up_to_date(Figure.objects.filter(partner=partner), (partner,), whole_network=False)


def network_figures(partners: Partners, quarter: date) -> Figures:
    """The figures of the whole network in every quarter, and of each partner in `quarter` only. Costs the same."""
    stored = Figure.objects.filter(Q(partner__isnull=True) | Q(partner__isnull=False, quarter=quarter))
    return _up_to_date(stored, partners, whole_network=True)


def _up_to_date(stored: QuerySet[Figure], partners: Partners, *, whole_network: bool) -> Figures:
    found = Figures(codes=frozenset(one.code for one in all_indicators()))
    rows = stored.order_by().annotate(text=Cast("spread", TextField()))
    columns = ("partner_id", "indicator", "quarter", "base", "value", "nine_in_ten", "text", "computed_at")
    for partner, code, quarter, *cell, computed_at in rows.values_list(*columns):
        found.stored[partner, code, quarter] = Stored(*cell)
        found.computed_at = computed_at
    if found.stored:
        found.codes = frozenset(code for _partner, code, _quarter in found.stored)
    changed = changes_since(partners, found.computed_at)
    found.stamp = _stamp(found.computed_at, changed)
    if changed is None:
        found.is_behind = True
        found.codes = found.codes if found.stored else frozenset()
        return found
    found.changes = changed.count
    for partner, difference in differences(partners, found.computed_at, changed).items():
        found.differences[partner] = difference
        if whole_network:
            found.differences.setdefault(WHOLE_NETWORK, Tally()).add(difference)
    return found


def _stored_value(indicator: Indicator, stored: Stored | None) -> Value:
    if stored is None:
        return Value()
    if indicator.is_days:
        return Value(stored.base, stored.value, stored.nine_in_ten)
    return Value(stored.base)


def _spread(stored: Stored | None) -> dict[int, int]:
    if stored is None:
        return {}
    spread = json.loads(stored.spread)
    return {int(days): count for days, count in spread.items()} if spread else {0: stored.base}


@dataclass
class Changes:
    """What was written since a moment: for each of those touched, the ids of the records."""

    persons: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    traces: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    anonymous: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))  # events of nobody
    count: int = 0

    def add(self, record: str, event: uuid.UUID, person: uuid.UUID | None, trace: uuid.UUID | None) -> None:
        """Note a record about this person, or else this trace, or else this event alone."""
        kept, subject = (self.persons, person) if person else (self.traces, trace) if trace else (self.anonymous, event)
        kept[subject].add(record)
        self.count += 1


def changes_since(partners: Partners, moment: datetime | None) -> Changes | None:
    """Events recorded or voided since `moment` (None: ever) and identities changed; None if there are too many.

    A check of the title is not looked for: it always comes with its event.
    """
    events = JourneyEvent.objects.filter(partner__in=partners, kind__in=kinds_read()).order_by()
    written = events.filter(recorded_at__gt=moment) if moment else events
    queries: list[tuple[str, Any]] = [("new", written.values_list("pk", "person_id", "trace"))]
    if moment:
        queries += [
            ("void", events.filter(voided_at__gt=moment).values_list("pk", "person_id", "trace")),
            ("named", identity_changes(partners, since=moment).values_list("pk", "person_id", "object_id")),
        ]
    changed = Changes()
    for what, rows in queries:
        for pk, person, trace in rows[: MOST_CHANGES + 1]:
            changed.add(f"{what} {pk}", pk, person, trace)
        if changed.count > MOST_CHANGES:
            return None
    return changed


def stamp_of(partners: Partners) -> str:
    """A text that changes whenever something is written that may change a figure or its rows; empty if nobody can tell.

    It costs one query less than figures.
    """
    moment = Figure.objects.order_by().values_list("computed_at", flat=True).first()
    changed = changes_since(partners, moment)
    return "" if changed is None else _stamp(moment, changed)


def _stamp(moment: datetime | None, changed: Changes | None) -> str:
    if changed is None:
        return f"{moment} and more"
    kinds = (changed.persons, changed.traces, changed.anonymous)
    records = sorted(record for kind in kinds for ids in kind.values() for record in ids)
    return hashlib.sha256(f"{moment} {records}".encode()).hexdigest()[:32]


# What each of those touched adds to the stored figures, with the records that tell so; kept by the process.
_remembered: dict[tuple[datetime | None, uuid.UUID], tuple[set[str], uuid.UUID, Tally]] = {}
MOST_REMEMBERED = 20_000
_NEVER: tuple[set[str], None, None] = (set(), None, None)


def differences(partners: Partners, since: datetime | None, changed: Changes) -> dict[uuid.UUID, Tally]:
    """What those touched add to the figures known at `since` (None: to nothing), partner by partner.

    Only those about whom something was written after they were last looked at are read again.
    """
    touched = {**changed.persons, **changed.traces, **changed.anonymous}
    new = {subject for subject, records in touched.items() if _remembered.get((since, subject), _NEVER)[0] != records}
    fresh = _look_at(partners, since, changed, new)
    found: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    for subject, records in touched.items():
        entry = (records, *fresh[subject]) if subject in new else _remembered[since, subject]
        _remembered[since, subject] = entry
        found[entry[1]].add(entry[2])
    if len(_remembered) > MOST_REMEMBERED:
        _remembered.clear()
    return dict(found)


def _look_at(
    partners: Partners, since: datetime | None, changed: Changes, subjects: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID, Tally]]:  # fmt: skip
    if not subjects:
        return {}
    persons = [one for one in changed.persons if one in subjects]
    touched = Q(person__in=persons) | Q(pk__in=[one for one in changed.anonymous if one in subjects])
    touched |= Q(person__isnull=True, trace__in=[one for one in changed.traces if one in subjects])
    scope = Scope(partners, kinds_read(), only=touched, persons=persons)
    found = {subject: (partners[0], Tally()) for subject in subjects}  # somebody may have no event that is looked at
    for subject, then, now in read_then_and_now(scope, since):
        found[subject] = now.partner, tally_change(then, now, all_indicators())
    return found


def all_figures(partners: Iterable[uuid.UUID], *, as_known: datetime) -> dict[uuid.UUID | None, Tally]:
    """Every figure from scratch, as known at a moment; reads every journey once, one partner after the other."""
    tallies: dict[uuid.UUID | None, Tally] = {WHOLE_NETWORK: Tally()}
    for partner in partners:
        journeys = read_journeys(Scope((partner,), kinds_read(), as_known=as_known))
        tallies[partner] = tally(journeys, all_indicators()).get(partner, Tally())
        tallies[WHOLE_NETWORK].add(tallies[partner])
    return tallies
