"""A city as the simulator sees it: its teams that have staff, its zones, and the parts of its work that go on."""

import random
from dataclasses import dataclass
from typing import Any

from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.selectors import team_members
from lgnet.network.models import Partner, User
from lgnet.workspace.simulated_documents import Papers
from lgnet.workspace.simulated_outings import Rounds
from lgnet.workspace.simulated_requests import DeskWork


@dataclass
class City:
    """A partner with its teams, people and zones, read once."""

    partner: Partner
    unit: Team | None
    desk: Team | None
    team: Team | None
    staff: dict[Any, list[User]]
    zones: list[Zone]
    outside: list[Team]
    rounds: Rounds | None = None
    work: DeskWork | None = None
    papers: Papers | None = None

    def somebody(self, team: Team, rng: random.Random) -> User:
        """A worker of the team."""
        return rng.choice(self.staff[team.pk])


def city_of(partner: Partner) -> City:
    """What the simulation knows of a city."""
    teams = {team.kind: team for team in Team.objects.filter(partner=partner, is_active=True).order_by("-name")}
    staff = {team.pk: list(team_members(team)) for team in teams.values()}
    manned = {kind: team for kind, team in teams.items() if staff[team.pk]}
    return City(
        partner, manned.get(Team.Kind.MOBILE_UNIT), manned.get(Team.Kind.DESK), manned.get(Team.Kind.MULTIDISCIPLINARY),
        staff, list(Zone.objects.filter(partner=partner, is_active=True)),
        list(Team.objects.filter(partner=partner, kind=Team.Kind.OUTSIDE, is_active=True)),
    )  # fmt: skip
