"""Reads of mobile units, stops and outings, scoped."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.catalogue.models import Team, TeamMembership, Zone
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.periods import midnight
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact, CrewMember, Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.policies import runs_outings_of, stop_partners

LONGEST = timedelta(hours=24)  # an outing that lasts longer was not ended, or its day is mistyped

# -- units -----------------------------------------------------------------------------------------------------------


def visible_units(user: User) -> QuerySet[Team]:
    """Active mobile units of the cities whose outings the user reads, with vehicle and equipment."""
    units = Team.objects.filter(kind=Team.Kind.MOBILE_UNIT, is_active=True)
    partners = access_of(user).partner_ids(Permission.VIEW_OUTINGS)
    return units.filter(partner__in=partners).select_related("partner", "mobile_unit").order_by("name")


def get_unit(user: User, pk: uuid.UUID) -> Team:
    """A mobile unit, also a closed one, of a city whose outings the user reads. Raises Http404."""
    units = Team.objects.filter(kind=Team.Kind.MOBILE_UNIT).select_related("partner", "mobile_unit")
    unit = units.filter(pk=pk, partner__in=access_of(user).partner_ids(Permission.VIEW_OUTINGS)).first()
    if unit is None:
        raise Http404
    return unit


def units_to_run(user: User) -> QuerySet[Team]:
    """Active mobile units whose outings the user plans and runs."""
    access = access_of(user)
    own = Q(partner__in=access.partner_ids(Permission.RUN_OUTINGS), pk__in=team_ids_of(user))
    units = visible_units(user)
    return units.filter(own | Q(partner__in=access.partner_ids(Permission.PLAN_OUTINGS)))


def crew_for(units: Iterable[Team], day: date | None = None) -> QuerySet[TeamMembership]:
    """Places in these units that run on `day`, or today or later, by name of the user."""
    places: QuerySet[TeamMembership] = TeamMembership.objects.filter(team__in=list(units), user__is_active=True)
    places = in_team_on(places, day) if day else places.filter(pk__in=TeamMembership.objects.open().values("pk"))
    return places.select_related("user").order_by("user__full_name", "pk")


def in_team_on(places: QuerySet[TeamMembership], day: date) -> QuerySet[TeamMembership]:
    """Those of the places in teams that ran, or will run, on a day."""
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    stays = Q(ended_at__isnull=True) | Q(ended_at__gte=midnight(day))
    return places.filter(lasts, stays, starts_on__lte=day)


# -- stops -----------------------------------------------------------------------------------------------------------


def visible_stops(user: User) -> QuerySet[Stop]:
    """Stops of the cities whose outings the user reads, also those no longer in use."""
    partners = access_of(user).partner_ids(Permission.VIEW_OUTINGS)
    return Stop.objects.filter(partner__in=partners).select_related("zone", "partner")


def get_stop(user: User, pk: uuid.UUID) -> Stop:
    """A stop that the user may change. Raises Http404 in another city, PermissionDenied in the own one."""
    stop = visible_stops(user).filter(pk=pk).first()
    if stop is None:
        raise Http404
    if stop.partner_id not in stop_partners(user):
        raise PermissionDenied(_("Only the mobile units and the coordinator change stops."))
    return stop


def stop_zones(user: User) -> QuerySet[Zone]:
    """Active zones of the cities whose stops the user keeps."""
    return Zone.objects.filter(partner__in=stop_partners(user), is_active=True).select_related("partner")


def partners_with_stops(user: User) -> QuerySet[Partner]:
    """The cities whose stops the user keeps."""
    return Partner.objects.filter(pk__in=stop_partners(user)).order_by("short_name")


# -- outings ---------------------------------------------------------------------------------------------------------


def visible_outings(user: User) -> QuerySet[Outing]:
    """Outings of the cities whose outings the user reads."""
    partners = access_of(user).partner_ids(Permission.VIEW_OUTINGS)
    return Outing.objects.filter(partner__in=partners).select_related("team", "partner")


def with_people(outings: QuerySet[Outing]) -> QuerySet[Outing]:
    """The same outings with crew and stops read at once."""
    stops = Prefetch("stops", PlannedStop.objects.select_related("stop__zone"))
    return outings.prefetch_related(Prefetch("crew", CrewMember.objects.select_related("user")), stops)


def listed_outings(user: User) -> QuerySet[Any]:
    """`visible_outings` with crew, stops and `contacts_made`, the number of contacts of each."""
    made = Contact.objects.standing().filter(outing=OuterRef("pk")).order_by().values("outing").annotate(n=Count("pk"))
    return with_people(visible_outings(user)).annotate(contacts_made=Coalesce(Subquery(made.values("n")), 0))


def get_outing(user: User, pk: uuid.UUID) -> Outing:
    """An outing of a city whose outings the user reads. Raises Http404."""
    outing = with_people(visible_outings(user)).filter(pk=pk).select_related("team__mobile_unit", "planned_by").first()
    if outing is None:
        raise Http404
    return outing


def get_outing_to_run(user: User, pk: uuid.UUID) -> Outing:
    """An outing that the user plans and runs. Raises Http404 in another city, PermissionDenied in the own one."""
    outing = get_outing(user, pk)
    if not runs_outings_of(user, outing.team):
        raise PermissionDenied(_("Only the unit and the coordinator change its outings."))
    return outing


def note_log_read(user: User, outing: Outing) -> None:
    """Log that incidents and note of an outing were read: they may speak of somebody."""
    if outing.incidents or outing.note:
        audit.note_read(by=user, object_type="outreach.outing", object_id=outing.pk, partner_id=outing.partner_id)


def in_state(state: str, now: datetime | None = None) -> Q:
    """The outings in a state of OutingState; every outing for any other word."""
    now = now or timezone.now()
    not_begun = Q(cancelled_at__isnull=True, started_at__isnull=True)
    return {
        OutingState.CANCELLED: Q(cancelled_at__isnull=False),
        OutingState.OVER: Q(ended_at__isnull=False),
        OutingState.RUNNING: Q(started_at__isnull=False, ended_at__isnull=True),
        OutingState.MISSED: not_begun & Q(ends_at__lte=now),
        OutingState.PLANNED: not_begun & Q(ends_at__gt=now),
    }.get(state, Q())  # type: ignore[call-overload]


def begin_between(outings: QuerySet[Outing], first: date, last: date) -> QuerySet[Outing]:
    """Those that begin on one of these days, both included, in order."""
    found = outings.filter(starts_at__gte=midnight(first), starts_at__lt=midnight(last, days_later=1))
    return found.order_by("starts_at", "pk")


def open_outings(partners: Collection[uuid.UUID], until: datetime) -> QuerySet[Outing]:
    """Outings of these cities that are running, or planned to begin before `until`, in order."""
    return _open_until(until).filter(partner__in=partners)


def next_outings(units: Iterable[Team], until: datetime) -> QuerySet[Outing]:
    """Outings of these units that are running, or planned to begin before `until`, in order."""
    return _open_until(until).filter(team__in=list(units))


def _open_until(until: datetime) -> QuerySet[Outing]:
    wanted = in_state(OutingState.RUNNING) | (in_state(OutingState.PLANNED) & Q(starts_at__lt=until))
    found = Outing.objects.filter(wanted).select_related("team", "partner")
    return with_people(found).order_by("starts_at", "pk")


def outing_at(team: Team, moment: datetime) -> Outing | None:
    """The outing on which the unit was at that moment, or None. One that was never ended lasts a day at most."""
    begun = Outing.objects.filter(team=team, started_at__lte=moment, started_at__gt=moment - LONGEST)
    return begun.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=moment)).order_by("-started_at").first()


def stop_at(outing: Outing, moment: datetime) -> PlannedStop | None:
    """The stop at which the plan has the unit at that moment, or None before the first and between two."""
    stops = PlannedStop.objects.filter(outing=outing, arrives_at__lte=moment).select_related("stop__zone")
    latest = stops.order_by("-arrives_at", "-pk").first()
    if latest is None or (latest.leaves_at and latest.leaves_at <= moment):
        return None
    return latest


# -- what an outing did ----------------------------------------------------------------------------------------------


def contacts_by_zone(outing: Outing) -> list[Any]:
    """For each zone how many contacts the outing had, with how many people; numbers only."""
    rows = Contact.objects.standing().filter(outing=outing).order_by("zone__name").values(name=F("zone__name"))
    return list(rows.annotate(contacts=Count("pk"), people=Sum("head_count")))


def given_on(outing: Outing) -> Counter[str]:
    """How many of each thing its contacts say was given: one for each person of the contact, by code."""
    counted: Counter[str] = Counter()
    for given, heads in Contact.objects.standing().filter(outing=outing).values_list("given", "head_count"):
        counted.update(dict.fromkeys(given, heads))
    return counted
