"""Published stops and when a unit is next there, for anybody.

Only what was published by hand, of outings that are planned or under way: no crew, no vehicle, no note, and nothing of
an outing that was cancelled. A stop is a square or a street corner by definition, never where somebody sleeps.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from lgnet.core.help_places import HelpPlace, Opening, offers_help
from lgnet.outreach.models import Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.outing_selectors import LONGEST, in_state

AHEAD, SHOWN = timedelta(days=8), 4  # how far the next times are looked for, and how many of them are told


def published_stops(partner: uuid.UUID) -> QuerySet[Stop]:
    """Stops of the city that anybody may know, in use."""
    return Stop.objects.filter(partner=partner, is_published=True, is_active=True).select_related("zone")


def next_visits(stops: list[Stop], now: datetime) -> QuerySet[PlannedStop]:
    """When an outing is, or will be, at these stops, soonest first; not those that are over."""
    wanted = in_state(OutingState.PLANNED, now) | in_state(OutingState.RUNNING, now)
    outings = Outing.objects.filter(wanted, starts_at__gt=now - LONGEST, starts_at__lt=now + AHEAD)
    visits = PlannedStop.objects.filter(outing__in=outings, stop__in=stops).annotate(
        until=Coalesce("leaves_at", "outing__ends_at")
    )
    return visits.filter(Q(until__gt=now)).order_by("arrives_at", "pk")


@offers_help("street", order=10)
def stop_places(partner: uuid.UUID, now: datetime) -> Iterator[HelpPlace]:
    """Each published stop with its next times; where a unit comes first, first, and those without a time last."""
    stops = list(published_stops(partner))
    openings: dict[uuid.UUID, list[Opening]] = {stop.pk: [] for stop in stops}
    for visit in next_visits(stops, now):
        told = openings[visit.stop_id]
        opening = Opening(visit.arrives_at, visit.leaves_at)
        if len(told) < SHOWN and opening not in told:  # two units at one stop at one time are told once
            told.append(opening)
    with_times = sorted((stop for stop in stops if openings[stop.pk]), key=lambda s: openings[s.pk][0].starts_at)
    for stop in [*with_times, *(stop for stop in stops if not openings[stop.pk])]:
        yield HelpPlace(
            stop.name, area=_area(stop), directions=stop.directions, openings=tuple(openings[stop.pk])
        )  # fmt: skip


def _area(stop: Stop) -> str:
    """The zone, unless the name of the stop tells it."""
    return "" if stop.where == stop.name else stop.zone.name
