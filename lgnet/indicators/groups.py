"""Figures told apart by group, city by city: what is stored and what was written since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

from lgnet.indicators.changes import Partners, changes_since, differences
from lgnet.indicators.journeys import NEVER
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import Indicator


@dataclass(frozen=True)
class GroupLine:
    """The rows of a city, by the code of the indicator; None for the whole network."""

    partner: UUID | None
    counts: dict[str, int]


@dataclass(frozen=True)
class Groups:
    """The lines asked for; `is_behind` when too much was written since to take it in."""

    lines: list[GroupLine]
    is_behind: bool


def count_groups(indicators: Sequence[Indicator], partners: Partners, quarter: date | None) -> Groups:
    """How many rows each city has of these indicators, in a quarter or (None) since the beginning.

    Costs six queries, and five more after something was written.
    """
    codes = [one.code for one in indicators]
    stored = Figure.objects.filter(partner__in=partners, indicator__in=codes)
    stored = stored.filter(quarter=quarter) if quarter else stored
    counts: dict[UUID, defaultdict[str, int]] = {partner: defaultdict(int) for partner in partners}
    for partner, code, count in stored.order_by().values_list("partner", "indicator").annotate(n=Sum("base")):
        counts[partner][code] = count
    since = Figure.objects.order_by().values_list("computed_at", flat=True).first() or NEVER
    changed = changes_since(partners, since)
    if changed is not None:
        for partner, change in differences(partners, since, changed).items():
            if partner not in counts:
                continue  # somebody of whom nothing is counted, remembered for a reader of other cities
            for code in codes:
                spread = change.spread(code, quarter) if quarter else None
                counts[partner][code] += change.total(code) if spread is None else sum(spread.values())
    return Groups([GroupLine(partner, dict(found)) for partner, found in counts.items()], is_behind=changed is None)
