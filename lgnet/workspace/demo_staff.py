"""Invented staff for every city, and the sign-ins of the demo."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from lgnet.catalogue.models import Team, TeamMembership
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import Profile, Role
from lgnet.people.invented_names import invent_staff

PASSWORD = "lgnet-demo-prova"  # noqa: S105  published on purpose: only demo installations have these sign-ins
SHOWN_CITY = "genova"  # the city whose sign-ins are printed, one per role


@dataclass(frozen=True)
class Post:
    """A post in the demo: the word before the dot of the username, role, profession, kind of team, and employer."""

    word: str
    role: Role
    profile: str = ""
    team: Team.Kind | None = None
    employer: str = ""  # a body that works for the shown city


CITY_POSTS = (
    Post("strada", Role.OUTREACH_OPERATOR, Profile.OPERATOR, Team.Kind.MOBILE_UNIT),
    Post("mediazione", Role.OUTREACH_OPERATOR, Profile.MEDIATOR, Team.Kind.MOBILE_UNIT),
    Post("sportello", Role.DESK_OPERATOR, Profile.OPERATOR, Team.Kind.DESK),
    Post("accoglienza", Role.DESK_OPERATOR, Profile.LEGAL_OPERATOR, Team.Kind.DESK),
    Post("equipe", Role.CASE_WORKER, Profile.SOCIAL_WORKER, Team.Kind.MULTIDISCIPLINARY),
    Post("psicologia", Role.CASE_WORKER, Profile.PSYCHOLOGIST, Team.Kind.MULTIDISCIPLINARY),
    Post("legale", Role.CASE_WORKER, Profile.LEGAL_OPERATOR, Team.Kind.MULTIDISCIPLINARY),
    Post("cooperativa", Role.CASE_WORKER, Profile.EDUCATOR, employer="Cooperativa Prova"),
    Post("coordinamento", Role.COORDINATOR),
    Post("alloggi", Role.HOUSING_MANAGER, Profile.OPERATOR),
    Post("attivita", Role.ACTIVITY_COORDINATOR, Profile.EDUCATOR),
    Post("finanza", Role.FINANCE_OFFICER),
    Post("revisione", Role.AUDITOR),
    Post("dpo", Role.DPO),
)
NETWORK_POSTS = {
    Partner.Kind.ASSOCIATION: Post("supporto", Role.NETWORK_SUPPORT),
    Partner.Kind.FOUNDATION: Post("supporto", Role.NETWORK_SUPPORT),
    Partner.Kind.LEAD: Post("ministero", Role.LEAD_AUTHORITY),
}


@transaction.atomic
def load_staff(*, since: date) -> int:
    """Create the invented staff of every partner, working since `since`; return how many were missing.

    A post in a kind of team that a city does not have is left out. Raises RuntimeError outside of a demo.
    """
    if not settings.DEMO:
        raise RuntimeError("invented staff is only for a demo: set LGNET_DEMO=1")
    password = make_password(PASSWORD)
    created = 0
    for partner in Partner.objects.order_by("slug"):
        rng = random.Random(f"staff {partner.slug}")  # noqa: S311
        for post, team in _posts(partner):
            name = invent_staff(rng)
            username = f"{post.word}.{partner.slug}"
            user, is_new = User.objects.get_or_create(
                username=username,
                defaults={"full_name": name, "password": password, "email": f"{username}@example.org"},
            )
            if is_new:
                Membership.objects.create(
                    user=user,
                    partner=partner,
                    role=post.role,
                    profile=post.profile,
                    employer=post.employer,
                    starts_on=since,
                )
                if team:
                    TeamMembership.objects.create(team=team, user=user, starts_on=since)
            created += is_new
    return created


def _posts(partner: Partner) -> Iterator[tuple[Post, Team | None]]:
    if not partner.is_city:
        yield NETWORK_POSTS[Partner.Kind(partner.kind)], None
        return
    teams = {team.kind: team for team in Team.objects.filter(partner=partner, is_active=True).order_by("-name")}
    for post in CITY_POSTS:
        if post.employer and partner.slug != SHOWN_CITY:
            continue
        if post.team is None:
            yield post, None
        elif post.team in teams:
            yield post, teams[post.team]


def demo_users() -> list[dict[str, str]]:
    """Every sign-in of the demo: username, password, role, partner; those of the shown city and the network first."""
    rows = (
        Membership.objects.current()
        .filter(user__username__regex=r"^(" + "|".join(_words()) + r")\.")
        .select_related("user", "partner")
        .order_by("user__username")
    )
    users = [
        {
            "username": row.user.username,
            "password": PASSWORD,
            "role": row.role,
            "partner": row.partner.slug,
            "name": row.user.full_name,
        }
        for row in rows
    ]
    return sorted(users, key=lambda user: (not _is_shown(user), _words().index(user["username"].split(".")[0])))


def one_per_role() -> list[dict[str, str]]:
    """One sign-in for each role, at the shown city or in the network."""
    chosen: dict[str, dict[str, str]] = {}
    for user in demo_users():
        chosen.setdefault(user["role"], user)
    return list(chosen.values())


def _words() -> list[str]:
    return [post.word for post in CITY_POSTS] + sorted({post.word for post in NETWORK_POSTS.values()})


def _is_shown(user: dict[str, str]) -> bool:
    return user["partner"] in {SHOWN_CITY, "anci"} or user["role"] == Role.LEAD_AUTHORITY
