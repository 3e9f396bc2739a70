"""The street report: what mobile units did where and when, added up by the database; the same few queries for any size.

It tells of contacts and places, not of one journey: so it stands here and not among the indicators.
"""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.catalogue.models import Team, Zone
from lgnet.core.maps import Ring
from lgnet.core.week_hours import Slot, WeekHour, clock_ahead, hours_between, slot_of
from lgnet.outreach.models import Contact, PlannedStop
from lgnet.outreach.report_selection import Selection

Cells = dict[tuple[uuid.UUID, Slot], float]  # a number by place and hour of the week

_COUNTS: dict[str, Any] = {
    "contacts": Count("pk"),
    "people": Coalesce(Sum("head_count"), 0),
    "persons": Count(Coalesce("person_id", "trace"), distinct=True),
}


@dataclass(frozen=True)
class Spot:
    """A zone, or a city where the report is about many: contacts, heads at them, persons who can be told again."""

    pk: uuid.UUID
    name: str
    slug: str = ""
    latitude: float | None = None
    longitude: float | None = None
    outline: Sequence[Ring] = ()
    contacts: int = 0
    people: int = 0
    persons: int = 0


@dataclass
class Presence:
    """Hours that units were at stops, by place and hour of the week, and how many times they were there."""

    hours: defaultdict[tuple[uuid.UUID, Slot], float] = field(default_factory=lambda: defaultdict(float))
    visits: Counter[uuid.UUID] = field(default_factory=Counter)


@dataclass(frozen=True)
class Report:
    """Everything the page shows. `needs` counts contacts by area, `cards` referrals by their status."""

    selection: Selection
    totals: dict[str, int]
    spots: list[Spot]
    contacts: Cells
    presence: Presence
    needs: Counter[str]
    cards: dict[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.totals["contacts"] or self.presence.visits or self.cards)

    @cached_property
    def total_hours(self) -> float:
        """Hours that units were at stops."""
        return sum(self.presence.hours.values())


def street_report(selection: Selection) -> Report:
    """What the mobile units did in what was selected. Costs seven queries."""
    contacts = _contacts(selection)
    rough = {"rough": Count("pk", filter=Q(sleeping_rough=True)), "housed": Count("pk", filter=Q(sleeping_rough=False))}
    return Report(
        selection, contacts.aggregate(**_COUNTS, **rough), _spots(selection, contacts), _by_hour(selection, contacts),
        _presence(selection), _needs(contacts), _cards(selection),
    )  # fmt: skip


def _contacts(selection: Selection) -> QuerySet[Contact]:
    start, end = selection.moments
    found = Contact.objects.standing().filter(
        partner__in=selection.partner_ids, occurred_at__gte=start, occurred_at__lt=end
    )
    if selection.team:
        found = found.filter(team=selection.team)
    if selection.zone:
        found = found.filter(zone=selection.zone)
    return found.order_by()


def _spots(selection: Selection, contacts: QuerySet[Contact]) -> list[Spot]:
    """Cities, or zones: those in use, also without a contact, and those no longer in use that have some."""
    key = "partner_id" if selection.by_city else "zone_id"
    counted = {row.pop(key): row for row in contacts.values(key).annotate(**_COUNTS)}
    if selection.by_city:
        cities = selection.reach.partners
        return [Spot(one.pk, one.short_name, one.slug, **counted.get(one.pk, {})) for one in cities]
    zones = Zone.objects.filter(partner__in=selection.partner_ids).order_by("name")
    if selection.zone:
        zones = zones.filter(pk=selection.zone.pk)
    return [
        Spot(zone.pk, zone.name, "", zone.latitude, zone.longitude, zone.outline, **counted.get(zone.pk, {}))
        for zone in zones
        if zone.is_active or zone.pk in counted
    ]


def _by_hour(selection: Selection, contacts: QuerySet[Contact]) -> Cells:
    key = "partner_id" if selection.by_city else "zone_id"
    hours = {"week_hour": WeekHour("occurred_at"), "ahead": clock_ahead(selection.first, selection.last)}
    rows = contacts.annotate(**hours).values_list(key, "week_hour", "ahead").annotate(n=Count("pk"))
    cells: Cells = defaultdict(float)
    for place, text, ahead, count in rows:
        cells[place, slot_of(text, ahead)] += count
    return cells


def _needs(contacts: QuerySet[Contact]) -> Counter[str]:
    """How many contacts saw a need of each area; contacts with the same needs are counted together."""
    counted: Counter[str] = Counter()
    same = contacts.annotate(text=Cast("needs", TextField())).values_list("text").annotate(n=Count("pk"))
    for text, count in same:
        counted.update(dict.fromkeys(json.loads(text), count))
    return counted


def _cards(selection: Selection) -> dict[str, int]:
    """How many referrals mobile units gave, by what became of them."""
    start, end = selection.moments
    sent = Referral.objects.filter(
        partner__in=selection.partner_ids, from_team__kind=Team.Kind.MOBILE_UNIT, sent_at__gte=start, sent_at__lt=end
    )
    if selection.team:
        sent = sent.filter(from_team=selection.team)
    if selection.zone:
        sent = sent.filter(contacts__zone=selection.zone, contacts__voided_at__isnull=True)
    came = When(arrived_at__isnull=False, then=Value(Referral.Status.ARRIVED))  # also one that was closed since
    fate = Case(came, default=F("status"), output_field=TextField())
    return dict(sent.order_by().annotate(fate=fate).values_list("fate").annotate(n=Count("pk", distinct=True)))


def _presence(selection: Selection) -> Presence:
    """When units were at their stops: as planned, within what the outing really lasted."""
    start, end = selection.moments
    day, now = timedelta(days=1), timezone.now()
    stops = PlannedStop.objects.filter(
        outing__partner__in=selection.partner_ids, outing__started_at__isnull=False,
        outing__starts_at__gte=start - day, outing__starts_at__lt=end + day,
    )  # fmt: skip
    if selection.team:
        stops = stops.filter(outing__team=selection.team)
    place = "outing__partner_id" if selection.by_city else "stop__zone_id"
    rows = stops.order_by("outing_id", "arrives_at", "pk").values_list(
        "outing_id", "stop__zone_id", place, "arrives_at", "leaves_at", "outing__started_at", "outing__ended_at",
        "outing__ends_at",
    )  # fmt: skip
    found = Presence()
    for _outing, group in groupby(rows, key=itemgetter(0)):
        for row, following in pairwise([*group, None]):
            _add_stop(found, row, following, selection, (start, min(end, now)))
    return found


def _add_stop(
    found: Presence, row: Any, following: Any, selection: Selection, within: tuple[datetime, datetime]
) -> None:
    _outing, zone, place, arrives, leaves, started, ended, planned_end = row
    if selection.zone and zone != selection.zone.pk:
        return
    begin = max(arrives, started, within[0])
    ends = [ended or planned_end, within[1], *([following[3]] if following else []), *([leaves] if leaves else [])]
    if (end := min(ends)) > begin:
        found.visits[place] += 1
        for slot, share in hours_between(begin, end):
            found.hours[place, slot] += share
