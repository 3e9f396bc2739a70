"""Reads of mailboxes and letters, scoped and logged."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404

from lgnet.audit import services as audit
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.desks.counted_selectors import counting_teams
from lgnet.desks.models import Letter, Mailbox, MailHandover
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import is_hidden_from, not_hidden_from

_WAITING = Q(letters__status=Letter.Status.WAITING)


def mail_desks(user: User) -> QuerySet[Team]:
    """Desks of the user that keep mail."""
    return counting_teams(user).filter(kind=Team.Kind.DESK)


def listed_mailboxes(user: User) -> QuerySet[Any]:
    """Mailboxes at the user's desks with `waiting` letters and `oldest`, the day until which the first is kept.

    Those of restricted files only for their team.
    """
    oldest = Min("letters__keep_until", filter=_WAITING)
    counted = _kept_by(user).filter(not_hidden_from(user)).annotate(waiting=_letters(), oldest=oldest)
    return counted.select_related("person", "team__partner", "team__site", "site", "partner")


def _kept_by(user: User) -> QuerySet[Any]:
    partners = access_of(user).partner_ids(Permission.COUNT_SERVICES)
    return Mailbox.objects.filter(partner__in=partners, team__in=team_ids_of(user))


def _letters() -> Count:
    return Count("letters", filter=_WAITING)


def get_mailbox(user: User, pk: uuid.UUID) -> Mailbox:
    """A mailbox at a desk of the user; the read is logged. Raises Http404."""
    box: Mailbox | None = listed_mailboxes(user).filter(pk=pk).first()
    if box is None:
        raise Http404
    audit.note_read(
        by=user, object_type="desks.mailbox", object_id=box.pk, partner_id=box.partner_id, person_id=box.person_id
    )
    return box


def get_letter(user: User, pk: uuid.UUID) -> Letter:
    """A letter in a mailbox at a desk of the user. Raises Http404."""
    letter = Letter.objects.filter(pk=pk).first()
    if letter is None:
        raise Http404
    letter.mailbox = get_mailbox(user, letter.mailbox_id)
    return letter


def get_handover(user: User, pk: uuid.UUID) -> MailHandover:
    """A hand-over from a mailbox at a desk of the user. Raises Http404."""
    handover = MailHandover.objects.filter(pk=pk).first()
    if handover is None:
        raise Http404
    handover.mailbox = get_mailbox(user, handover.mailbox_id)
    return handover


def letters_waiting(mailbox: Mailbox) -> list[Letter]:
    """What waits in a mailbox, the oldest first."""
    return list(mailbox.letters.filter(status=Letter.Status.WAITING))


def letters_gone(mailbox: Mailbox) -> list[Letter]:
    """What was sent back, latest first."""
    return list(mailbox.letters.filter(status=Letter.Status.RETURNED).order_by("-returned_on"))


def handovers_of(mailbox: Mailbox) -> list[MailHandover]:
    """Hand-overs that hold, latest first."""
    return list(mailbox.handovers.filter(voided_at__isnull=True).select_related("handed_by"))


def mailboxes_of(user: User, person: Person) -> list[Mailbox]:
    """Open mailboxes of a person that the user keeps, each with `waiting`; first the one with most letters."""
    if is_hidden_from(user, person):
        return []
    open_ones = _kept_by(user).filter(person=person, closed_on__isnull=True)
    return list(open_ones.annotate(waiting=_letters()).order_by("-waiting", "kind"))


def open_mailbox_clocks(user: User) -> list[tuple[date, date | None]]:
    """Of each open mailbox at the user's desks: its last day, and until when the first letter in it is kept."""
    return list(listed_mailboxes(user).filter(closed_on__isnull=True).order_by().values_list("ends_on", "oldest"))


def waiting_for(user: User, persons: Iterable[Person]) -> dict[uuid.UUID, int]:
    """How many letters wait for each of these persons, whom the caller may see, where the user keeps the mail."""
    partners = access_of(user).partner_ids(Permission.COUNT_SERVICES)
    ids = [person.pk for person in persons if person.partner_id in partners]
    if not ids:
        return {}
    waiting = Letter.objects.filter(mailbox__person__in=ids, status=Letter.Status.WAITING).order_by()
    counted = waiting.values_list("mailbox__person").annotate(n=Count("pk"))
    return dict(counted.values_list("mailbox__person", "n"))


def handover_sent(mailbox: Mailbox, record_id: str) -> MailHandover | None:
    """The hand-over that this form has made already, if it has."""
    try:
        return mailbox.handovers.filter(pk=uuid.UUID(record_id)).first()
    except ValueError:
        return None
