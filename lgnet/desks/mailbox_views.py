"""Pages of the mail kept for people: mailboxes, letters, hand-overs, the confirmation of a virtual residence."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.desks import mailbox_selectors as selectors
from lgnet.desks import mailbox_services as services
from lgnet.desks.mailbox_forms import HandoverForm, LetterForm, MailboxForm, RenewForm
from lgnet.desks.mailbox_tables import STATES, MailboxFilter, mailbox_columns
from lgnet.desks.models import Mailbox
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.lists import person_table_response


@require_GET
def mailbox_list(request: StaffRequest) -> HttpResponse:
    """Mailboxes at the reader's desks: whose mail waits, which agreement ends."""
    user = request.user
    if not can(user, Permission.COUNT_SERVICES):
        raise PermissionDenied
    table = Table(
        request, selectors.listed_mailboxes(user), mailbox_columns(), title=_("Mail"), default_sort="ends_on",
        filters=MailboxFilter(request.GET or None, user=user), person_of=lambda box: box.person,
        empty_text=_("No mail is kept yet. Open a mailbox from the page of a person."),
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/mailbox_list.html", object_type="desks.mailbox", permission=Permission.COUNT_SERVICES
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def mailbox_new(request: StaffRequest) -> HttpResponse:
    """Keep the mail of a person from now on."""
    teams = list(selectors.mail_desks(request.user))
    if not teams:
        raise PermissionDenied(_("You work at no desk today. Ask the coordinator to add you to one."))
    person = person_asked_for(request)
    form = MailboxForm(request.POST or None, teams=selectors.mail_desks(request.user))
    if form.is_valid():
        box = run_service(form, services.open_mailbox, by=request.user, person=person, **form.cleaned_data)
        if box:
            messages.success(request, _("The mailbox is open."))
            return redirect("mailbox_detail", box.pk)
    context = {"form": form, "person": person}
    return render(request, "desks/mailbox_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def mailbox_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What waits, what was handed over, until when; a new letter and a hand-over are one form each."""
    return render(request, "desks/mailbox_detail.html", _page(selectors.get_mailbox(request.user, pk)))


@require_POST
def letter_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A letter came."""
    box, form = selectors.get_mailbox(request.user, pk), LetterForm(request.POST)
    if form.is_valid() and done(form, services.receive_letter, by=request.user, mailbox=box, **form.cleaned_data):
        messages.success(request, _("The letter is kept. The person is told where that is safe."))
        return redirect("mailbox_detail", box.pk)
    return render(request, "desks/mailbox_detail.html", _page(box, letter_form=form), status=422)


@require_POST
def mail_handover(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Letters are given to the person."""
    box = selectors.get_mailbox(request.user, pk)
    form = HandoverForm(request.POST, waiting=selectors.letters_waiting(box))
    sent = selectors.handover_sent(box, request.POST.get("record_id", ""))
    if sent is None and form.is_valid():
        letters = [letter.pk for letter in form.cleaned_data.pop("letters")]
        about = {"mailbox": box, "letters": letters}
        sent = run_service(form, services.hand_over, by=request.user, **about, **form.cleaned_data)
    if sent is None:
        return render(request, "desks/mailbox_detail.html", _page(box, handover_form=form), status=422)
    messages.success(request, _("The mail is handed over."))
    return redirect("mailbox_detail", box.pk)


@require_POST
def handover_undo(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The letters were not handed over after all."""
    handover = selectors.get_handover(request.user, pk)
    try:
        services.undo_handover(by=request.user, handover=handover)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back: the letters wait again."))
    return redirect("mailbox_detail", handover.mailbox_id)


@require_POST
def letter_return(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A letter goes back to its sender."""
    letter = selectors.get_letter(request.user, pk)
    try:
        services.send_back(by=request.user, letter=letter)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter goes back to its sender."))
    return redirect("mailbox_detail", letter.mailbox_id)


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox_renew(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A later last day, another number, the agreement signed."""
    box = selectors.get_mailbox(request.user, pk)
    initial = {"ends_on": box.ends_on, "number": box.number, "signed_on": box.signed_on}
    if box.state in {"ending", "expired"}:
        initial["ends_on"] = max(box.ends_on, timezone.localdate()) + services.USUAL_TERM
    form = RenewForm(request.POST or None, initial=initial)
    if form.is_valid() and done(form, services.renew_mailbox, by=request.user, mailbox=box, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("mailbox_detail", box.pk)
    context = {"form": form, "box": box}
    return render(request, "desks/mailbox_renew.html", context, status=422 if form.is_bound else 200)


@require_POST
def mailbox_close(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep no more mail for the person."""
    box = selectors.get_mailbox(request.user, pk)
    try:
        services.close_mailbox(by=request.user, mailbox=box)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The mailbox is closed."))
    return redirect("mailbox_detail", box.pk)


@require_GET
def mailbox_print(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The confirmation of a virtual residence on paper, in Italian: it is for Italian offices."""
    box = selectors.get_mailbox(request.user, pk)
    if box.kind != Mailbox.Kind.VIRTUAL_RESIDENCE:
        raise Http404
    with translation.override("it"):
        return render(request, "desks/mailbox_print.html", {"box": box, "today": timezone.localdate()})


def _page(box: Mailbox, **forms: Any) -> dict[str, Any]:
    waiting = selectors.letters_waiting(box)
    words, kind = STATES[box.state]
    usual = {"letter_form": LetterForm(), "handover_form": HandoverForm(waiting=waiting) if waiting else None}
    return usual | forms | {
        "box": box, "waiting": waiting, "gone": selectors.letters_gone(box), "handovers": selectors.handovers_of(box),
        "late": [letter for letter in waiting if letter.is_past_term], "state": words, "state_kind": kind,
        "today": timezone.localdate(),
        "facts": [
            (_("Person"), box.person.name_as_used), (_("Kind"), box.get_kind_display()), (_("Desk"), box.team.name),
            (_("Number of the box"), box.number), (_("First day"), box.starts_on), (_("Last day"), box.ends_on),
            (_("Agreement signed on"), box.signed_on or _("not signed yet")), (_("Closed on"), box.closed_on),
        ],
    }  # fmt: skip
