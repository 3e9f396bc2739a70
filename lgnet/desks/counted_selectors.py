"""Reads of what is counted, scoped and logged."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from lgnet.cases.selectors import find_card
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import own_teams, service_types, team_ids_of
from lgnet.core.periods import midnight
from lgnet.desks.mailbox_models import POSTE_RESTANTE
from lgnet.desks.models import CountedService, CountedSetting
from lgnet.desks.selectors import LIKELY
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import not_hidden_from
from lgnet.people.selectors import log_listing, search_persons, visible_persons

LATEST = 8  # taps shown on the screen, so that one made by mistake is undone


@dataclass(frozen=True)
class Counted:
    """A service that a city counts, and how often a day is usual for one person, if the city says."""

    service_type: ServiceType
    daily_limit: int | None


def counted_types(partner_id: uuid.UUID) -> list[Counted]:
    """The services that a city counts: those of the area `practical`, more or fewer as the city says. Two queries.

    Poste restante is counted by the hand-over of mail, and here only if the city says so.
    """
    settings = {row.service_type_id: row for row in CountedSetting.objects.filter(partner=partner_id)}
    found = []
    for one in service_types():
        row = settings.get(one.pk)
        usual = one.area == ServiceType.Area.PRACTICAL and one.code != POSTE_RESTANTE
        if row.is_counted if row else usual:
            found.append(Counted(one, row.daily_limit if row else None))
    return found


def counting_teams(user: User) -> QuerySet[Team]:
    """Teams of the user at which services are counted."""
    return own_teams(user, Permission.COUNT_SERVICES).select_related("site", "partner").order_by("kind", "name")


def listed_counts(user: User) -> QuerySet[CountedService]:
    """What was counted at the user's teams and not undone; of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.COUNT_SERVICES)
    rows = CountedService.objects.filter(not_hidden_from(user), partner__in=partners, team__in=team_ids_of(user))
    return rows.filter(voided_at__isnull=True).select_related("person", "team", "service_type", "recorded_by")


def get_count(user: User, pk: uuid.UUID) -> CountedService:
    """A tap at a team of the user, also one undone. Raises Http404."""
    partners = access_of(user).partner_ids(Permission.COUNT_SERVICES)
    rows = CountedService.objects.filter(not_hidden_from(user), partner__in=partners, team__in=team_ids_of(user))
    row = rows.filter(pk=pk).select_related("team__partner", "person", "service_type").first()
    if row is None:
        raise Http404
    return row


def totals_today(team: Team) -> dict[uuid.UUID, int]:
    """How much of each service was given today at a team. One query."""
    return _given_today(CountedService.objects.filter(team=team))


def latest_counts(user: User, team: Team) -> list[CountedService]:
    """The latest taps of today at a team; the names shown are logged."""
    today = listed_counts(user).filter(team=team, counted_at__gte=midnight(timezone.localdate()))
    rows = list(today.order_by("-created_at", "-pk")[:LATEST])
    log_listing(user, {row.person_id: row.person for row in rows if row.person}.values())
    return rows


@dataclass(frozen=True)
class Candidate:
    """A person whom what was typed may mean, and how often the service was given to her or him today."""

    person: Person
    today: int
    is_at_limit: bool


def candidates(user: User, team: Team, text: str, counted: Counted) -> list[Candidate]:
    """Persons of the city with this card, pseudonym or name; the names shown are logged."""
    here = visible_persons(user).filter(partner=team.partner_id)
    card = find_card(user, text) if text else None
    if card is not None and card.person_id and card.partner_id == team.partner_id:
        persons = list(here.filter(pk=card.person_id))
    else:
        persons = list(search_persons(user, text, within=here, limit=LIKELY)) if text else []
    log_listing(user, persons, query=text)
    given = _given_to(persons, counted.service_type)
    limit = counted.daily_limit
    return [
        Candidate(one, given.get(one.pk, 0), limit is not None and given.get(one.pk, 0) >= limit) for one in persons
    ]


def _given_to(persons: Iterable[Person], service_type: ServiceType) -> dict[uuid.UUID, int]:
    """How much of a service each of these persons was given today, at whatever team of the city."""
    rows = CountedService.objects.filter(person__in=list(persons), service_type=service_type)
    return _given_today(rows, by="person")


def _given_today(rows: QuerySet[CountedService], by: str = "service_type") -> dict[uuid.UUID, int]:
    today = Q(counted_at__gte=midnight(timezone.localdate()), voided_at__isnull=True)
    return dict(rows.filter(today).order_by().values_list(by).annotate(n=Sum("quantity")).values_list(by, "n"))


@dataclass(frozen=True)
class Choice:
    """A service of the catalogue as a city may count it."""

    service_type: ServiceType
    is_counted: bool
    daily_limit: int | None


def choices_of(partner_id: uuid.UUID) -> list[Choice]:
    """Every service of the catalogue with what the city says of counting it, the counted ones first."""
    counted = {one.service_type: one.daily_limit for one in counted_types(partner_id)}
    rows = [Choice(one, one in counted, counted.get(one)) for one in service_types()]
    return sorted(rows, key=lambda row: not row.is_counted)


def cities_that_count(user: User) -> QuerySet[Partner]:
    """Cities for which the user says what is counted."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.KEEP_DIRECTORY)).order_by("short_name")
