"""A document copied into the file of a person of another city, when a case goes there."""

from django.db import transaction

from lgnet.audit.models import AuditEntry
from lgnet.files.models import StoredFile
from lgnet.files.services import keep_file, read_file
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_models import Document, DocumentPage
from lgnet.people.models import Person
from lgnet.people.services import lock, log_write, require

COPIED = ("kind", "title", "access", "language", "number_masked", "issued_on", "expires_on")


@transaction.atomic
def copy_document(*, by: User, document: Document, person: Person) -> Document:
    """Keep a copy of the document in the file of `person`, whose city it then belongs to; notes do not go along.

    That the one it is of agreed is for the caller to know. What leaves and what arrives is logged in both cities.
    """
    require(by, Permission.REGISTER_PERSON, person.partner)
    lock(person)
    values = {name: getattr(document, name) for name in COPIED}
    copy = Document.objects.create(partner=person.partner, person=person, stored_by=by, **values)
    hashes = []
    for page in document.pages.select_related("file", "thumbnail"):
        small = _copied(by, person, page.thumbnail) if page.thumbnail else None
        file = _copied(by, person, page.file)
        DocumentPage.objects.create(document=copy, number=page.number, file=file, thumbnail=small)
        hashes.append(file.sha256)
    log_write(AuditEntry.Action.EXPORT, by, document, document.person, detail={"to": person.partner.slug})
    detail = {"kind": copy.kind, "access": copy.access, "sha256": hashes, "from": document.partner.slug}
    log_write(AuditEntry.Action.CREATE, by, copy, person, detail=detail)
    return copy


def _copied(by: User, person: Person, file: StoredFile) -> StoredFile:
    return keep_file(by=by, partner=person.partner, content=read_file(file), content_type=file.content_type)
