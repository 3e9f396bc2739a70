"""What a week is made of: whose it is, and its lines. Each part of the platform gives its lines by one function."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from lgnet.network.models import User
from lgnet.people.models import Person

FIRST_YEAR, LAST_YEAR = 2010, 2100


@dataclass(frozen=True)
class Asked:
    """The week that somebody reads: the own one, or that of the colleagues of a team she or he works in."""

    reader: User
    users: tuple[User, ...]
    teams: frozenset[uuid.UUID]
    first: date
    is_own: bool = True

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.first + timedelta(days=6)

    def who(self, user: User | None) -> str:
        """Whose a line is: told where there are several."""
        return "" if self.is_own or user is None else user.full_name


@dataclass(frozen=True)
class Line:
    """Something on a day, perhaps at an hour: what, about whom, where to read it. `person` is logged as shown."""

    day: date
    what: str
    title: str
    text: str = ""
    url: str = ""
    clock: str = ""
    badge: str = ""
    kind: str = "neutral"
    person: Person | None = None


def monday_of(asked: str) -> date:
    """The Monday of the week of a day as the address says it; of this week, if it says none that there can be."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = timezone.localdate()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = timezone.localdate()
    return day - timedelta(days=day.weekday())


def of_words(*parts: str) -> str:
    """The parts that say something, in one line."""
    return " · ".join(part for part in parts if part)
