"""Reads of documents: scoped by file and class of access, each look logged."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.document_models import Document, DocumentPage
from lgnet.people.document_policies import keeps_documents, readable_by, readable_in
from lgnet.people.models import Person
from lgnet.people.policies import FileAccess, access_to_file
from lgnet.people.selectors import get_person

DOCUMENT = "people.document"
SOON = timedelta(days=90)  # to renew a document takes weeks: what ends later needs nothing now
JUST_EXPIRED = timedelta(days=30)
ALERT = timedelta(days=60)  # as for the title to stay on the page of the person


def visible_documents(user: User) -> QuerySet[Document]:
    """Documents the user may read now, those that were destroyed among them."""
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    rows = Document.objects.filter(readable_by(user), partner__in=partners)
    return rows.select_related("person", "partner", "stored_by")


def present_documents(user: User) -> QuerySet[Document]:
    """Documents the user may read now that are there and not replaced by a newer version."""
    return visible_documents(user).filter(destroyed_at__isnull=True, replaced_by__isnull=True)


def documents_of(user: User, person: Person, file: FileAccess | None = None) -> list[Document]:
    """The documents of a person that the user reads, newest first: those there, in their last version.

    `file`: how the user stands to the file, if the caller knows it.
    """
    return [one for one in _documents_in(user, person, file).filter(destroyed_at__isnull=True) if one.is_last]


def all_documents_of(user: User, person: Person, file: FileAccess) -> tuple[list[Document], list[Document]]:
    """`documents_of`, and what is left of those that were destroyed, the latest first. One query."""
    rows = list(_documents_in(user, person, file))
    destroyed = [one for one in rows if one.destroyed_at]
    present = [one for one in rows if not one.destroyed_at and one.is_last]
    return present, sorted(destroyed, key=lambda one: one.destroyed_at, reverse=True)


def _documents_in(user: User, person: Person, file: FileAccess | None) -> QuerySet[Any]:
    partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
    rows = Document.objects.filter(
        readable_in(user, file or access_to_file(user, person)), person=person, partner__in=partners
    )
    return rows.annotate(is_last=Q(replaced_by__isnull=True))


def documents_still_read(user: User, pks: Iterable[uuid.UUID | None]) -> set[uuid.UUID]:
    """Of documents those that are there, in any version, and that the user may read now."""
    rows = visible_documents(user).filter(pk__in=[pk for pk in pks if pk], destroyed_at__isnull=True)
    return set(rows.values_list("pk", flat=True))


def ending(documents: list[Document]) -> list[Document]:
    """Of these documents those that have expired or soon will, the most pressing first."""
    limit = timezone.localdate() + ALERT
    found = [document for document in documents if document.expires_on and document.expires_on <= limit]
    return sorted(found, key=lambda document: (document.expires_on, document.pk))


def expiring_documents(user: User) -> QuerySet[Document]:
    """Documents there, in their last version, that have a last day of validity."""
    return present_documents(user).filter(expires_on__isnull=False)


def pressing() -> Q:
    """For a queryset of documents: expired in the last month, or ending in the next three."""
    today = timezone.localdate()
    return Q(expires_on__gte=today - JUST_EXPIRED, expires_on__lte=today + SOON)


def documents_to_destroy(user: User) -> QuerySet[Document]:
    """Documents somebody proposed to destroy and nobody has destroyed yet, of any version."""
    rows = visible_documents(user).filter(destroyed_at__isnull=True, proposed_at__isnull=False)
    return rows.select_related("proposed_by")


def get_document(user: User, pk: uuid.UUID, *, shown: str = "page") -> Document:
    """A document the user may read, or the certificate of one; `shown` says in the log how it was looked at.

    Raises Http404, or FileClosed when the file could be opened with a reason.
    """
    document = Document.objects.filter(pk=pk).first()
    if document is None:
        raise Http404
    person = get_person(user, document.person_id)
    found = visible_documents(user).filter(pk=pk).select_related("proposed_by", "destroyed_by", "replaces").first()
    if found is None:
        raise Http404
    found.person = person
    _note(user, found, shown=shown)
    return found


def get_document_to_change(user: User, pk: uuid.UUID) -> Document:
    """A document that is there and that the user may change. Raises as `get_document`, and PermissionDenied."""
    document = get_document(user, pk, shown="to change it")
    if document.is_destroyed:
        raise Http404
    if not keeps_documents(user, document):
        raise PermissionDenied(_("Your role does not change this."))
    return document


def get_page(user: User, pk: uuid.UUID, *, shown: str) -> DocumentPage:
    """A page of a document the user may read; the look is logged. Raises as `get_document`."""
    page = DocumentPage.objects.select_related("file", "thumbnail").filter(pk=pk).first()
    if page is None:
        raise Http404
    page.document = get_document(user, page.document_id, shown=f"{shown} {page.number}")
    if page.document.is_destroyed:
        raise Http404
    return page


def versions_of(user: User, document: Document) -> list[Document]:
    """Every version of the same document that the user may read, newest first."""
    rows = {row.pk: row for row in visible_documents(user).filter(person=document.person_id)}
    after = {row.replaces_id: row for row in rows.values() if row.replaces_id}
    newest, seen = document, {document.pk}
    while (later := after.get(newest.pk)) and later.pk not in seen:
        seen.add(later.pk)
        newest = later
    found: list[Document] = []
    at: Document | None = newest
    while at is not None:
        found.append(at)
        at = rows.get(at.replaces_id) if at.replaces_id else None
    return found


def _note(user: User, document: Document, *, shown: str) -> None:
    audit.note_read(
        by=user, object_type=DOCUMENT, object_id=document.pk, partner_id=document.partner_id,
        person_id=document.person_id, detail={"shown": shown},
    )  # fmt: skip


def page_context(user: User, document: Document) -> dict[str, Any]:
    """What the page of a document shows beside it."""
    versions = versions_of(user, document)
    return {
        "document": document,
        "person": document.person,
        "pages": list(document.pages.select_related("file")),
        "versions": versions if len(versions) > 1 else [],
        "is_newest": versions[0].pk == document.pk,
        "may_change": keeps_documents(user, document) and not document.is_destroyed,
    }
