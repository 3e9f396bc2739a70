"""Reads of teams, zones, sites and the service catalogue."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, DateField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.catalogue.models import ServiceType, Team, TeamMembership, Zone
from lgnet.network.access import access_of
from lgnet.network.models import Aim, Membership, Partner, Project, User
from lgnet.network.roles import TEAM_ROLES, Permission, Role


@dataclass(frozen=True)
class OwnTeam:
    """A team in which a user works."""

    pk: uuid.UUID
    partner_id: uuid.UUID
    kind: str


def teams_of(user: User) -> tuple[OwnTeam, ...]:
    """The teams the user works in today and with a role for it, remembered on the instance.

    One query at most, beside that of the user's grants, which a request has made already.
    """
    known: tuple[OwnTeam, ...] | None = getattr(user, "_own_teams", None)
    if known is None:
        posts = {grant.partner_id for grant in access_of(user).grants if grant.role in TEAM_ROLES}
        places = TeamMembership.objects.current().filter(user_id=user.pk, team__partner__in=posts)
        rows = places.values_list("team_id", "team__partner_id", "team__kind")
        known = tuple(OwnTeam(*row) for row in dict.fromkeys(rows))
        user._own_teams = known  # type: ignore[attr-defined]
    return known


def team_ids_of(user: User) -> frozenset[uuid.UUID]:
    """Ids of `teams_of`."""
    return frozenset(team.pk for team in teams_of(user))


def current_team_memberships() -> QuerySet[TeamMembership]:
    """Places in teams that count today: they run, and their user holds a role at the partner that works in teams.

    The role is looked at each time, so that its end, or a change, takes effect on the next request.
    """
    return TeamMembership.objects.current().filter(holds_team_role())


def holds_team_role() -> Exists:
    """For a queryset of team memberships: the user holds today a role at the team's partner that works in teams."""
    posts = Membership.objects.current().filter(role__in=TEAM_ROLES)
    return Exists(posts.filter(user=OuterRef("user_id"), partner=OuterRef("team__partner_id")))


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
    """Active users who work in the team today and hold a role for it."""
    return User.objects.filter(pk__in=current_team_memberships().filter(team=team).values("user_id")).order_by(
        "full_name"
    )


# -- who is in which team, for who manages staff ---------------------------------------------------------------------

PAST_SHOWN = 30  # who left a team longer ago is in the log
KIND_OF_ROLE = {
    Role.OUTREACH_OPERATOR: Team.Kind.MOBILE_UNIT,
    Role.DESK_OPERATOR: Team.Kind.DESK,
    Role.CASE_WORKER: Team.Kind.MULTIDISCIPLINARY,
    Role.HOUSING_MANAGER: Team.Kind.HOUSING,
    Role.ACTIVITY_COORDINATOR: Team.Kind.ACTIVITIES,
}


@dataclass
class Colleague:
    """Somebody with roles at a partner that work in teams, in force or planned."""

    user: User
    partner: Partner
    posts: list[Membership] = field(default_factory=list)
    planned: list[TeamMembership] = field(default_factory=list)

    @property
    def roles(self) -> str:
        """The roles in words; one that is planned with its first day."""
        return ", ".join(dict.fromkeys(_post_in_words(post) for post in self.posts))

    @property
    def kinds(self) -> set[Team.Kind]:
        """The kinds of team that these roles usually work in."""
        return {KIND_OF_ROLE[Role(post.role)] for post in self.posts}


@dataclass(frozen=True)
class Place:
    """A place in a team that runs today or later, with the roles, in words, that make it count today."""

    membership: TeamMembership
    roles: str


def managed_partners(user: User) -> QuerySet[Partner]:
    """The partners whose staff the user manages."""
    return Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.MANAGE_STAFF)).order_by("short_name")


def managed_teams(user: User) -> QuerySet[Team]:
    """Teams, also closed ones, of the partners whose staff the user manages."""
    return Team.objects.filter(partner__in=access_of(user).partner_ids(Permission.MANAGE_STAFF)).select_related(
        "partner", "site"
    )


def teams_to_join(user: User) -> QuerySet[Team]:
    """Those of `managed_teams` in which somebody can be put: open, and not outside the network."""
    return managed_teams(user).filter(is_active=True).exclude(kind=Team.Kind.OUTSIDE)


def listed_teams(user: User) -> QuerySet[Any]:
    """`managed_teams` with `people`, the number of those who work in each today."""
    here = current_team_memberships().filter(team=OuterRef("pk")).order_by().values("team")
    return managed_teams(user).annotate(people=Coalesce(Subquery(here.annotate(n=Count("user")).values("n")), 0))


def get_team(user: User, pk: uuid.UUID) -> Team:
    """A team whose people the user manages. Raises Http404 in another city, PermissionDenied in the own one."""
    team = Team.objects.filter(pk=pk).select_related("partner", "site").first()
    if team is None:
        raise Http404
    _require_manages(user, team.partner_id)
    return team


def get_team_membership(user: User, pk: uuid.UUID) -> TeamMembership:
    """A place in a team whose people the user manages. Raises as `get_team`."""
    place = TeamMembership.objects.filter(pk=pk).select_related("team__partner", "user").first()
    if place is None:
        raise Http404
    _require_manages(user, place.team.partner_id)
    return place


def get_colleague(user: User, pk: uuid.UUID) -> User:
    """Somebody who works, will work or has worked at a partner whose staff the user manages. Raises Http404."""
    posts = Membership.objects.filter(partner__in=access_of(user).partner_ids(Permission.MANAGE_STAFF))
    colleague = User.objects.filter(pk=pk, pk__in=posts.values("user_id")).first()
    if colleague is None:
        raise Http404
    return colleague


def people_of(team: Team) -> list[Place]:
    """Places in the team that run today or later, by name."""
    places = TeamMembership.objects.open().filter(team=team).select_related("team", "user")
    return _with_roles(places.order_by("user__full_name"))


def past_people_of(team: Team) -> QuerySet[Any]:
    """Places in the team that have ended, latest first; those taken back before they began are left out."""
    left_on = Coalesce(TruncDate("ended_at"), "ends_on", output_field=DateField())
    ended = Q(ended_at__isnull=False) | Q(ends_on__lt=timezone.localdate())
    rows = TeamMembership.objects.filter(ended, team=team).annotate(left_on=left_on)
    return rows.filter(left_on__gte=F("starts_on")).select_related("user").order_by("-left_on", "user__full_name")


def places_of(user: User, colleague: User) -> list[Place]:
    """Places of a colleague, in `managed_teams`, that run today or later, by team."""
    places = TeamMembership.objects.open().filter(user=colleague, team__in=managed_teams(user))
    return _with_roles(places.select_related("team", "user").order_by("team__name"))


def colleagues_for(team: Team) -> tuple[list[Colleague], list[Colleague]]:
    """Who can be put in the team, by name: those in no team of the city today, and those in another."""
    settled = TeamMembership.objects.open().filter(team=team, ends_on__isnull=True)
    posts = _open_posts().filter(partner=team.partner_id).exclude(user__in=settled.values("user_id"))
    here = current_team_memberships().filter(team__partner=team.partner_id)
    busy = set(here.values_list("user_id", flat=True))
    found = _as_colleagues(posts)
    return [one for one in found if one.user.pk not in busy], [one for one in found if one.user.pk in busy]


def colleagues_without_team(user: User) -> list[Colleague]:
    """Who has a role that works in teams, at a partner whose staff the user manages, and is in none there today."""
    partners = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    here = current_team_memberships().filter(user=OuterRef("user_id"), team__partner=OuterRef("partner_id"))
    posts = _open_posts().filter(~Exists(here), partner__in=partners, starts_on__lte=timezone.localdate())
    found = {(one.user.pk, one.partner.pk): one for one in _as_colleagues(posts)}
    planned = TeamMembership.objects.open().filter(
        user__in={user_id for user_id, _partner_id in found}, team__partner__in=partners,
        starts_on__gt=timezone.localdate(),
    )  # fmt: skip
    for place in planned.select_related("team").order_by("starts_on"):
        if colleague := found.get((place.user_id, place.team.partner_id)):
            colleague.planned.append(place)
    return list(found.values())


def teams_for(user: User, colleague: User) -> QuerySet[Team]:
    """Open teams in which the user can put a colleague: of partners where that one has a role that works in teams."""
    posts = _open_posts().filter(user=colleague)
    settled = TeamMembership.objects.open().filter(user=colleague, ends_on__isnull=True)
    teams = teams_to_join(user).filter(partner__in=posts.values("partner_id"))
    return teams.exclude(pk__in=settled.values("team_id")).order_by("partner__short_name", "name")


def usual_kinds(colleague: User) -> set[Team.Kind]:
    """The kinds of team that the roles of a colleague usually work in."""
    return {KIND_OF_ROLE[Role(role)] for role in _open_posts().filter(user=colleague).values_list("role", flat=True)}


def _open_posts() -> QuerySet[Membership]:
    posts = Membership.objects.open().filter(role__in=TEAM_ROLES, user__is_active=True)
    return posts.select_related("user", "partner").order_by("user__full_name", "starts_on")


def _as_colleagues(posts: Iterable[Membership]) -> list[Colleague]:
    found: dict[tuple[uuid.UUID, uuid.UUID], Colleague] = {}
    for post in posts:
        found.setdefault((post.user_id, post.partner_id), Colleague(post.user, post.partner)).posts.append(post)
    return list(found.values())


def _with_roles(rows: QuerySet[TeamMembership]) -> list[Place]:
    places = list(rows)
    users, partners = {place.user_id for place in places}, {place.team.partner_id for place in places}
    roles: dict[tuple[uuid.UUID, uuid.UUID], list[str]] = {}
    for post in Membership.objects.current().filter(user__in=users, partner__in=partners, role__in=TEAM_ROLES):
        roles.setdefault((post.user_id, post.partner_id), []).append(post.get_role_display())
    return [Place(row, ", ".join(sorted(roles.get((row.user_id, row.team.partner_id), [])))) for row in places]


def _post_in_words(post: Membership) -> str:
    if post.state != "planned":
        return post.get_role_display()
    day = date_format(post.starts_on, "SHORT_DATE_FORMAT")
    return _("%(role)s from %(day)s") % {"role": post.get_role_display(), "day": day}


def _require_manages(user: User, partner_id: uuid.UUID) -> None:
    access = access_of(user)
    if partner_id in access.partner_ids(Permission.MANAGE_STAFF):
        return
    if any(grant.partner_id == partner_id for grant in access.grants):
        raise PermissionDenied(_("Only who manages the staff of a city sees who is in its teams."))
    raise Http404


# -- the project and its partners ------------------------------------------------------------------------------------


def partners() -> QuerySet[Partner]:
    """Every partner of the project page, by kind and name; the lead authority is not one of them."""
    return Partner.objects.exclude(kind=Partner.Kind.LEAD).order_by("short_name")


def get_partner(slug: str) -> Partner:
    """A partner, or the lead authority, with its public facts and the teams that are open. Raises Http404."""
    teams = Prefetch("teams", Team.objects.filter(is_active=True))
    partner = Partner.objects.prefetch_related("figures", "sites", teams, "zones").filter(slug=slug).first()
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
