"""Reads of arrivals at the desks, scoped."""

import uuid
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.cases.selectors import visible_referrals
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import own_teams
from lgnet.core.periods import midnight
from lgnet.desks.models import Visit
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import NAMED, Person
from lgnet.people.policies import not_hidden_from
from lgnet.people.selectors import log_listing, search_persons, visible_persons

LIKELY = 8  # persons offered at the desk; more would be a list, not a choice


def desks_of(user: User) -> QuerySet[Team]:
    """Desks the user works at and may record arrivals for."""
    return own_teams(user, Permission.RECORD_VISIT, kind=Team.Kind.DESK)


def visible_visits(user: User) -> QuerySet[Visit]:
    """Arrivals at the desks of the user's partners; those of restricted files only for their team."""
    partners = access_of(user).partner_ids(Permission.RECORD_VISIT)
    return Visit.objects.filter(not_hidden_from(user), partner__in=partners).select_related(
        "person", "team", "site", "referral", "recorded_by"
    )


def own_visit(user: User, pk: uuid.UUID) -> Visit | None:
    """The arrival with this id if the user recorded it."""
    return visible_visits(user).filter(pk=pk, recorded_by=user).first()


def arrivals_today(user: User, desks: Iterable[Team] | None = None) -> QuerySet[Visit]:
    """Arrivals of today at these desks of the user, or at all of them, latest first."""
    at = desks_of(user) if desks is None else [desk.pk for desk in desks]
    today = midnight(timezone.localdate())
    return visible_visits(user).filter(team__in=at, arrived_at__gte=today).order_by("-arrived_at")


def expected(user: User, desks: Iterable[Team] | None = None) -> QuerySet[Referral]:
    """Open referrals to these desks of the user, or to all: who may come, longest waiting first."""
    to = desks_of(user) if desks is None else [desk.pk for desk in desks]
    return visible_referrals(user).filter(to_team__in=to, status__in=Referral.OPEN).order_by("sent_at")


def names_of_arrivals(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The same arrivals, with no more than a line about each needs: who, when, what for."""
    wanted = ("arrived_at", "topic", "referral", "closed_at")
    return visits.select_related(None).select_related("person").only(*wanted, *(f"person__{name}" for name in NAMED))


def names_of_expected(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """The same referrals, with no more than a line about each needs: who, from where, since when. Three queries."""
    wanted = ("called", "code", "status", "sent_at", "person", "from_team")
    people = Prefetch("person", Person.objects.only(*NAMED))
    return referrals.select_related(None).only(*wanted).prefetch_related(people, "from_team")


def likely_persons(user: User, desk: Team, text: str, referral: Referral | None = None) -> list[Person]:
    """Persons of the city who may be the one at the desk: of the card, or called like `text`; the names are logged."""
    here = visible_persons(user).filter(partner=desk.partner_id)
    if referral is not None and referral.person_id:
        found = list(here.filter(pk=referral.person_id))
        log_listing(user, found)
        return found
    found = list(search_persons(user, text, within=here, limit=LIKELY)) if text else []
    log_listing(user, found, query=text)
    return found
