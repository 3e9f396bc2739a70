"""People who are registered twice in the demo: some files joined, one joining undone, some left to be looked at."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.utils import timezone

from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.desks.services import receive_new_person
from lgnet.network.models import User
from lgnet.people.duplicates import find_duplicates
from lgnet.people.invented_names import invent_person, misspell
from lgnet.people.merging import merge_persons, undo_merge
from lgnet.people.models import Person
from lgnet.people.services import PersonDetails

At = Callable[[datetime, Callable[[], None]], None]
REASONS = ("stessi documenti visti allo sportello", "lo dice la persona", "riconosciuta da chi la segue")
FIRST, SECOND, LOOKED_AT = timedelta(days=20), timedelta(days=9), timedelta(days=4)


class SecondFiles:
    """Who comes to one desk twice and is registered twice; `plan` puts it into the simulation."""

    def __init__(self, desk: Team, staff: list[User], *, seed: int, scale: float, at: At) -> None:
        self.desk, self.staff, self.at = desk, staff, at
        self.rng = random.Random(f"twice {seed} {desk.name}")  # noqa: S311  # lives of invented people
        self.number = max(3, round(8 * scale))

    def plan(self, now: datetime) -> None:
        """Each of them comes, comes again under another spelling, and somebody notices, or nobody does."""
        for number in range(self.number):
            self._plan_one(now, number)
        self.at(now - timedelta(hours=2), self._compare)

    def _plan_one(self, now: datetime, number: int) -> None:
        invented, both = invent_person(self.rng), list[Person]()
        details = PersonDetails(
            given_names=invented.given_names, family_names=invented.family_names, birth_date=invented.birth_date,
            birth_precision=invented.birth_precision, gender=invented.gender, citizenship=invented.citizenship,
        )  # fmt: skip
        again = replace(details, given_names=misspell(self.rng, invented.given_names))
        self.at(self._morning(now - FIRST), lambda: self._come(both, details))
        self.at(self._morning(now - SECOND), lambda: self._come(both, again))
        if number % 3 != 2:  # every third pair is left to be looked at
            self.at(self._morning(now - LOOKED_AT), lambda: self._look_at(both, undone=number % 6 == 1))

    def _morning(self, day: datetime) -> datetime:
        start = timezone.make_aware(datetime.combine(timezone.localdate(day), time(9, 30)))
        return start + timedelta(minutes=self.rng.randint(0, 180))

    def _come(self, both: list[Person], details: PersonDetails) -> None:
        visit = receive_new_person(by=self.rng.choice(self.staff), team=self.desk, details=details)
        if visit.person:
            both.append(visit.person)

    def _look_at(self, both: list[Person], *, undone: bool) -> None:
        by = self.rng.choice(self.staff)
        if len(both) < 2:
            return
        try:
            merge = merge_persons(by=by, kept=both[0], absorbed=both[1], reason=self.rng.choice(REASONS))
        except DomainError:  # both are waiting for the same: whoever looks leaves it for when one of the two is ended
            return
        if undone:
            undo_merge(by=by, merge=merge, reason="sono due fratelli")

    def _compare(self) -> None:
        """What the nightly job does."""
        find_duplicates(self.desk.partner)
