"""Pages of transfers: of the city that sends, and of the one that receives."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import household_cases, selectors, transfer_arrivals, transfer_selectors, transfers
from lgnet.cases.closing import open_things
from lgnet.cases.household_forms import chosen_others, offer_cases, offer_others
from lgnet.cases.models import Transfer
from lgnet.cases.policies import works_on
from lgnet.cases.transfer_closing import TRANSFER
from lgnet.cases.transfer_content import area_words, fingerprint, gather, told
from lgnet.cases.transfer_forms import (
    AgreementForm,
    ProposalForm,
    RefusalForm,
    TransferFilter,
    WelcomeForm,
    transfer_columns,
)
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.languages import language_name
from lgnet.core.tables import Table
from lgnet.network.access import access_of, can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.document_selectors import documents_of
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import log_listing

FORM = ["GET", "HEAD", "POST"]


@require_GET
def transfer_list(request: StaffRequest) -> HttpResponse:
    """What goes to other cities and what comes from them."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    here = access_of(user).partner_ids(Permission.VIEW_CASES)
    table = Table(
        request, transfer_selectors.listed_transfers(user), transfer_columns(here), title=_("Transfers"),
        filters=TransferFilter(request.GET or None, here=here), default_sort="-created_at",
        empty_text=_("Nobody moves to another city now. A transfer is begun from the page of the case."),
        person_of=lambda row: row.person if row.partner_id in here else None,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/transfer_list.html", object_type="cases.transfer", permission=Permission.VIEW_CASES
    )


@require_http_methods(FORM)
@asks_for_closed_file
def transfer_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Propose to transfer a case to another city."""
    case = selectors.get_case_to_work_on(request.user, pk)
    if there := transfer_selectors.open_transfer_of(case):
        return redirect("transfer_detail", there.pk)
    everything = [part for part, _label in ProposalForm.base_fields["parts"].choices]  # type: ignore[attr-defined]
    initial = {"parts": everything, "document_classes": ["team", "city"]}
    form = ProposalForm(request.POST or None, cities=transfer_selectors.cities_to_send_to(case), initial=initial)
    offer_cases(form, household_cases.can_go_too(request.user, case), label=_("These of the household move too"))
    if form.is_valid():
        others = chosen_others(form)
        about = {"case": case, "proposal": form.proposal(), "record_id": form.cleaned_data["record_id"]}
        if transfer := run_service(form, household_cases.propose_transfers, by=request.user, others=others, **about):
            messages.success(request, _("Nothing is sent yet. Read what would go along, and ask the person."))
            return redirect("transfer_detail", transfer.pk)
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/transfer_new.html", context, status=422 if form.is_bound else 200)


@require_GET
@asks_for_closed_file
def transfer_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A transfer as the sender sees it: what would go along, the agreement, what came of it."""
    transfer = transfer_selectors.get_sent_transfer(request.user, pk)
    together = household_cases.going_together(request.user, transfer)
    log_listing(request.user, [one.person for one in together])
    context: dict[str, Any] = {
        "transfer": transfer, "case": transfer.case, "person": transfer.person, "together": together,
        "may_work": works_on(request.user, transfer.case) and transfer.status in Transfer.OPEN,
        "agreed_language": language_name(transfer.agreed_language) if transfer.agreed_language else "",
    }  # fmt: skip
    if transfer.is_draft and context["may_work"]:
        content = gather(request.user, transfer)
        context |= {"content": told(content), "seen": fingerprint(content)}
    elif transfer.is_waiting and context["may_work"]:
        context["content"] = told(transfer.content)
    if context["may_work"]:
        found = open_things(request.user, transfer.case)
        context["still_open"] = [one for one in found if one.obstacle.code != TRANSFER]
    return render(request, "cases/transfer_detail.html", context)


@require_http_methods(FORM)
@asks_for_closed_file
def transfer_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what was proposed."""
    transfer = _draft(request, pk)
    names = ("to_partner", "why", "parts", "document_classes", "answer_days")
    initial = {name: getattr(transfer, name) for name in names}
    cities = transfer_selectors.cities_to_send_to(transfer.case)
    form = ProposalForm(request.POST or None, cities=cities, initial=initial)
    if form.is_valid() and done(
        form, transfers.change_transfer, by=request.user, transfer=transfer, proposal=form.proposal()
    ):
        return redirect("transfer_detail", pk)
    context = {"form": form, "case": transfer.case, "person": transfer.person, "transfer": transfer}
    return render(request, "cases/transfer_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@asks_for_closed_file
def transfer_agree(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down that the person agrees."""
    transfer = _draft(request, pk)
    spoken = transfer.person.languages.first()
    initial = {
        "language": spoken.language if spoken else "", "with_interpreter": transfer.person.interpreter_needed
    }  # fmt: skip
    documents = documents_of(request.user, transfer.person)
    form = AgreementForm(request.POST or None, documents=documents, initial=initial)
    asked = [one for one in household_cases.going_together(request.user, transfer) if _may_be_asked(request, one)]
    offer_others(
        form, [(one.person, one) for one in asked], label=_("These of the household agree too"), ticked=False,
        help_text=_("Who was asked together with the person; for a child whoever answers for her or him."),
    )  # fmt: skip
    others = chosen_others(form) if form.is_valid() else []
    if form.is_valid() and done(
        form, household_cases.record_agreements, by=request.user, transfer=transfer, others=others,
        agreement=form.agreement(),
    ):  # fmt: skip
        messages.success(request, _("The agreement is written down. Now it can be sent."))
        return redirect("transfer_detail", pk)
    log_listing(request.user, [one.person for one in asked])
    context = {"form": form, "transfer": transfer, "person": transfer.person}
    return render(request, "cases/transfer_agree.html", context, status=422 if form.is_bound else 200)


@require_POST
@asks_for_closed_file
@only_posts
def transfer_send(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Send what the preview shows."""
    transfer = transfer_selectors.get_sent_transfer(request.user, pk)
    try:
        sent = transfers.send_transfer(by=request.user, transfer=transfer, seen=request.POST.get("seen"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        city = {"city": sent.to_partner.short_name, "day": f"{sent.due_on:%d/%m/%Y}"}
        messages.success(request, _("Sent. %(city)s answers by %(day)s.") % city)
    return redirect("transfer_detail", pk)


@require_POST
@asks_for_closed_file
@only_posts
def transfer_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it back before it is answered."""
    transfer = transfer_selectors.get_sent_transfer(request.user, pk)
    try:
        transfers.withdraw_transfer(by=request.user, transfer=transfer)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("transfer_detail", pk)
    messages.success(request, _("Taken back. What had been sent is deleted; the case goes on here."))
    return redirect("case_detail", transfer.case_id)


@require_http_methods(FORM)
def transfer_incoming(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What another city sends: little, until somebody here takes the person in charge."""
    user, transfer = request.user, transfer_selectors.get_incoming_transfer(request.user, pk)
    form = _welcome_form(request, transfer) if transfer.is_waiting and _takes(request, transfer) else None
    if request.method == "POST" and form is None:
        raise PermissionDenied
    if form and form.is_valid():
        welcome = form.welcome()
        about = {"transfer": transfer, "welcome": welcome}
        if copy := run_service(form, transfer_arrivals.acknowledge_transfer, by=user, **about):
            messages.success(request, _("Taken in charge here. Below is everything that came along."))
            return redirect("transfer_copy", copy.pk)
    context = {
        "transfer": transfer, "form": form, "copy": transfer_selectors.copy_of(user, transfer),
        "spoken": [language_name(code) for code in transfer.languages], "needs": area_words(transfer.needs),
        "together": household_cases.coming_together(user, transfer),
    }  # fmt: skip
    return render(request, "cases/transfer_incoming.html", context, status=422 if form and form.is_bound else 200)


@require_http_methods(FORM)
def transfer_refuse(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say to the other city why it cannot be."""
    transfer = transfer_selectors.get_incoming_transfer(request.user, pk)
    form = RefusalForm(request.POST or None)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if reason and done(form, transfers.refuse_transfer, by=request.user, transfer=transfer, reason=reason):
        messages.success(request, _("Refused. The other city reads why."))
        return redirect("transfer_list")
    context = {"form": form, "transfer": transfer}
    return render(request, "cases/transfer_refuse.html", context, status=422 if form.is_bound else 200)


@require_GET
@asks_for_closed_file
def transfer_copy(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What came along from the other city, as it was sent."""
    copy = transfer_selectors.get_copy(request.user, pk)
    context = {"copy": copy, "case": copy.case, "person": copy.case.person, "content": told(copy.content)}
    return render(request, "cases/transfer_copy.html", context)


def _draft(request: StaffRequest, pk: uuid.UUID) -> Transfer:
    """A transfer that the user may still change. Raises Http404, FileClosed or PermissionDenied."""
    transfer = transfer_selectors.get_sent_transfer(request.user, pk)
    if not works_on(request.user, transfer.case) or not transfer.is_draft:
        raise PermissionDenied(_("This was sent already: it is not changed any more."))
    return transfer


def _may_be_asked(request: StaffRequest, transfer: Transfer) -> bool:
    return transfer.is_draft and transfer.agreed_on is None and works_on(request.user, transfer.case)


def _takes(request: StaffRequest, transfer: Transfer) -> bool:
    wanted = (Permission.OPEN_CASE, Permission.WORK_ON_CASE, Permission.REGISTER_PERSON)
    access = access_of(request.user)
    return all(transfer.to_partner_id in access.partner_ids(permission) for permission in wanted)


def _welcome_form(request: StaffRequest, transfer: Transfer) -> WelcomeForm:
    """The form with the teams and colleagues of the city; who was shown as perhaps the same is logged."""
    teams = selectors.case_teams_of(transfer.to_partner_id)
    by_team = {team: selectors.case_workers_of(team) for team in teams}
    managers = [pair for pairs in by_team.values() for pair in pairs]
    mine = [team for team, pairs in by_team.items() if any(user == request.user for user, _profile in pairs)]
    alike = transfer_arrivals.alike(request.user, transfer)
    log_listing(request.user, alike)
    initial = {
        "team": mine[0].pk if mine else None, "manager": request.user.pk if mine else None,
        "members": [str(request.user.pk)],
    }  # fmt: skip
    form = WelcomeForm(request.POST or None, teams=teams, alike=alike, initial=initial)
    form.set_people(managers, selectors.case_workers(transfer.to_partner))
    return form
