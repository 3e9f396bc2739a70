"""Days that can be: not to come, not before the person was born, not beyond memory."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.people.models import Person
from lgnet.people.services import OLDEST


def check_day(day: date, field: str, person: Person) -> None:
    """Raise DomainError for a day in the future, before the person's birth, or beyond all memory."""
    today = timezone.localdate()
    if day > today:
        raise DomainError(_("This day is in the future."), field=field)
    if person.birth_date and day < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field=field)
    if day.year < today.year - OLDEST:
        raise DomainError(_("This day is more than 120 years ago."), field=field)
