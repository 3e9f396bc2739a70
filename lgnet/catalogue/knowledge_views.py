"""Pages of answers: found, read, read to somebody, written, reviewed, reported on."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue import knowledge
from lgnet.catalogue import knowledge_selectors as selectors
from lgnet.catalogue.knowledge_forms import AnswerForm, FeedbackForm, ReviewDayForm, TextForm, WhyForm, initial_of
from lgnet.catalogue.knowledge_models import KnowledgeVersion
from lgnet.catalogue.knowledge_policies import may_review, reads_pages, reviews_for, writes_for
from lgnet.catalogue.knowledge_tables import STATE_KINDS, STATES, KnowledgeFilter, knowledge_columns, state_of
from lgnet.catalogue.knowledge_text import render_text
from lgnet.core.errors import DomainError
from lgnet.core.forms import LgForm, done, run_service
from lgnet.core.languages import reader_language
from lgnet.core.tables import Table, table_response
from lgnet.network.access import access_of
from lgnet.network.exports import log_export
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission

BOTH = ["GET", "HEAD", "POST"]


@require_GET
def knowledge_list(request: StaffRequest) -> HttpResponse:
    """Pages the reader may use, and those she or he works on."""
    user = request.user
    if not reads_pages(user):
        raise PermissionDenied
    partners, network = _scopes(request)
    rows = selectors.listed_versions(user).prefetch_related("texts")
    table = Table(
        request, rows, knowledge_columns(), title=_("Answers"), filters=KnowledgeFilter(request.GET or None, user=user),
        new_url="knowledge_new" if partners or network else "", new_label=_("Write a page"),
        empty_text=_("No page yet. Write down the answers that are asked for every day: a colleague reviews them."),
    )  # fmt: skip
    return table_response(
        request, table, "catalogue/knowledge_list.html", {"state": request.GET.get("state", "")},
        on_export=lambda count: log_export(user, knowledge.VERSION, Permission.VIEW_PARTNERS, count),
    )  # fmt: skip


@require_GET
def knowledge_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A version: what it says, in which state it is, what colleagues say of it."""
    version = selectors.get_version(request.user, pk)
    context = selectors.page_context(request.user, version)
    return render(request, "catalogue/knowledge_detail.html", context | _shown(request, version))


@require_GET
def knowledge_read(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The text alone, large, in the person's language: to read it to her or him, or to print it."""
    version = selectors.get_version(request.user, pk)
    return render(request, "catalogue/knowledge_read.html", {"version": version} | _shown(request, version))


@require_GET
def knowledge_changes(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What changed since the version before."""
    version = selectors.get_version(request.user, pk)
    before, changes = selectors.changes_of(request.user, version)
    context = {"version": version, "before": before, "changes": changes}
    return render(request, "catalogue/knowledge_changes.html", context)


@require_http_methods(BOTH)
def knowledge_new(request: StaffRequest) -> HttpResponse:
    """Begin a page."""
    partners, network = _scopes(request)
    if not partners and not network:
        raise PermissionDenied(_("Your role does not change this."))
    form = AnswerForm(request.POST or None, partners=partners, network=network)
    if form.is_valid():
        data = form.cleaned_data
        version = run_service(
            form, knowledge.write_page, by=request.user, partner=data["scope"], answer=form.answer(),
            record_id=data["record_id"],
        )  # fmt: skip
        if version:
            messages.success(request, _("The draft is kept. Ask for its review when it is ready."))
            return redirect("knowledge_detail", version.pk)
    return render(request, "catalogue/knowledge_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(BOTH)
def knowledge_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a draft anew."""
    version = _to_write(request, pk)
    partner = version.page.partner
    scopes = {"partners": [partner] if partner else [], "network": partner is None}
    form = AnswerForm(request.POST or None, initial=initial_of(version), **scopes)  # type: ignore[arg-type]
    changed = False
    if form.is_valid():
        seen = form.seen_moment()
        if done(form, knowledge.change_draft, by=request.user, version=version, answer=form.answer(), seen=seen):
            messages.success(request, _("Saved."))
            return redirect("knowledge_detail", pk)
        if changed := seen is not None and seen != version.changed_at:
            form.show_as_of(version)
    context = {"form": form, "version": version, "changed": changed} | _shown(request, version)
    return render(request, "catalogue/knowledge_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(BOTH)
def knowledge_text(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a draft in one more language; `?language=` says which."""
    version = _to_write(request, pk)
    language = request.GET.get("language", "")
    there = next((text for text in version.texts.all() if text.language == language), None)
    initial = {"language": language} | ({"title": there.title, "body": there.body} if there else {})
    form = TextForm(request.POST or None, initial=initial)
    if form.is_valid() and done(form, knowledge.write_text, by=request.user, version=version, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("knowledge_detail", pk)
    italian = version.text_in("it")
    context = {"form": form, "version": version, "language": language, "italian": italian}
    context["italian_body"] = render_text(italian.body)
    return render(request, "catalogue/knowledge_text.html", context, status=422 if form.is_bound else 200)


@require_POST
def knowledge_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """What needs no words: ask for the review, approve, begin a new version."""
    version, user = selectors.get_version(request.user, pk), request.user
    try:
        if act == "again":
            version = knowledge.begin_version(by=user, page=version.page)
            messages.success(request, _("A copy to work on. The approved version stays the answer until then."))
        elif act == "submit":
            knowledge.submit_version(by=user, version=version)
            messages.success(request, _("A colleague who has not written it can review it now."))
        else:
            knowledge.approve_version(by=user, version=version)
            messages.success(request, _("Approved: from now on it is an answer."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("knowledge_detail", version.pk)


@require_http_methods(BOTH)
def knowledge_send_back(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a version back to who wrote it."""
    version = selectors.get_version(request.user, pk)
    if not reviews_for(request.user, version.page.partner):
        raise PermissionDenied(_("Your role does not change this."))
    heading, lead = _("Send it back"), _("Who wrote it reads what to mend.")
    said = _("Sent back to who wrote it.")
    return _asked(request, version, WhyForm, knowledge.send_back, heading, lead, said)


@require_http_methods(BOTH)
def knowledge_outdate(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a version is no answer any more."""
    version = selectors.get_version(request.user, pk)
    partner = version.page.partner
    if not (writes_for(request.user, partner) or reviews_for(request.user, partner)):
        raise PermissionDenied(_("Your role does not change this."))
    heading, lead = _("Declare it outdated"), _("It stays to be read, and is no answer any more.")
    said = _("Outdated: it is no answer any more.")
    return _asked(request, version, WhyForm, knowledge.outdate_version, heading, lead, said)


@require_http_methods(BOTH)
def knowledge_confirm(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that an approved version is still right."""
    version = selectors.get_version(request.user, pk)
    if not may_review(request.user, version):
        raise PermissionDenied(_("Somebody who reviews pages and has not written this one confirms it."))
    heading, lead = _("It is still right"), _("Confirm it only after looking at its sources.")
    said = _("Confirmed. The list reminds of it again in time.")
    return _asked(request, version, ReviewDayForm, knowledge.confirm_version, heading, lead, said)


@require_http_methods(BOTH)
def knowledge_feedback(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say whether an answer helped."""
    version = selectors.get_version(request.user, pk)
    heading, lead = _("Did it help?"), _("Who keeps the page reads it.")
    said = _("Thank you. Who keeps the page reads it.")
    return _asked(request, version, FeedbackForm, knowledge.give_feedback, heading, lead, said)


@require_POST
def knowledge_settle(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that what somebody reported was looked at."""
    feedback = selectors.get_feedback(request.user, pk)
    knowledge.settle_feedback(by=request.user, feedback=feedback)
    messages.success(request, _("Looked at."))
    return redirect("knowledge_detail", feedback.version_id)


def _asked(
    request: StaffRequest, version: KnowledgeVersion, form_class: type[LgForm], service: Callable[..., object],
    heading: str, lead: str, said: str,
) -> HttpResponse:  # fmt: skip
    """Ask what the service needs, on a page of one form."""
    form = form_class(request.POST or None)
    if form.is_valid() and done(form, service, by=request.user, version=version, **form.cleaned_data):
        messages.success(request, said)
        return redirect("knowledge_detail", version.pk)
    context = {"form": form, "version": version, "heading": heading, "lead": lead}
    return render(request, "catalogue/knowledge_ask.html", context, status=422 if form.is_bound else 200)


def _to_write(request: StaffRequest, pk: uuid.UUID) -> KnowledgeVersion:
    version = selectors.get_version(request.user, pk)
    if not writes_for(request.user, version.page.partner):
        raise PermissionDenied(_("Your role does not change this."))
    return version


def _scopes(request: StaffRequest) -> tuple[list[Partner], bool]:
    """For which cities, and whether for the network, the reader writes."""
    access = access_of(request.user)
    network = access.reaches_network(Permission.WRITE_KNOWLEDGE)
    own = Partner.objects.filter(pk__in=access.partner_ids(Permission.WRITE_KNOWLEDGE)).order_by("short_name")
    return [partner for partner in own if partner.is_city], network


def _shown(request: StaffRequest, version: KnowledgeVersion) -> dict[str, Any]:
    """The text in the language asked for, else in the reader's, else in Italian."""
    text = version.text_in(request.GET.get("language") or reader_language())
    state = state_of(version)
    return {
        "text": text, "body": render_text(text.body), "direction": "rtl" if text.language in {"ar", "ur"} else "ltr",
        "state": STATES[state], "state_kind": STATE_KINDS[state],
    }  # fmt: skip
