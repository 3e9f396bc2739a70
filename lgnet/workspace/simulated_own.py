"""Own cards in the demo: some of who came to the desk have one; in one city a card that any visitor may try."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.desks.models import Appointment
from lgnet.network.models import User
from lgnet.people.models import OwnCard, Person
from lgnet.people.own_card_demo import CODE, PIN
from lgnet.people.own_card_words import WORDS
from lgnet.people.own_cards import OwnCardDetails, create_own_card
from lgnet.workspace.demo_staff import SHOWN_CITY

CARDS, DAYS = 1, 6  # of each desk: to hash a PIN takes long, on purpose

At = Callable[[datetime, Callable[[], None]], None]


class OwnCards:
    """The cards that one desk makes; `plan` puts them into the simulation."""

    def __init__(self, desk: Team, staff: list[User], *, seed: int, at: At) -> None:
        self.desk, self.staff, self.at = desk, staff, at
        self.rng = random.Random(f"own {seed} {desk.name}")  # noqa: S311  # lives of invented people

    def plan(self, now: datetime) -> None:
        """Some cards in the last days; the one to try shortly before now, when most is known of who carries it."""
        for _number in range(CARDS):
            self.at(now - timedelta(days=self.rng.uniform(0.1, DAYS)), self._make)
        if settings.DEMO and self.desk.partner.slug == SHOWN_CITY:
            self.at(now - timedelta(minutes=1), self._make_one_to_try)

    def _make(self) -> None:
        if person := self._persons().order_by("-visits__arrived_at").first():
            self._card(person)

    def _make_one_to_try(self) -> None:
        """For somebody with an appointment, if there is one; the code and the PIN are on the page of the demo."""
        expected = Appointment.objects.filter(status__in=Appointment.EXPECTED, starts_at__gt=timezone.now())
        persons = self._persons()
        person = persons.filter(appointments__in=expected).order_by("appointments__starts_at").first()
        if person := person or persons.order_by("-visits__arrived_at").first():
            card = self._card(person)
            OwnCard.objects.filter(pk=card.pk).update(code=CODE, pin_hash=make_password(PIN))

    def _persons(self) -> QuerySet[Person]:
        """Who came to the desk, has no card and no restricted file."""
        return Person.objects.filter(visits__team=self.desk, own_cards=None, restricted=False)

    def _card(self, person: Person) -> OwnCard:
        spoken = [one.language for one in person.languages.all() if one.language in WORDS]
        details = OwnCardDetails(spoken[0] if spoken else "en", shows_name=self.rng.random() < 0.5)
        return create_own_card(by=self.rng.choice(self.staff), person=person, details=details)[0]
