"""The coordinator's board: what the units are doing, and what waits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncHour
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.cases.selectors import visible_referrals
from lgnet.catalogue.models import Team, Zone
from lgnet.core.maps import NARROW, WIDE, Map, Place, Ring, draw_map
from lgnet.core.week_hours import hours_between
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact, Outing, OutingState
from lgnet.outreach.outing_selectors import in_state, listed_outings
from lgnet.people.models import NAMED, Person

LOOK_BACK = timedelta(hours=16)  # in the morning the whole night is seen
LOOK_AHEAD = timedelta(hours=18)


@dataclass(frozen=True)
class Grid:
    """Contacts by zone and hour: `hours` the moments at which the hours begin, `rows` zone, counts and sum."""

    hours: list[datetime]
    rows: list[tuple[str, Any, list[int], int]]
    sums: list[int]

    @property
    def total(self) -> int:
        """All contacts in it."""
        return sum(self.sums)


def outings_on_board(user: User, now: datetime) -> QuerySet[Any]:
    """Outings of the cities the user plans for: running, soon to begin, and those just over, missed or cancelled.

    Each with `contacts_made` and `people_met`.
    """
    since, until = now - LOOK_BACK, now + LOOK_AHEAD
    near = Q(starts_at__lt=until) & (Q(ends_at__gt=since) | Q(ended_at__gt=since))
    heads = Contact.objects.standing().filter(outing=OuterRef("pk")).order_by().values("outing")
    found = listed_outings(user).filter(near | in_state(OutingState.RUNNING))
    found = found.annotate(people_met=Coalesce(Subquery(heads.annotate(n=Sum("head_count")).values("n")), 0))
    return found.filter(partner__in=access_of(user).partner_ids(Permission.PLAN_OUTINGS)).order_by("starts_at", "pk")


def contacts_by_hour(user: User, now: datetime, outings: list[Outing]) -> Grid:
    """Contacts of the units in the last hours; zones where a unit stops are there even without a contact."""
    partners = access_of(user).partner_ids(Permission.PLAN_OUTINGS)
    made = Contact.objects.standing().filter(
        partner__in=partners, team__kind=Team.Kind.MOBILE_UNIT, occurred_at__gte=now - LOOK_BACK, occurred_at__lte=now
    )
    zones: dict[Any, str] = {}
    for outing in outings:
        zones |= {row.stop.zone_id: row.stop.zone.name for row in outing.stops.all()}
    counted: dict[tuple[Any, datetime], int] = {}
    in_hours = made.order_by().annotate(hour=TruncHour("occurred_at", tzinfo=UTC)).values_list("zone", "hour")
    for zone_id, hour, name, number in in_hours.annotate(Min("zone__name"), Count("pk")):
        zones[zone_id] = name
        counted[zone_id, timezone.localtime(hour)] = number
    hours = _all_between({hour for _zone, hour in counted})
    rows = []
    for zone_id, name in sorted(zones.items(), key=lambda pair: pair[1]):
        counts = [counted.get((zone_id, hour), 0) for hour in hours]
        rows.append((name, zone_id, counts, sum(counts)))
    sums = [sum(row[2][at] for row in rows) for at in range(len(hours))]
    return Grid(hours, rows, sums)


def board_maps(
    user: User, now: datetime, outings: list[Outing], grid: Grid, hour: int | None
) -> list[tuple[str, dict[str, Map | None]]]:  # fmt: skip
    """For each city that the user plans for its zones on a map, with the contacts of an hour (None: all of them)."""
    there = _zones_covered(outings, now, hour)
    counts = {
        zone_id: sum(count for at, count in zip(grid.hours, numbers, strict=True) if hour in {None, at.hour})
        for _name, zone_id, numbers, _all in grid.rows
    }
    return zone_maps(zones_planned(user), counts, there, timezone.localdate(now - LOOK_BACK))


def zones_planned(user: User) -> QuerySet[Zone]:
    """Zones in use of the cities that the user plans for."""
    partners = access_of(user).partner_ids(Permission.PLAN_OUTINGS)
    zones = Zone.objects.filter(partner__in=partners, is_active=True).select_related("partner")
    return zones.order_by("partner__short_name", "name")


def zone_maps(
    zones: Iterable[Zone], counts: Mapping[Any, int] | None = None, there: Collection[Any] = (),
    since: date | None = None,
) -> list[tuple[str, dict[str, Map | None]]]:  # fmt: skip
    """City by city the zones with a middle, how many contacts each has since a day, and where somebody was.

    Without `counts` the map only shows where the zones are.
    """
    places: dict[str, list[Place]] = {}
    outlines: dict[str, list[Ring]] = {}
    for zone in zones:
        if zone.latitude is None or zone.longitude is None:
            continue
        count = (counts or {}).get(zone.pk, 0)
        url = f"{reverse('contact_list')}?zone={zone.pk}&since={since}" if count else ""
        told = "" if counts is None else str(count)
        is_covered = counts is None or zone.pk in there
        place = Place(zone.name, zone.latitude, zone.longitude, count, told, is_covered, url)
        places.setdefault(zone.partner.short_name, []).append(place)
        outlines.setdefault(zone.partner.short_name, []).extend(zone.outline)
    return [
        (city, {"wide": draw_map(found, WIDE, outlines[city]), "narrow": draw_map(found, NARROW, outlines[city])})
        for city, found in places.items()
    ]


def _zones_covered(outings: list[Outing], now: datetime, hour: int | None) -> set[Any]:
    """Zones at whose stops an outing was, at this hour."""
    covered = set()
    for outing in outings:
        for row in outing.stops.all() if outing.started_at else ():
            begin, end = max(row.arrives_at, outing.begins_at), min(row.leaves_at or outing.finishes_at, now)
            if any(hour in {None, slot.hour} for slot, _share in hours_between(begin, end)):
                covered.add(row.stop.zone_id)
    return covered


def unanswered_from_street(user: User) -> QuerySet[Referral]:
    """Referrals of the mobile units that nobody has answered, oldest first: what a line about each needs."""
    sent = visible_referrals(user).filter(status__in=Referral.UNANSWERED, from_team__kind=Team.Kind.MOBILE_UNIT)
    partners = access_of(user).partner_ids(Permission.PLAN_OUTINGS)
    wanted = ("person", "called", "code", "to_team", "sent_at")
    rows = sent.filter(partner__in=partners).select_related(None).only(*wanted).order_by("sent_at")
    return rows.prefetch_related(Prefetch("person", Person.objects.only(*NAMED)), "to_team")


def _all_between(hours: set[datetime]) -> list[datetime]:
    if not hours:
        return []
    first, last = min(hours).astimezone(UTC), max(hours).astimezone(UTC)
    count = int((last - first) / timedelta(hours=1)) + 1
    return [timezone.localtime(first + timedelta(hours=number)) for number in range(count)]
