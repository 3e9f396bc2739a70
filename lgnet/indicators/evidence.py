"""The rows behind a figure, as they may be shown: pseudonyms, days, kinds and teams; never a name."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, overload

from django.db.models import Q

from lgnet.core.periods import Quarter
from lgnet.indicators.journeys import Scope, known, read_journeys
from lgnet.indicators.registry import Indicator, Row
from lgnet.people.models import JourneyEvent, JourneyKind

CHUNK = 2000  # rows of an export that are looked up at a time


@dataclass(frozen=True)
class EvidenceRow:
    """One row to show. `who` is a pseudonym, a code for somebody not identified, or empty for nobody in particular."""

    who: str
    person_id: uuid.UUID | None
    partner_id: uuid.UUID
    partner: str
    kind: str
    on: date
    team: str
    first_kind: str
    first_on: date | None
    days: int | None
    change: float | None
    checked_on: date | None


class Found(NamedTuple):
    """A row of evidence and whose it is; no `subject` for somebody without any identity."""

    partner: uuid.UUID
    subject: str
    row: Row


Noted = Callable[[str, Sequence[EvidenceRow]], None]


class Evidence(Sequence[EvidenceRow]):
    """The rows of a figure in order of time; only those looked at are read from the database, and then noted.

    `noted(how, rows)` hears of every slice ("shown") and of all rows when they are gone through ("exported").
    """

    def __init__(
        self, indicator: Indicator, found: Sequence[Found], noted: Noted, as_known: datetime | None = None
    ) -> None:  # fmt: skip
        self.indicator, self.found, self.noted, self.as_known = indicator, found, noted, as_known

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> EvidenceRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[EvidenceRow]: ...
    def __getitem__(self, index: int | slice) -> EvidenceRow | list[EvidenceRow]:
        if isinstance(index, int):
            return self[index : index + 1 or None][0]
        rows = self._told(self.found[index])
        self.noted("shown", rows)
        return rows

    def __iter__(self) -> Iterator[EvidenceRow]:
        rows = [row for start in range(0, len(self), CHUNK) for row in self._told(self.found[start : start + CHUNK])]
        self.noted("exported", rows)
        return iter(rows)

    def sorted_by(self, key: str, *, falling: bool) -> "Evidence":
        """The same rows in the order of `on`, `days`, `first_on` or `kind`; any other key changes nothing."""
        order = _ORDERS.get(key)
        if order is None:
            return self
        found = sorted(self.found, key=lambda one: order(one.row), reverse=falling)
        return Evidence(self.indicator, found, self.noted, self.as_known)

    def _told(self, found: Sequence[Found]) -> list[EvidenceRow]:
        details = {
            one["pk"]: dict(one)
            for one in JourneyEvent.objects.filter(pk__in=[uuid.UUID(one.row.event.pk) for one in found]).values(
                "pk", "person__pseudonym", "person_id", "team__name", "partner__short_name"
            )
        }
        return [self._row(one, details[uuid.UUID(one.row.event.pk)]) for one in found]

    def _row(self, found: Found, detail: dict[str, Any]) -> EvidenceRow:
        row = found.row
        return EvidenceRow(
            who=detail["person__pseudonym"] or (trace_code(found.subject) if found.subject else ""),
            person_id=detail["person_id"],
            partner_id=found.partner,
            partner=detail["partner__short_name"],
            kind=row.event.kind,
            on=row.event.day,
            team=detail["team__name"] or "",
            first_kind=row.first.kind if row.first else "",
            first_on=row.first.day if row.first else None,
            days=row.days if self.indicator.is_days else None,
            change=row.days / 100 if self.indicator.is_points else None,
            checked_on=row.check.day if row.check else None,
        )


_ORDERS: dict[str, Callable[[Row], Any]] = {
    "on": lambda row: row.event.moment,
    "days": lambda row: row.days,
    "first_on": lambda row: row.first.moment if row.first else "",
    "kind": lambda row: JourneyKind.values.index(row.event.kind),
}


def trace_code(trace: str) -> str:
    """A short code for somebody who is not identified: the same person has the same one, and it tells nothing."""
    end = trace.replace("-", "")[-8:].upper()
    return f"?{end[:4]}-{end[4:]}"


def rows_of(
    indicator: Indicator, quarter: Quarter, partners: tuple[uuid.UUID, ...], *, as_known: datetime | None = None,
    stamp: str = "",
) -> list[Found]:  # fmt: skip
    """Every row of an indicator in a quarter, in order of time, as known at a moment (None: now).

    With the `stamp` of figures.state_of a process keeps the last lists, so that nobody waits to turn their pages.
    """
    key = indicator.code, quarter, partners, as_known, stamp
    found = _remembered.get(key) if stamp else None
    if found is None:
        found = _read_rows(indicator, quarter, partners, as_known)
        if stamp:
            _remember(key, found)
    return found


_remembered: dict[object, list[Found]] = {}
MOST_REMEMBERED = 50_000  # rows of all lists together, some 20 MB


def _remember(key: object, found: list[Found]) -> None:
    _remembered[key] = found
    while len(_remembered) > 1 and sum(map(len, list(_remembered.values()))) > MOST_REMEMBERED:
        _remembered.pop(next(iter(_remembered)), None)


def _read_rows(
    indicator: Indicator, quarter: Quarter, partners: tuple[uuid.UUID, ...], as_known: datetime | None
) -> list[Found]:  # fmt: skip
    in_quarter = Q(occurred_at__gte=quarter.starts_at, occurred_at__lt=quarter.ends_at)
    if indicator.looks_at:
        placed = JourneyEvent.objects.filter(
            in_quarter, known(as_known), partner__in=partners, kind__in=indicator.placed_by
        ).order_by()
        persons = placed.filter(person__isnull=False).values("person_id")
        traces = placed.filter(person__isnull=True, trace__isnull=False).values("trace")
        only = Q(person__in=persons)
        if traces.exists():  # most indicators are about registered persons, who are found faster alone
            only |= Q(person__isnull=True, trace__in=traces)
        scope = Scope(
            partners, indicator.looks_at, as_known, only=only,
            persons=persons if indicator.checks_title else (),
        )  # fmt: skip
    else:
        scope = Scope(partners, indicator.placed_by, as_known, only=in_quarter, persons=())
    found = [
        Found(journey.partner, journey.subject, row)
        for journey in read_journeys(scope)
        for row in indicator.rows(journey)
        if row.quarter == quarter.first_day
    ]
    return sorted(found, key=lambda one: (one.row.event.moment, one.row.event.pk))
