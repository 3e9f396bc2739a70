"""How long people wait for a step, with those who still wait counted properly and not left out.

The share that has reached the step after so many days is estimated as Kaplan and Meier do, by SciPy: who still waits,
or waits no more for another reason (the case was closed, the person has left), counts for as long as it was known.
"""

import math
import uuid
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DateTimeField, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from lgnet.cases.waiting_models import BEGINS, REACHED, DelayCause, Step
from lgnet.core.week_hours import SecondsBetween
from lgnet.people.models import Episode

DAY = 24 * 3600
MARKS = (7, 14, 30, 60, 90, 120, 180)  # days told in the table


class Spell(NamedTuple):
    """So many days of waiting, at whose end the step was reached or not (yet)."""

    days: int
    is_reached: bool


Spells = Mapping[Spell, int]  # how often each occurs


class Point(NamedTuple):
    """After so many days this share has reached the step, between `low` and `high` (95%)."""

    days: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """How long people wait. `median` and `nine_in_ten` are None when fewer than that share have reached the step."""

    points: list[Point]
    reached: int
    waiting: int

    @property
    def median(self) -> int | None:
        """The days after which half have reached it."""
        return self._days(0.5)

    @property
    def nine_in_ten(self) -> int | None:
        """The days after which 9 in 10 have reached it."""
        return self._days(0.9)

    def _days(self, share: float) -> int | None:
        return next((point.days for point in self.points if point.share >= share - 1e-9), None)

    def at(self, days: int) -> Point | None:
        """The estimate after so many days; None when nobody was followed for so long."""
        before = [point for point in self.points if point.days <= days]
        longest = self.points[-1].days if self.points else 0
        if days > longest and self.waiting:
            return None
        return before[-1] if before else Point(days, 0.0, 0.0, 0.0)


def spells_of(
    partners: Sequence[uuid.UUID], step: Step, *, since: datetime | None = None, now: datetime | None = None
) -> dict[uuid.UUID, dict[Spell, int]]:
    """The spells of waiting for a step of everybody who began to wait since a moment, by city. One query."""
    now = now or timezone.now()
    begins, reached = BEGINS[step], REACHED[step]
    given_up = DelayCause.objects.filter(
        person=OuterRef("person"), episode=OuterRef("number"), step=step, followed_at__isnull=True,
        cause__in=DelayCause.ENDING,
    ).values("stated_at")[:1]  # fmt: skip
    end = Coalesce(reached, "outcome_at", Subquery(given_up, output_field=DateTimeField()), Value(now))
    days = Greatest(SecondsBetween(F(begins), end) / Value(DAY), Value(0), output_field=IntegerField())
    rows = Episode.objects.filter(Q(**{f"{begins}__isnull": False}), partner__in=partners, **{f"{begins}__lte": now})
    if since is not None:
        rows = rows.filter(**{f"{begins}__gte": since})
    counted = rows.annotate(days=days, is_reached=Q(**{f"{reached}__isnull": False}))
    found: dict[uuid.UUID, dict[Spell, int]] = {partner: {} for partner in partners}
    for partner, length, is_reached, count in (
        counted.order_by().values_list("partner", "days", "is_reached").annotate(n=Count("pk"))
    ):
        found[partner][Spell(length, bool(is_reached))] = count
    return found


def together(spells: Sequence[Spells]) -> dict[Spell, int]:
    """The spells of several cities in one."""
    total: dict[Spell, int] = {}
    for some in spells:
        for spell, count in some.items():
            total[spell] = total.get(spell, 0) + count
    return total


def estimate(spells: Spells) -> Estimate:
    """The estimate that these spells give."""
    reached = sum(count for spell, count in spells.items() if spell.is_reached)
    waiting = sum(count for spell, count in spells.items() if not spell.is_reached)
    if not reached:
        longest = max((spell.days for spell in spells), default=0)
        return Estimate([Point(longest, 0.0, 0.0, 0.0)] if spells else [], 0, waiting)
    return Estimate(_points(spells), reached, waiting)


def _points(spells: Spells) -> list[Point]:
    """The estimate at each number of days that occurs, with bounds of 95% on the scale of the double logarithm."""
    import numpy as np  # noqa: PLC0415  both take a second to import, for a page that few open
    from scipy import stats  # noqa: PLC0415

    counts = list(spells.values())
    days = np.repeat([spell.days for spell in spells], counts)
    is_waiting = np.repeat([not spell.is_reached for spell in spells], counts)
    waits = stats.ecdf(stats.CensoredData.right_censored(days, is_waiting)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where nobody or everybody has reached it there are no bounds
        between: Any = waits.confidence_interval(confidence_level=0.95, method="log-log")
    rows = zip(waits.quantiles, waits.probabilities, between.low.probabilities, between.high.probabilities, strict=True)
    return [
        Point(int(day), 1 - float(share), _reached(1 - float(high), share), _reached(1 - float(low), share))
        for day, share, low, high in rows
    ]


def _reached(bound: float, waiting: float) -> float:
    """A bound of the share that has reached it; where there is none the estimate itself."""
    return 1 - float(waiting) if math.isnan(bound) else min(max(bound, 0.0), 1.0)


def since_days(days: int | None) -> datetime | None:
    """The moment so many days ago; none at all for None."""
    return None if days is None else timezone.now() - timedelta(days=days)
