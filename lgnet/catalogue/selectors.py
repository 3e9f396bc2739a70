"""Reads of teams, zones, sites and the service catalogue."""

import uuid

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from lgnet.catalogue.models import ServiceType, Team, TeamMembership, Zone
from lgnet.network.access import access_of
from lgnet.network.models import Aim, Partner, Project, User
from lgnet.network.roles import Permission


def team_ids_of(user: User) -> frozenset[uuid.UUID]:
    """Ids of the teams the user works in today; one query, remembered on the instance."""
    known: frozenset[uuid.UUID] | None = getattr(user, "_team_ids", None)
    if known is None:
        known = frozenset(current_team_memberships().filter(user_id=user.pk).values_list("team_id", flat=True))
        user._team_ids = known  # type: ignore[attr-defined]
    return known


def current_team_memberships() -> QuerySet[TeamMembership]:
    """Team memberships in force today."""
    today = timezone.localdate()
    return TeamMembership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


def teams_at(user: User, permission: Permission, *, kind: Team.Kind | None = None) -> QuerySet[Team]:
    """Active teams of the partners where the user holds `permission`."""
    teams = Team.objects.filter(is_active=True, partner__in=access_of(user).partner_ids(permission))
    return teams.filter(kind=kind).select_related("partner") if kind else teams.select_related("partner")


def own_teams(user: User, permission: Permission, *, kind: Team.Kind | None = None) -> QuerySet[Team]:
    """Those of `teams_at` the user works in."""
    return teams_at(user, permission, kind=kind).filter(pk__in=team_ids_of(user))


def zones_of(partner: Partner) -> QuerySet[Zone]:
    """Active zones of a partner."""
    return Zone.objects.filter(partner=partner, is_active=True)


def service_types() -> QuerySet[ServiceType]:
    """Active services of the catalogue."""
    return ServiceType.objects.filter(is_active=True)


def team_members(team: Team) -> QuerySet[User]:
    """Active users who work in the team today."""
    ids = current_team_memberships().filter(team=team).values("user_id")
    return User.objects.filter(pk__in=ids, is_active=True).order_by("full_name")


def partners() -> QuerySet[Partner]:
    """Every partner of the project page, by kind and name; the lead authority is not one of them."""
    return Partner.objects.exclude(kind=Partner.Kind.LEAD).order_by("short_name")


def get_partner(slug: str) -> Partner:
    """A partner, or the lead authority, with its public facts. Raises Http404."""
    partner = Partner.objects.prefetch_related("figures", "sites", "teams", "zones").filter(slug=slug).first()
    if partner is None:
        raise Http404
    return partner


def project() -> Project | None:
    """The funded project, or None before the network file is loaded."""
    return Project.objects.first()


def aims() -> dict[str, list[Aim]]:
    """Specific objectives and expected results of the project, by kind."""
    found: dict[str, list[Aim]] = {kind: [] for kind in Aim.Kind.values}
    for aim in Aim.objects.order_by("kind", "number"):
        found[aim.kind].append(aim)
    return found
