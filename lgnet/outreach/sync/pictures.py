"""Pictures that a device sends by themselves, after the contact they belong to.

They are not operations: they are large, and what is refused is not kept. That something was refused is noted in the
log of operations, with everything but the picture itself, so that it is seen where everything else is mended.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.files.pictures import check_size
from lgnet.network.models import User
from lgnet.outreach.models import Contact, ContactPicture, Device, Operation
from lgnet.outreach.picture_selectors import will_never_come
from lgnet.outreach.pictures import add_picture

KIND = "contact.picture"


class State(StrEnum):
    """What became of a picture: kept; its contact is not here yet; can never be kept."""

    STORED = "stored"
    WAITING = "waiting"
    REFUSED = "refused"


class Verdict(NamedTuple):
    """What the device is told."""

    state: State
    reason: str = ""


@dataclass(frozen=True)
class SentPicture:
    """A picture as it was sent; `size` is what was sent, also of a file too large to be read."""

    id: uuid.UUID
    contact: uuid.UUID
    content: bytes
    size: int
    sha256: str
    caption: str
    agreed: bool
    made_at: datetime | None


@transaction.atomic
def receive_picture(*, by: User, device: Device, sent: SentPicture) -> Verdict:
    """Keep a picture, once however often it is sent; one that was removed meanwhile is not brought back.

    A refusal is noted for who mends, and forgotten there if the same picture can be kept later.
    """
    there = ContactPicture.objects.filter(pk=sent.id).first()
    if there and there.recorded_by_id == by.pk and there.sent_sha256 == sent.sha256:
        return Verdict(State.STORED)
    contact = Contact.objects.filter(pk=sent.contact).first()
    if contact is None and not will_never_come(sent.contact, by):
        return Verdict(State.WAITING)
    if reason := _refusal(by, device, contact, sent):
        _note(by, device, contact, sent, reason)
        return Verdict(State.REFUSED, reason)
    _settle(by, sent)
    return Verdict(State.STORED)


def _refusal(by: User, device: Device, contact: Contact | None, sent: SentPicture) -> str:
    """Why it cannot be kept; empty when it is kept now."""
    if contact is None:
        return _("The contact of this picture was set aside.")
    try:
        check_size(sent.size)
        add_picture(
            by=by, contact=contact, picture_id=sent.id, content=sent.content, caption=sent.caption, agreed=sent.agreed,
            made_at=sent.made_at, device=device, sent_sha256=sent.sha256,
        )  # fmt: skip
    except PermissionDenied:
        return _("Only the unit that made this contact adds pictures to it.")
    except DomainError as error:
        return str(error)
    return ""


def _note(by: User, device: Device, contact: Contact | None, sent: SentPicture, reason: str) -> None:
    is_here = contact is not None and contact.partner_id == device.partner_id
    told = {"caption": sent.caption, "size": sent.size}
    operation, is_new = Operation.objects.get_or_create(
        pk=sent.id,
        defaults={
            "partner": device.partner, "team": device.team, "device": device, "user": by, "kind": KIND,
            "record_id": sent.contact, "changes": told, "made_at": sent.made_at, "digest": sent.sha256,
            "app_version": device.app_version, "person_id": contact.person_id if contact and is_here else None,
            "result": Operation.Result.REFUSED, "reason": reason[:500],
        },
    )  # fmt: skip
    if not is_new and _is_noted(operation, by) and operation.reason != reason:
        operation.reason = reason[:500]
        operation.save(update_fields=["reason"])


def _settle(by: User, sent: SentPicture) -> None:
    operation = Operation.objects.select_for_update(of=("self",)).filter(pk=sent.id).first()
    if operation and _is_noted(operation, by):
        operation.result, operation.settled_at = Operation.Result.APPLIED, timezone.now()
        operation.save(update_fields=["result", "settled_at"])


def _is_noted(operation: Operation, by: User) -> bool:
    return operation.kind == KIND and operation.user_id == by.pk and operation.settled_at is None
