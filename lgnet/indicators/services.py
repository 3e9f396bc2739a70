"""Figures computed and stored."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from lgnet.core.periods import Quarter
from lgnet.indicators.figures import all_figures
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import Indicator, counted
from lgnet.indicators.tallies import Tally, value_of
from lgnet.network.models import Partner

# Figures are stored as known a little while ago: a record of that time may still be on its way into the database, from
# a machine whose clock is not quite ours. Pages take in what is younger.
SETTLED = timedelta(minutes=2)


def refresh(*, now: datetime | None = None) -> int:
    """Compute every indicator for every partner and quarter from scratch and store it; return how many figures.

    Reading takes no lock; the figures are exchanged at once, in one short transaction.
    """
    as_known = (now or timezone.now()) - SETTLED
    tallies = all_figures(Partner.objects.order_by("pk").values_list("pk", flat=True), as_known=as_known)
    current = Quarter.of(timezone.localdate(as_known)).first_day
    figures = [
        _figure(one, partner, quarter, found, as_known)
        for partner, found in tallies.items()
        for one in counted()
        for quarter in sorted(found.quarters() | {current})
        if quarter == current or found.spread(one.code, quarter)
    ]
    with transaction.atomic():
        Partner.objects.select_for_update().order_by("pk").first()  # of two at the same time one waits here
        Figure.objects.all().delete()
        Figure.objects.bulk_create(figures)
    return len(figures)


def _figure(
    indicator: Indicator, partner: uuid.UUID | None, quarter: date, found: Tally, computed_at: datetime
) -> Figure:  # fmt: skip
    spread = found.spread(indicator.code, quarter)
    value = value_of(indicator, spread)
    return Figure(
        indicator=indicator.code, partner_id=partner, quarter=quarter, base=value.count, computed_at=computed_at,
        value=value.median if indicator.is_spread else value.count, nine_in_ten=value.nine_in_ten,
        spread=spread if indicator.is_spread else {},
    )  # fmt: skip
