"""What most tests of the desks begin with: the desk of the city, and a kind of appointment that it gives."""

import pytest

from lgnet.catalogue.models import Team
from lgnet.desks.appointment_models import AppointmentKind
from lgnet.network.models import Partner, User
from tests.conftest import team_of
from tests.desks.planned import a_kind


@pytest.fixture
def desk(partner: Partner) -> Team:
    return team_of(partner, Team.Kind.DESK)


@pytest.fixture
def kind(desk: Team, desk_operator: User) -> AppointmentKind:
    return a_kind(desk_operator, desk)
