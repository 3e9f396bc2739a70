"""Adding and removing pictures of a contact."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.files.pictures import CONTENT_TYPE, clean_picture
from lgnet.files.services import destroy_file, keep_file
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.corrections import lock_contact
from lgnet.outreach.models import Contact, ContactPicture, Device
from lgnet.outreach.policies import removes_pictures_of

PICTURE = "outreach.contactpicture"
MOST = 4  # of one contact


@transaction.atomic
def add_picture(
    *, by: User, contact: Contact, picture_id: uuid.UUID, content: bytes, caption: str = "", agreed: bool,
    made_at: datetime | None = None, device: Device | None = None, sent_sha256: str = "",
) -> ContactPicture:  # fmt: skip
    """Keep a picture of a contact of the user's unit. One that is here already is only returned, also if removed.

    Raises DomainError for a file that is no picture or too large, without the person's consent, beyond the fourth,
    and for an id that is another picture's; PermissionDenied as `lock_contact`.
    """
    locked = lock_contact(by, contact.pk)  # a second one at the same moment waits here

    def write() -> ContactPicture:
        _check(locked, agreed=agreed)
        return _write(by, locked, picture_id, content, caption, made_at, device, sent_sha256)

    def is_mine(found: ContactPicture) -> bool:
        return found.contact_id == locked.pk and found.recorded_by_id == by.pk and found.sent_sha256 == sent_sha256

    return write_once(ContactPicture, picture_id, is_mine=is_mine, write=write)


@transaction.atomic
def remove_picture(*, by: User, picture: ContactPicture, reason: str) -> ContactPicture:
    """Destroy a picture for good: the row stays, with who removed it and why. One that was removed stays as it is.

    Raises DomainError without a reason, PermissionDenied for who may not (`removes_pictures_of`).
    """
    if not removes_pictures_of(by, picture.contact):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    if not reason.strip():
        raise DomainError(_("Say why, so that the colleague knows."), field="reason")
    locked = ContactPicture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
    if locked.removed_at:
        return locked
    locked.removed_at, locked.removed_by, locked.removed_reason = timezone.now(), by, reason.strip()[:300]
    locked.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    for file in (locked.file, locked.thumbnail):
        destroy_file(by=by, file=file)
    _log(AuditEntry.Action.DELETE, by, locked, picture.contact, reason=locked.removed_reason)
    return locked


def _check(contact: Contact, *, agreed: bool) -> None:
    if not agreed:
        raise DomainError(_("Without the person's consent no picture is kept."), field="agreed")
    if contact.pictures.filter(removed_at__isnull=True).count() >= MOST:
        text = _("This contact has %(most)s pictures already: remove one first.") % {"most": MOST}
        raise DomainError(text, field="picture")


def _write(
    by: User, contact: Contact, picture_id: uuid.UUID, content: bytes, caption: str, made_at: datetime | None,
    device: Device | None, sent_sha256: str,
) -> ContactPicture:  # fmt: skip
    clean = clean_picture(content)
    full, small = (
        keep_file(by=by, partner=contact.partner, content=part, content_type=CONTENT_TYPE)
        for part in (clean.full, clean.thumbnail)
    )
    picture = ContactPicture.objects.create(
        pk=picture_id, partner=contact.partner, contact=contact, file=full, thumbnail=small, agreed=True,
        caption=one_line(caption)[:200], made_at=made_at, recorded_by=by, device=device,
        sent_sha256=sent_sha256,
    )  # fmt: skip
    _log(AuditEntry.Action.CREATE, by, picture, contact, detail={"sha256": full.sha256, "agreed": "yes"})
    return picture


def _log(
    action: AuditEntry.Action, by: User, picture: ContactPicture, contact: Contact, *, reason: str = "",
    detail: dict[str, str] | None = None,
) -> None:  # fmt: skip
    audit.record(
        action, by=by, object_type=PICTURE, object_id=picture.pk, partner_id=contact.partner_id,
        person_id=contact.person_id, reason=reason, detail={"contact": str(contact.pk), **(detail or {})},
    )  # fmt: skip
