"""Fixtures for every test: two cities, their teams, and people in every role.

Three people in every permission test: the owner (in the team), a colleague (same city, other team) and a stranger
(another city).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from lgnet.catalogue.models import ServiceType, Site, Team, TeamMembership, Zone
from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import Profile, Role
from lgnet.people.models import Person
from lgnet.people.records import record_notice
from lgnet.people.services import PersonDetails, register_person

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def _english() -> Any:
    """Messages are asserted in the language of the source; the catalogues have their own guard."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _plain_settings(settings: Any, tmp_path_factory: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.STATIC_ROOT = tmp_path_factory.getbasetemp()  # nothing is collected: pages name the files as they are
    settings.FILES_DIR = tmp_path_factory.getbasetemp() / "files"
    settings.SECOND_FACTOR_REQUIRED = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def make_partner(slug: str, name: str) -> Partner:
    partner = Partner.objects.create(
        slug=slug,
        name=f"Comune di {name}",
        short_name=name,
        kind=Partner.Kind.MUNICIPALITY,
        modules=["outreach", "desk"],
    )
    site = Site.objects.create(partner=partner, kind=Site.Kind.ONE_STOP_SHOP, name=f"Sportello {name}")
    Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name=f"Unità mobile {name}")
    Team.objects.create(partner=partner, kind=Team.Kind.DESK, name=f"Sportello {name}", site=site)
    Team.objects.create(partner=partner, kind=Team.Kind.MULTIDISCIPLINARY, name=f"Équipe {name}")
    Zone.objects.create(partner=partner, name=f"Stazione {name}")
    return partner


@pytest.fixture
def partner(db: None) -> Partner:
    """A city with a mobile unit, a desk at a site, a multidisciplinary team and a zone."""
    return make_partner("provaltina", "Provaltina")


@pytest.fixture
def other_partner(db: None) -> Partner:
    """Another city, with the same teams."""
    return make_partner("esempiana", "Esempiana")


def team_of(partner: Partner, kind: Team.Kind | str) -> Team:
    return Team.objects.get(partner=partner, kind=kind)


TEAM_OF_ROLE = {
    Role.OUTREACH_OPERATOR: Team.Kind.MOBILE_UNIT,
    Role.DESK_OPERATOR: Team.Kind.DESK,
    Role.CASE_WORKER: Team.Kind.MULTIDISCIPLINARY,
}


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """Return `make(role, partner, team=..., profile=...)`: a user with that membership, in the team of the role."""
    count = 0

    def make(
        role: Role | str, partner: Partner, *, team: Team | str | None = "own", profile: str = Profile.SOCIAL_WORKER
    ) -> User:
        nonlocal count
        count += 1
        user = User.objects.create(
            username=f"{role}-{partner.slug}-{count}", full_name=f"{str(role).title()} {count}", language="en"
        )
        user.set_password("a-long-password-for-tests")
        user.save()
        start = timezone.localdate() - timedelta(days=400)
        Membership.objects.create(user=user, partner=partner, role=role, profile=profile, starts_on=start)
        if team == "own":
            kind = TEAM_OF_ROLE.get(Role(role))
            team = team_of(partner, kind) if kind else None
        if isinstance(team, Team):
            TeamMembership.objects.create(team=team, user=user, starts_on=start)
        return user

    return make


@pytest.fixture
def outreach_operator(make_user: MakeUser, partner: Partner) -> User:
    return make_user(Role.OUTREACH_OPERATOR, partner)


@pytest.fixture
def desk_operator(make_user: MakeUser, partner: Partner) -> User:
    return make_user(Role.DESK_OPERATOR, partner)


@pytest.fixture
def case_worker(make_user: MakeUser, partner: Partner) -> User:
    return make_user(Role.CASE_WORKER, partner)


@pytest.fixture
def colleague(make_user: MakeUser, partner: Partner) -> User:
    """A case worker of the same city who is in no team."""
    return make_user(Role.CASE_WORKER, partner, team=None)


@pytest.fixture
def coordinator(make_user: MakeUser, partner: Partner) -> User:
    return make_user(Role.COORDINATOR, partner)


@pytest.fixture
def stranger(make_user: MakeUser, other_partner: Partner) -> User:
    """A case worker of another city."""
    return make_user(Role.CASE_WORKER, other_partner)


@pytest.fixture
def person(desk_operator: User, partner: Partner) -> Person:
    """Somebody registered at the desk, who was given the privacy notice."""
    registered = register_person(
        by=desk_operator,
        team=team_of(partner, Team.Kind.DESK),
        details=PersonDetails(given_names="Mohammed", family_names="Provadati", gender="m", citizenship="MA"),
    )
    record_notice(
        by=desk_operator,
        person=registered,
        kind="privacy",
        method="spoken",
        language="ar",
        given_on=timezone.localdate(),
    )
    return registered


@pytest.fixture
def service_type(db: None) -> ServiceType:
    return ServiceType.objects.create(
        code="italian_course", area=ServiceType.Area.LANGUAGE, name_it="Corso di italiano", name_en="Italian course"
    )


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """Return `sign_in(user)`: a client signed in as that user."""

    def signed_in(user: User) -> Client:
        fresh = Client()
        fresh.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return fresh

    return signed_in
