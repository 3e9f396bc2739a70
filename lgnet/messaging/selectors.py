"""Reads of messages, scoped: those of the city; what they say only where the person's file is open."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from lgnet.audit import services as audit
from lgnet.messaging.models import Channel, OptOut, OutgoingMessage
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import file_is_whole_for, not_hidden_from


def visible_messages(user: User) -> QuerySet[Any]:
    """Messages of the user's cities, latest first; those to people with a restricted file only for their team."""
    partners = access_of(user).partner_ids(Permission.VIEW_APPOINTMENTS)
    found = OutgoingMessage.objects.filter(not_hidden_from(user), partner__in=partners)
    return found.select_related("person", "partner").order_by("-created_at")


def get_message(user: User, pk: uuid.UUID) -> OutgoingMessage:
    """One message of the user's cities. Raises Http404."""
    message = visible_messages(user).select_related("person", "partner", "point", "queued_by").filter(pk=pk).first()
    if message is None:
        raise Http404
    return message


def may_read(user: User, message: OutgoingMessage) -> bool:
    """Whether the user may read what it says and where it went; that it is read is logged.

    The file of the person is open for the user. What goes to a body outside is read only by who wrote it.
    """
    person = message.person
    if person is None:
        return message.queued_by_id == user.pk
    if not file_is_whole_for(user, person):
        return False
    audit.note_read(
        by=user, object_type="messaging.outgoingmessage", object_id=message.pk, partner_id=message.partner_id,
        person_id=person.pk,
    )  # fmt: skip
    return True


def unwanted_by(person: Person) -> list[OptOut]:
    """The channels on which the person wants no messages now, with how that is known; the file is open already."""
    return list(person.opt_outs.filter(ended_at__isnull=True).select_related("recorded_by"))


def wishes_of(person: Person) -> list[tuple[Channel, OptOut | None]]:
    """Each channel, with the wish of the person to get nothing on it, if there is one."""
    unwanted = {found.channel: found for found in unwanted_by(person)}
    return [(channel, unwanted.get(channel.value)) for channel in Channel]


def partner_to_set_up(user: User, pk: str = "") -> Partner:
    """The city whose messages the user sets up; the first by name of several if `pk` names none of them.

    Raises PermissionDenied when there is none.
    """
    partners = Partner.objects.filter(pk__in=access_of(user).partner_ids(Permission.SET_MESSAGING))
    found = list(partners.order_by("short_name"))
    if not found:
        raise PermissionDenied
    return next((partner for partner in found if str(partner.pk) == pk), found[0])
