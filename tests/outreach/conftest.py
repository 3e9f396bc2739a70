"""A mobile unit with two people, a second unit, stops, and hours that make sense at any time of the day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.network.models import User
from lgnet.network.roles import Role
from lgnet.outreach.models import Outing, Stop
from lgnet.outreach.outings import Halt, Plan, plan_outing
from lgnet.outreach.stops import create_stop
from tests.conftest import team_of


def hours_from_now(hours: float) -> datetime:
    return (timezone.now() + timedelta(hours=hours)).replace(second=0, microsecond=0)


@pytest.fixture
def unit(partner) -> Team:
    return team_of(partner, Team.Kind.MOBILE_UNIT)


@pytest.fixture
def zone(partner) -> Zone:
    return Zone.objects.get(partner=partner)


@pytest.fixture
def second_unit(partner) -> Team:
    return Team.objects.create(partner=partner, kind=Team.Kind.MOBILE_UNIT, name="Seconda unità")


@pytest.fixture
def mate(make_user, partner, outreach_operator) -> User:
    """A second operator of the unit."""
    return make_user(Role.OUTREACH_OPERATOR, partner)


@pytest.fixture
def square(outreach_operator, zone) -> Stop:
    return create_stop(by=outreach_operator, zone=zone, name="Piazza Prova", directions="Tram 3")


@pytest.fixture
def planned(outreach_operator, unit) -> Callable[..., Outing]:
    """Return `planned(start, hours, ...)`: an outing of the unit that begins so many hours from now."""

    def make(start: float = 1, length: float = 4, **given) -> Outing:
        begins = hours_from_now(start)
        crew = given.pop("crew", [outreach_operator])
        halts = [Halt(stop, begins + timedelta(hours=after)) for stop, after in given.pop("halts", [])]
        plan = Plan(begins, begins + timedelta(hours=length), crew, given.pop("volunteers", []), halts)
        by, team = given.pop("by", outreach_operator), given.pop("team", unit)
        return plan_outing(by=by, team=team, plan=plan, **given)

    return make
