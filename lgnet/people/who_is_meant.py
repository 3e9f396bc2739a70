"""Which person a row of a city's own list means: found by a code, or by name and date of birth, or nobody.

The same evidence is weighed as when somebody is registered (`matching`); what is not certain is not guessed: it is said
which codes to look at, and a human being writes the right one.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.network.models import Partner, User
from lgnet.people.matching import Identity, compare
from lgnet.people.models import Person
from lgnet.people.selectors import find_by_number, likely_duplicates, visible_persons

SAME_NAMES = frozenset({"same_names", "names_swapped"})


@dataclass(frozen=True)
class Told:
    """How a list calls somebody. `given_names` may be the whole name."""

    code: str = ""
    given_names: str = ""
    family_names: str = ""
    birth_date: date | None = None

    @property
    def identity(self) -> Identity:
        """As it is compared."""
        return Identity(given_names=self.given_names, family_names=self.family_names, birth_date=self.birth_date)


def who_is_meant(user: User, partner: Partner, told: Told) -> Person:
    """The person of the city that is meant. Raises DomainError, at `code` or `name`, when it is not certain who.

    A restricted file of others is never found, a file that was joined leads to the one it was joined with.
    """
    return _coded(user, partner, told) if told.code else _named(user, partner, told)


def _coded(user: User, partner: Partner, told: Told) -> Person:
    found = find_by_number(user, partner, told.code)
    if not found:
        raise DomainError(_("Nobody here has this code. Register the person first, or mend the code."), field="code")
    if len(found) > 1:
        raise DomainError(_several(found), field="code")
    reasons = compare(told.identity, _known(found[0])).reasons
    if "different_names" in reasons:
        raise DomainError(_("This code is of somebody with another name."), field="code")
    if "different_birth" in reasons:
        raise DomainError(_("This code is of somebody with another date of birth."), field="code")
    return found[0]


def _named(user: User, partner: Partner, told: Told) -> Person:
    if not (told.given_names or told.family_names):
        raise DomainError(_("Write the code of the person, or name and date of birth."), field="name")
    if told.birth_date is None:
        raise DomainError(_("Beside the name, write the date of birth, or the code of the person."), field="name")
    born = visible_persons(user).filter(partner=partner, birth_date=told.birth_date).order_by("pk")
    same = [person for person in born if _is_same(told, person)]
    if len(same) == 1:
        return same[0]
    if likely := same or [person for person, _match in likely_duplicates(user, partner, told.identity)]:
        raise DomainError(_several(likely), field="name")
    text = _("Nobody here has this name and date of birth. Register the person first, or write the code.")
    raise DomainError(text, field="name")


def _is_same(told: Told, person: Person) -> bool:
    """Whether names and day of birth are the very same; of two born on 1 January perhaps only the year is known."""
    reasons = compare(told.identity, _known(person)).reasons
    return "same_birth_date" in reasons and not SAME_NAMES.isdisjoint(reasons)


def _known(person: Person) -> Identity:
    return Identity(
        given_names=person.given_names, family_names=person.family_names, birth_date=person.birth_date,
        birth_precision=person.birth_precision,
    )  # fmt: skip


def _several(persons: list[Person]) -> str:
    codes = ", ".join(person.pseudonym for person in persons)
    return _("It is not certain who this is. Look at %(codes)s, then write the code of the right person.") % {
        "codes": codes
    }
