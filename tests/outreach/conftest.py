"""A mobile unit with two people and their devices, a second unit, stops, and hours that make sense at any time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.network.models import User
from lgnet.network.roles import Role
from lgnet.outreach.models import Device, Outing, Stop
from lgnet.outreach.outings import Halt, Plan, plan_outing
from lgnet.outreach.stops import create_stop
from tests.conftest import team_of
from tests.outreach.street import a_device


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
def phone(outreach_operator, unit) -> Device:
    return a_device(outreach_operator, unit)


@pytest.fixture
def tablet(make_user, partner, unit) -> Device:
    """The device of a colleague in the same unit."""
    return a_device(make_user(Role.OUTREACH_OPERATOR, partner), unit, "Tablet")


@pytest.fixture
def street(sign_in, outreach_operator) -> Client:
    return sign_in(outreach_operator)


@pytest.fixture
def office(sign_in, coordinator) -> Client:
    return sign_in(coordinator)


@pytest.fixture
def elsewhere(sign_in, make_user, other_partner) -> Client:
    """Somebody who does the same work in another city."""
    return sign_in(make_user(Role.OUTREACH_OPERATOR, other_partner))


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
