"""Mediators in the demo: offered, booked between cities, held; and nothing leaves the computer."""

import heapq
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_members
from lgnet.desks.mediation_models import MediationBooking, MediationOffer
from lgnet.desks.services import receive_new_person
from lgnet.messaging.models import OptOut, OutgoingMessage
from lgnet.people.models import JourneyEvent
from lgnet.people.services import PersonDetails
from lgnet.workspace.demo_staff import load_staff
from lgnet.workspace.simulated_messaging import Exchange
from tests.conftest import team_of


@pytest.fixture
def live(partner, other_partner, settings):
    """Return `live(seed)`: live the days of the exchange, as the simulator would."""
    settings.DEMO = True
    load_staff(since=timezone.localdate() - timedelta(days=150))

    def living(seed):
        now, events, order = timezone.now(), [], count()

        def at(moment, act):
            heapq.heappush(events, (moment, next(order), act))

        desks = [
            (team_of(city, Team.Kind.DESK), list(team_members(team_of(city, "desk"))))
            for city in (partner, other_partner)
        ]
        for desk, staff in desks:
            long_ago = now - timedelta(days=9)
            with time_machine.travel(long_ago, tick=False):
                receive_new_person(by=staff[0], team=desk, details=PersonDetails(given_names="Amina"))
        Exchange(desks, seed=seed, scale=1, at=at).plan(now)
        while events and events[0][0] < now:
            moment, _order, act = heapq.heappop(events)
            with time_machine.travel(moment, tick=False):
                act()

    return living


def test_cities_lend_each_other_mediators(live, partner):
    live(1)
    assert MediationOffer.objects.count() == 2
    bookings = MediationBooking.objects.select_related("offer")
    assert any(booking.partner_id != booking.offer.partner_id for booking in bookings)
    assert {"held"} <= {booking.status for booking in bookings}
    assert JourneyEvent.objects.filter(kind="mediation", voided_at=None).exists()
    assert bookings.filter(status="booked", ends_at__lt=timezone.now() - timedelta(minutes=10)).count() == 0
    mails = OutgoingMessage.objects.filter(kind="mediation")
    assert mails.filter(status="sent", provider_id__startswith="recorded").exists()
    assert OptOut.objects.count() <= 2
