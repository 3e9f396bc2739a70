"""The demo's own cards: made by the desk for who came there, and one that any visitor may try."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.desks.services import record_arrival
from lgnet.people.models import OwnCard
from lgnet.people.own_card_demo import CODE, PIN
from lgnet.people.own_entry import open_own_page
from lgnet.people.services import PersonDetails, register_person
from lgnet.workspace import simulated_own
from lgnet.workspace.simulated_own import OwnCards
from tests.conftest import team_of


@pytest.fixture
def live(partner, desk_operator):
    """Return `live()`: plan and carry out what the desk does, with six people who came a week ago."""
    desk, now = team_of(partner, Team.Kind.DESK), timezone.now()
    with time_machine.travel(now - timedelta(days=7)):
        for number in range(6):
            details = PersonDetails(nickname=f"Nuvola {number}", languages=(("ar", ""),) if number else ())
            record_arrival(
                by=desk_operator, team=desk, person=register_person(by=desk_operator, team=desk, details=details)
            )

    def lived():
        events = []
        OwnCards(desk, [desk_operator], seed=1, at=lambda moment, act: events.append((moment, act))).plan(now)
        for moment, act in sorted(events, key=lambda event: event[0]):
            with time_machine.travel(moment, tick=False):
                act()

    return lived


def test_some_people_have_a_card(live, settings):
    settings.DEMO = False
    live()
    assert OwnCard.objects.count() == simulated_own.CARDS
    assert {card.language for card in OwnCard.objects.all()} <= {"ar", "en"}
    assert open_own_page(code=CODE, pin=PIN, address="").card is None


def test_in_a_demo_one_card_can_be_tried(live, settings, monkeypatch, partner):
    settings.DEMO = True
    monkeypatch.setattr(simulated_own, "SHOWN_CITY", partner.slug)
    live()
    assert OwnCard.objects.count() == simulated_own.CARDS + 1
    assert open_own_page(code=CODE, pin=PIN, address="").card
