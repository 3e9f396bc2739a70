"""Pages of what is asked at the desk: the visit with its requests, the lists, what was promised."""

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.desks import request_selectors as selectors
from lgnet.desks import request_services as services
from lgnet.desks.models import Request, Visit
from lgnet.desks.policies import records_requests_at
from lgnet.desks.request_forms import AskForm, NeededDocumentForm, OutcomeForm, RequestForm, WordsForm, states_typed
from lgnet.desks.request_services import Question
from lgnet.desks.request_tables import (
    NeededDocumentFilter,
    PromiseFilter,
    RequestFilter,
    needed_document_columns,
    promise_columns,
    request_columns,
)
from lgnet.desks.visit_views import visit_context
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response


@require_POST
@asks_for_closed_file
@only_posts
def request_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One tap: something is asked."""
    visit, form = selectors.get_visit(request.user, pk), AskForm(request.POST)
    if not form.is_valid():
        return _told(request, visit, _("Choose what is asked."))
    last = next(iter(reversed(selectors.requests_of_visit(visit))), None)
    common = {"mediation": last.mediation, "language": last.language} if last else {}
    question = Question(form.cleaned_data["service_type"], **common)
    record_id = form.cleaned_data["record_id"]
    made = run_service(
        form, services.make_request, by=request.user, visit=visit, question=question, record_id=record_id
    )
    return _told(request, visit, "" if made else _problem(form))


@require_POST
@asks_for_closed_file
@only_posts
def request_words(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is being typed; the answer has no content."""
    row, form = selectors.get_request(request.user, pk), WordsForm(request.POST)
    if form.is_valid() and done(
        form, services.note_words, by=request.user, request=row, words=form.cleaned_data["words"]
    ):
        return HttpResponse(status=204)
    return HttpResponse(_problem(form), status=422)


@require_POST
@asks_for_closed_file
@only_posts
def request_answer(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One tap: how a request ended, or that it is taken for later."""
    row, form = selectors.get_request(request.user, pk), OutcomeForm(request.POST)
    try:
        if not form.is_valid():
            raise DomainError(_problem(form))
        if "words" in request.POST:
            row = services.note_words(by=request.user, request=row, words=form.cleaned_data["words"])
        said = {name: form.cleaned_data[name] for name in ("outcome", "reason")}
        answer = replace(services.answer_so_far(row), **said)
        if page := request.POST.get("page"):
            answer = replace(answer, answer_page=selectors.get_page(request.user, row, page))
        was = form.cleaned_data["was"] if "was" in request.POST else None
        services.answer_request(by=request.user, request=row, answer=answer, was=was)
    except DomainError as error:
        return _told(request, row.visit, str(error))
    return _told(request, row.visit)


@require_GET
@asks_for_closed_file
def request_pages(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Look for the page of answers to give: read it to the person, and give it as the answer."""
    row = selectors.get_request(request.user, pk)
    if not records_requests_at(request.user, row.team):
        raise PermissionDenied
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context = {"row": row, "text": text, "found": selectors.pages_for(request.user, row, text)}
    return render(request, "desks/request_pages.html", context)


@require_POST
@asks_for_closed_file
@only_posts
def request_void(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A request was tapped by mistake."""
    row = selectors.get_request(request.user, pk)
    services.void_request(by=request.user, request=row, reason=request.POST.get("reason", "").replace("\x00", ""))
    return _told(request, row.visit)


@require_POST
@asks_for_closed_file
@only_posts
def request_documents(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What was seen of the documents a service asks for."""
    row = selectors.get_request(request.user, pk)
    try:
        services.check_documents(by=request.user, request=row, states=states_typed(request.POST))
    except DomainError as error:
        return _told(request, row.visit, str(error))
    return _told(request, row.visit)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def request_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one request: refine it, answer it, promise it, hand the promise to a colleague."""
    user, row = request.user, selectors.get_request(request.user, pk)
    writes = records_requests_at(user, row.team)
    if request.method == "POST" and not (writes or row.owner_id == user.pk):
        raise PermissionDenied
    colleagues = selectors.possible_owners(row.partner_id)
    form = RequestForm(request.POST or None, row=row, colleagues=colleagues, writes=writes)
    if form.is_valid():
        said = {"question": form.question() if writes else None, "answer": form.answer_given()}
        seen = form.cleaned_data["seen"] or None
        if done(form, services.revise_request, by=user, request=row, seen=seen, **said):
            messages.success(request, _("Saved: %(service)s.") % {"service": row.service_type.name})
            return redirect(_after(request, row))
    context = {"form": form, "row": row, "visit": row.visit, "writes": writes, "owns": row.owner_id == user.pk}
    context["changed"] = form.is_bound and _changed(form, row)
    return render(request, "desks/request_edit.html", context, status=422 if form.is_bound else 200)


@require_GET
def request_list(request: StaffRequest) -> HttpResponse:
    """Requests at the reader's desks: search, filters, export."""
    _require(request, Permission.RECORD_REQUESTS)
    user = request.user
    table = Table(
        request, selectors.listed_requests(user), request_columns(), title=_("Requests"), default_sort="-asked_at",
        filters=RequestFilter(request.GET or None, user=user), person_of=lambda row: row.person,
        empty_text=_("Nothing was asked yet. Receive somebody, and say what is asked."),
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/request_list.html", object_type="desks.request", permission=Permission.RECORD_REQUESTS
    )


@require_GET
def promise_list(request: StaffRequest) -> HttpResponse:
    """What was taken for later and is not done: the first due on top."""
    _require(request, Permission.RECORD_REQUESTS)
    user = request.user
    table = Table(
        request, selectors.promised(user), promise_columns(), title=_("Promised"), default_sort="due_on",
        filters=PromiseFilter(request.GET or None, user=user), person_of=lambda row: row.person,
        empty_text=_("Nothing is promised. What you take for later stays here until it is done."),
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/promise_list.html", object_type="desks.request", permission=Permission.RECORD_REQUESTS
    )


# -- checklists ------------------------------------------------------------------------------------------------------


@require_GET
def needed_document_list(request: StaffRequest) -> HttpResponse:
    """The documents that services ask for in the reader's cities."""
    _require(request, Permission.KEEP_DIRECTORY)
    table = Table(
        request, selectors.kept_documents(request.user), needed_document_columns(), title=_("Documents to bring"),
        filters=NeededDocumentFilter(request.GET or None), default_sort="service_type__name_it",
        empty_text=_("No service asks for a document yet. What you add is ticked at the desk, request by request."),
        new_url="needed_document_new", new_label=_("Add a document"),
    )  # fmt: skip
    return table_response(
        request, table, "desks/needed_document_list.html",
        on_export=lambda count: log_export(request.user, "desks.neededdocument", Permission.KEEP_DIRECTORY, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def needed_document_new(request: StaffRequest) -> HttpResponse:
    """Add a document to the checklist of a service."""
    _require(request, Permission.KEEP_DIRECTORY)
    form = NeededDocumentForm(request.POST or None, cities=selectors.cities_of_checklists(request.user))
    if form.is_valid():
        data = form.cleaned_data | {"partner_id": form.cleaned_data["partner"].pk, "by": request.user}
        del data["partner"]
        if run_service(form, services.set_needed_document, **data):
            messages.success(request, _("%(name)s is on the list.") % {"name": data["name_it"]})
            return redirect("needed_document_list")
    return render(request, "desks/needed_document_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def needed_document_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a line of a checklist, or ask for it no longer."""
    row = selectors.get_needed_document(request.user, pk)
    cities = selectors.cities_of_checklists(request.user)
    form = NeededDocumentForm(request.POST or None, cities=cities, row=row)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "record_id"}
        if run_service(
            form, services.set_needed_document, by=request.user, partner_id=row.partner_id, document=row, **data
        ):
            messages.success(request, _("Saved."))
            return redirect("needed_document_list")
    context = {"form": form, "row": row}
    return render(request, "desks/needed_document_edit.html", context, status=422 if form.is_bound else 200)


# -- small parts -----------------------------------------------------------------------------------------------------


def _require(request: StaffRequest, permission: Permission) -> None:
    if not can(request.user, permission):
        raise PermissionDenied


def _after(request: StaffRequest, row: Request) -> str:
    """Back to the visit, or to what is promised for who has no place at that desk."""
    if records_requests_at(request.user, row.team):
        return reverse("visit_detail", args=[row.visit_id])
    return reverse("promise_list")


def _changed(form: RequestForm, row: Request) -> bool:
    """Whether a colleague changed the request while this was typed; sent again, what is typed takes its place."""
    row.refresh_from_db()
    seen = form["seen"].value()
    if not seen or seen == services.request_state(row):
        return False
    form.show_as_of(row)
    return True


def _told(request: StaffRequest, visit: Visit, problem: str = "") -> HttpResponse:
    """The requests of the visit as a fragment for htmx, or its page; who only keeps a promise sees no others of it."""
    writes = records_requests_at(request.user, visit.team)
    if writes and request.headers.get("HX-Request") and request.headers.get("HX-Target") == "requests":
        return render(request, "desks/_requests.html", visit_context(request, visit) | {"problem": problem})
    if problem:
        messages.error(request, problem)
    return redirect("visit_detail", visit.pk) if writes else redirect("promise_list")


def _problem(form: Any) -> str:
    return " ".join(str(text) for texts in form.errors.values() for text in texts)
