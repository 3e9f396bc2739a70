"""Documents of a person: kept, looked at, replaced, corrected, destroyed; and the lists of those that matter."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.forms import LgForm, done, run_service
from lgnet.core.tables import Table
from lgnet.files.serving import file_response
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import document_selectors as selectors
from lgnet.people import document_tables as tables
from lgnet.people import documents
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.document_forms import DetailsForm, DocumentForm, initial_of
from lgnet.people.document_models import Document
from lgnet.people.lists import person_table_response
from lgnet.people.models import Person
from lgnet.people.record_forms import ReasonForm
from lgnet.people.selectors import get_person_to_change

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@asks_for_closed_file
def document_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep a document of a person."""
    person = get_person_to_change(request.user, pk, Permission.REGISTER_PERSON, part=True)
    return _store(request, person, None)


@require_http_methods(BOTH)
@asks_for_closed_file
def document_replace(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep the newer version of a document."""
    old = selectors.get_document_to_change(request.user, pk)
    return _store(request, old.person, old)


def _store(request: StaffRequest, person: Person, old: Document | None) -> HttpResponse:
    """Show the form; when it is good, keep the document and show it."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DocumentForm(*sent, initial=initial_of(old, renewed=True) if old else None)
    if form.is_valid():
        kept = run_service(
            form, documents.store_document, by=request.user, person=person, details=form.details(),
            files=form.uploads(), record_id=form.cleaned_data["record_id"], replaces=old,
        )  # fmt: skip
        if kept:
            said = _("The new version is kept. The old one stays.") if old else _("The document is kept, encrypted.")
            messages.success(request, said)
            return redirect("document_detail", kept.pk)
    context = {"form": form, "person": person, "old": old}
    return render(request, "people/document_new.html", context, status=422 if form.is_bound else 200)


@require_GET
@asks_for_closed_file
def document_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A document with its pages, or the certificate of one that was destroyed."""
    document = selectors.get_document(request.user, pk)
    context = selectors.page_context(request.user, document)
    context |= {"left": tables.time_left(document), "urgency": tables.urgency(document)}
    context["may_destroy"] = documents.may_destroy(request.user, document)
    return render(request, "people/document_detail.html", context)


@require_GET
@asks_for_closed_file
def document_page(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A page itself: a picture is shown, a PDF is saved."""
    page = selectors.get_page(request.user, pk, shown="page")
    ending = "jpg" if page.is_picture else "pdf"
    return file_response(page.file, f"{page.document.person.pseudonym}-{page.document.kind}-{page.number}.{ending}")


@require_GET
@asks_for_closed_file
def document_page_small(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The small picture of a page."""
    page = selectors.get_page(request.user, pk, shown="thumbnail of page")
    if page.thumbnail is None:
        raise Http404
    return file_response(page.thumbnail, f"{page.document.person.pseudonym}-{page.number}-small.jpg")


@require_http_methods(BOTH)
@asks_for_closed_file
def document_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct what is written about a document."""
    document = selectors.get_document_to_change(request.user, pk)
    form = DetailsForm(request.POST or None, initial=initial_of(document))
    if form.is_valid() and done(
        form, documents.change_document, by=request.user, document=document, details=form.details()
    ):
        messages.success(request, _("Saved."))
        return redirect("document_detail", pk)
    return _form_page(request, "people/document_edit.html", form, document)


@require_http_methods(BOTH)
@asks_for_closed_file
def document_propose(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose to destroy a document."""
    document = selectors.get_document_to_change(request.user, pk)
    form = ReasonForm(
        request.POST or None, label=_("Why?"), help_text=_("Who decides reads it, and it stays in the log.")
    )
    if form.is_valid() and done(
        form, documents.propose_destruction, by=request.user, document=document, **form.cleaned_data
    ):
        messages.success(request, _("Proposed. A colleague decides; until then the document stays."))
        return redirect("document_detail", pk)
    return _form_page(request, "people/document_propose.html", form, document)


@require_POST
@asks_for_closed_file
@only_posts
def document_keep(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the proposal to destroy a document back."""
    document = selectors.get_document_to_change(request.user, pk)
    documents.keep_document(by=request.user, document=document)
    messages.success(request, _("The document stays."))
    return redirect("document_detail", pk)


@require_http_methods(BOTH)
@asks_for_closed_file
def document_destroy(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Destroy a document that was proposed, after a last look at what and why."""
    document = selectors.get_document_to_change(request.user, pk)
    form = LgForm(request.POST if request.method == "POST" else None)  # no fields: it tells what the service refuses
    if form.is_valid() and done(form, documents.destroy_document, by=request.user, document=document):
        messages.success(request, _("The document is destroyed. This page is the certificate of it."))
        return redirect("document_detail", pk)
    return _form_page(request, "people/document_destroy.html", form, document, status=422 if form.errors else 200)


def _form_page(
    request: StaffRequest, template: str, form: Any, document: Document, *, status: int | None = None
) -> HttpResponse:
    context = {"form": form, "document": document, "person": document.person}
    return render(request, template, context, status=status or (422 if form.is_bound else 200))


@require_GET
def document_list(request: StaffRequest) -> HttpResponse:
    """Documents that expire: whom to call before it is too late."""
    user = _reader(request)
    rows = selectors.expiring_documents(user)
    filters = tables.ExpiringFilter(request.GET or {"within": ""}, user=user)
    table = Table(
        request, rows, tables.expiring_columns(), title=_("Documents expiring"), filters=filters,
        default_sort="expires_on", person_of=lambda document: document.person,
        empty_text=_("No document of a file open to you expires in this time. Those kept with a last day appear here."),
    )  # fmt: skip
    return _listed(request, table, "people/document_list.html")


@require_GET
def document_destruction_list(request: StaffRequest) -> HttpResponse:
    """Documents that somebody proposed to destroy: a second person decides."""
    user = _reader(request)
    table = Table(
        request, selectors.documents_to_destroy(user), tables.destruction_columns(), title=_("Documents to destroy"),
        filters=tables.DestructionFilter(request.GET or None, user=user), default_sort="proposed_at",
        person_of=lambda document: document.person, empty_text=_("Nobody has proposed to destroy a document."),
    )  # fmt: skip
    return _listed(request, table, "people/document_destruction_list.html")


def _reader(request: StaffRequest) -> Any:
    if not can(request.user, Permission.VIEW_PEOPLE):
        raise PermissionDenied
    return request.user


def _listed(request: StaffRequest, table: Table, template: str) -> HttpResponse:
    return person_table_response(
        request, table, template, object_type=selectors.DOCUMENT, permission=Permission.VIEW_PEOPLE
    )
