"""Reads of mailboxes and letters, scoped and logged."""

import uuid
from collections.abc import Iterable

from django.db.models import Count

from lgnet.desks.models import Letter
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person


def waiting_for(user: User, persons: Iterable[Person]) -> dict[uuid.UUID, int]:
    """How many letters wait for each of these persons, whom the caller may see, where the user keeps the mail."""
    partners = access_of(user).partner_ids(Permission.COUNT_SERVICES)
    ids = [person.pk for person in persons if person.partner_id in partners]
    if not ids:
        return {}
    waiting = Letter.objects.filter(mailbox__person__in=ids, status=Letter.Status.WAITING).order_by()
    counted = waiting.values_list("mailbox__person").annotate(n=Count("pk"))
    return dict(counted.values_list("mailbox__person", "n"))
