"""Reads of pictures: who reads what was seen and done at a contact sees them, and each look is logged."""

import uuid
from typing import Any

from django.http import Http404

from lgnet.audit import services as audit
from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.models import User
from lgnet.outreach.models import Contact, ContactPicture, Operation
from lgnet.outreach.pictures import MOST, PICTURE
from lgnet.outreach.selectors import find_contact, reads_contact


def pictures_of(user: User, contact: Contact) -> list[ContactPicture]:
    """The pictures of a contact, and what is left of those removed; none for who may not read what was seen."""
    if not reads_contact(user, contact):
        return []
    return list(contact.pictures.select_related("recorded_by", "removed_by"))


def picture_context(user: User, contact: Contact) -> dict[str, Any]:
    """What the page of a contact shows of its pictures."""
    pictures = pictures_of(user, contact)
    there = sum(picture.removed_at is None for picture in pictures)
    is_ours = contact.team_id in team_ids_of(user) and contact.voided_at is None
    return {"pictures": pictures, "may_add_picture": is_ours and there < MOST}


def get_picture(user: User, pk: uuid.UUID, *, shown: str) -> ContactPicture:
    """A picture the user may see; `shown` says in the log how it was looked at.

    Raises Http404 for others, and when it was removed.
    """
    rows = ContactPicture.objects.select_related("file", "thumbnail", "recorded_by").filter(removed_at__isnull=True)
    picture = rows.filter(pk=pk).first()
    contact = find_contact(user, picture.contact_id) if picture else None
    if picture is None or contact is None or not reads_contact(user, contact):
        raise Http404
    picture.contact = contact
    audit.note_read(
        by=user, object_type=PICTURE, object_id=picture.pk, partner_id=picture.partner_id,
        person_id=contact.person_id, detail={"contact": str(contact.pk), "shown": shown},
    )  # fmt: skip
    return picture


def will_never_come(contact_id: uuid.UUID, user: User) -> bool:
    """Whether the recording of this contact was set aside, so that nothing waits for it any more."""
    sent = Operation.objects.filter(record_id=contact_id, kind="contact.record", user=user)
    return sent.filter(result=Operation.Result.SET_ASIDE).exists()
