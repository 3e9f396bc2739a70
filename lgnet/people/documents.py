"""Writes of documents: kept, replaced by a newer version, corrected, proposed for destruction, destroyed."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.files import pdfs, pictures
from lgnet.files.services import destroy_file, keep_file
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_models import Document, DocumentPage
from lgnet.people.document_policies import keeps_documents, readable_by
from lgnet.people.models import Person
from lgnet.people.policies import file_is_open_for
from lgnet.people.services import OLDEST, lock, log_write, require

MOST_PAGES = 8  # of one document
ALONE_AFTER = timedelta(days=30)  # then who proposed to destroy may do it without a second person
FAR = 60  # years: a later last day is a slip of the fingers


@dataclass(frozen=True)
class DocumentDetails:
    """What is written about a document."""

    kind: str
    title: str = ""
    access: str = Document.Access.TEAM
    language: str = ""
    number_masked: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name is only used to tell which one is meant."""

    name: str
    content: bytes


@dataclass(frozen=True)
class _Clean:
    content: bytes
    content_type: str
    thumbnail: bytes | None = None


@transaction.atomic
def store_document(
    *, by: User, person: Person, details: DocumentDetails, files: Sequence[Upload], record_id: uuid.UUID | None = None,
    replaces: Document | None = None,
) -> Document:  # fmt: skip
    """Keep a document, perhaps as the newer version of another one; sent twice, it is kept once.

    Raises DomainError for a file that is not what it says or too large, for pictures and a PDF together, too many
    pages, impossible days, and when the other one has a newer version already; PermissionDenied for who may not.
    """
    require(by, Permission.REGISTER_PERSON, person.partner)
    if not file_is_open_for(by, person):
        raise PermissionDenied(_("This file is not open to you."))
    lock(person)

    def write() -> Document:
        if replaces is not None:
            _check_replaced(by, person, replaces)
        return _write(by, person, _checked(person, details), _cleaned(files), record_id, replaces)

    def is_mine(found: Document) -> bool:
        same = found.replaces_id == (replaces.pk if replaces else None)
        return same and found.person_id == person.pk and found.stored_by_id == by.pk

    return write_once(Document, record_id, is_mine=is_mine, write=write)


@transaction.atomic
def change_document(*, by: User, document: Document, details: DocumentDetails) -> Document:
    """Correct what is written about a document. Raises DomainError for impossible days; PermissionDenied."""
    locked = _lock(by, document)
    values = asdict(_checked(document.person, details))
    before = {name: getattr(locked, name) for name in values}
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    changed = audit.changes(before, values)
    for told in {"title", "note"} & set(changed):
        changed[told] = []  # that it changed is kept for ever, not what it said
    if changed:
        log_write(AuditEntry.Action.UPDATE, by, locked, document.person, detail={"changes": changed})
    return locked


@transaction.atomic
def propose_destruction(*, by: User, document: Document, reason: str) -> Document:
    """Propose to destroy a document. Proposed already, it stays as it is. Raises DomainError without a reason."""
    locked = _lock(by, document)
    if not reason.strip():
        raise DomainError(_("Say why, so that who decides knows."), field="reason")
    if locked.proposed_at:
        return locked
    locked.proposed_at, locked.proposed_by = timezone.now(), by
    locked.proposed_reason = one_line(reason)[:300]
    locked.save(update_fields=["proposed_at", "proposed_by", "proposed_reason"])
    log_write(AuditEntry.Action.UPDATE, by, locked, document.person, reason=reason, detail={"destruction": "proposed"})
    return locked


@transaction.atomic
def keep_document(*, by: User, document: Document) -> Document:
    """Take the proposal to destroy a document back: it stays."""
    locked = _lock(by, document)
    if locked.proposed_at:
        locked.proposed_at, locked.proposed_by, locked.proposed_reason = None, None, ""
        locked.save(update_fields=["proposed_at", "proposed_by", "proposed_reason"])
        log_write(AuditEntry.Action.UPDATE, by, locked, document.person, detail={"destruction": "refused"})
    return locked


@transaction.atomic
def destroy_document(*, by: User, document: Document) -> Document:
    """Destroy a document that was proposed: its content and what was written about it. The certificate stays.

    Raises DomainError when nobody proposed it, and for who proposed it until 30 days have passed; PermissionDenied.
    """
    locked = _lock(by, document)
    if locked.proposed_at is None:
        raise DomainError(_("Nobody has proposed to destroy this document."))
    if not may_destroy(by, locked):
        day = timezone.localdate(locked.proposed_at + ALONE_AFTER).strftime("%d/%m/%Y")
        raise DomainError(_("Somebody else destroys what you proposed; from %(day)s you can do it too.") % {"day": day})
    hashes = []
    for page in locked.pages.select_related("file", "thumbnail"):
        hashes.append(page.file.sha256)
        for file in (page.file, page.thumbnail):
            if file is not None:
                destroy_file(by=by, file=file)
    locked.destroyed_at, locked.destroyed_by = timezone.now(), by
    locked.title = locked.note = locked.number_masked = locked.language = ""
    locked.issued_on = locked.expires_on = None
    _leave_versions(locked)
    detail = {"sha256": hashes, "proposed_by": str(locked.proposed_by_id), "kind": locked.kind}
    log_write(AuditEntry.Action.DELETE, by, locked, document.person, reason=locked.proposed_reason, detail=detail)
    return locked


def _leave_versions(document: Document) -> None:
    """Save a document that was destroyed, and let the version after it follow the one before it."""
    before, document.replaces = document.replaces, None
    document.save()
    Document.objects.filter(replaces=document).update(replaces=before)


def may_destroy(user: User, document: Document) -> bool:
    """Whether the user, who may change the proposed document, may destroy it now: a second person, or after a term."""
    if document.proposed_at is None:
        return False
    return document.proposed_by_id != user.pk or document.proposed_at + ALONE_AFTER <= timezone.now()


def _lock(by: User, document: Document) -> Document:
    """The document as it is now, locked. Raises PermissionDenied for who may not, DomainError when it is destroyed."""
    rows = Document.objects.select_for_update(of=("self",)).filter(readable_by(by), pk=document.pk)
    locked = rows.first()
    if locked is None or not keeps_documents(by, locked):
        raise PermissionDenied(_("Your role does not change this."))
    if locked.is_destroyed:
        raise DomainError(_("This document was destroyed."))
    return locked


def _check_replaced(by: User, person: Person, replaces: Document) -> None:
    old = _lock(by, replaces)
    if old.person_id != person.pk:
        raise PermissionDenied
    if Document.objects.filter(replaces=old).exists():
        raise DomainError(_("A colleague has stored a newer version already. Look at it first."))


def _checked(person: Person, details: DocumentDetails) -> DocumentDetails:
    """The details as they are kept. Raises DomainError for days that cannot be."""
    today, issued, expires = timezone.localdate(), details.issued_on, details.expires_on
    if issued and issued > today:
        raise DomainError(_("This day is in the future."), field="issued_on")
    if issued and person.birth_date and issued < person.birth_date:
        raise DomainError(_("This day is before the person's birth."), field="issued_on")
    if issued and issued.year < today.year - OLDEST:
        raise DomainError(_("This day is more than 120 years ago."), field="issued_on")
    if issued and expires and expires < issued:
        raise DomainError(_("A document cannot end before it was issued."), field="expires_on")
    if expires and not today.year - OLDEST <= expires.year <= today.year + FAR:
        raise DomainError(_("Look at the year again."), field="expires_on")
    values = asdict(details) | {"title": one_line(details.title)[:150], "note": details.note.strip()[:500]}
    values["number_masked"] = "".join(details.number_masked.split())[-4:].upper()
    return DocumentDetails(**values)


def _cleaned(files: Sequence[Upload]) -> list[_Clean]:
    """The files as they are kept. Raises DomainError that names the file that cannot be."""
    if not files:
        raise DomainError(_("Take a picture of the document, or choose a file."), field="pages")
    if len(files) > MOST_PAGES:
        text = _("A document has at most %(most)s pictures. Put more pages into one PDF.")
        raise DomainError(text % {"most": MOST_PAGES}, field="pages")
    if len(files) > 1 and any(pdfs.is_pdf(one.content) for one in files):
        raise DomainError(_("One PDF, or pictures of the pages: not both in one document."), field="pages")
    return [_clean(one) for one in files]


def _clean(upload: Upload) -> _Clean:
    try:
        if pdfs.is_pdf(upload.content):
            pdfs.check_pdf(upload.content)
            return _Clean(upload.content, pdfs.CONTENT_TYPE)
        picture = pictures.clean_picture(upload.content)
    except DomainError as error:
        raise DomainError(f"{one_line(upload.name)[:60]}: {error}", field="pages") from None
    return _Clean(picture.full, pictures.CONTENT_TYPE, picture.thumbnail)


def _write(
    by: User, person: Person, details: DocumentDetails, parts: list[_Clean], record_id: uuid.UUID | None,
    replaces: Document | None,
) -> Document:  # fmt: skip
    values: dict[str, Any] = asdict(details) | ({"pk": record_id} if record_id else {})
    document = Document(partner=person.partner, person=person, stored_by=by, replaces=replaces, **values)
    document.save(force_insert=True)
    hashes = []
    for number, part in enumerate(parts, start=1):
        file = keep_file(by=by, partner=person.partner, content=part.content, content_type=part.content_type)
        small = None
        if part.thumbnail is not None:
            small = keep_file(by=by, partner=person.partner, content=part.thumbnail, content_type=part.content_type)
        DocumentPage.objects.create(document=document, number=number, file=file, thumbnail=small)
        hashes.append(file.sha256)
    detail = {"kind": document.kind, "access": document.access, "sha256": hashes}
    if replaces is not None:
        detail["replaces"] = str(replaces.pk)
    log_write(AuditEntry.Action.CREATE, by, document, person, detail=detail)
    return document
