"""The page of one referral, the same thread for both teams, and every change of its state."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lgnet.cases import referrals, selectors
from lgnet.cases.models import Referral
from lgnet.cases.policies import may_answer, works_with
from lgnet.cases.referral_forms import AnswerForm, CloseForm, NoteForm
from lgnet.cases.referral_page import staff_context
from lgnet.cases.referral_sharing import shared_labels
from lgnet.cases.referral_thread import mark_notes_read, write_note
from lgnet.cases.tables import REFERRAL_KINDS
from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import done
from lgnet.network.requests import StaffRequest


@require_GET
def referral_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One referral: what is asked, the states, the clocks, and what the two sides write."""
    return _detail_page(request, selectors.get_referral(request.user, pk))


@require_POST
def referral_seen(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody of one of the teams has the page open: the referral is seen, what the other side wrote is read."""
    referral = selectors.get_referral(request.user, pk)
    if not works_with(request.user, referral):
        raise PermissionDenied(_("Only the two teams mark a referral as seen."))
    if not referral.to_team.is_outside and may_answer(request.user, referral):
        referrals.mark_seen(by=request.user, referral=referral)
    mark_notes_read(by=request.user, referral=referral)
    if getattr(request, "htmx", None):
        return render(request, "cases/_referral_seen.html")
    return redirect("referral_detail", pk)


@require_POST
def referral_accept(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The team expects the person."""
    said = _("Accepted. The colleagues can read your answer.")
    return _change(request, pk, AnswerForm(request.POST), referrals.accept_referral, said, ("answer", "come_at"))


@require_POST
def referral_refuse(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The team cannot take the person."""
    said = _("Refused. The colleagues can read why.")
    return _change(request, pk, AnswerForm(request.POST), referrals.refuse_referral, said, ("answer",))


@require_POST
def referral_not_arrived(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The person did not come."""
    said = _("Recorded: the person did not come. You can ask once more, or send her or him elsewhere.")
    return _change(request, pk, AnswerForm(request.POST), referrals.mark_not_arrived, said)


@require_POST
def referral_reopen(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The sending team asks once more."""
    said = _("Asked once more. The card is good again.")
    return _change(request, pk, AnswerForm(request.POST), referrals.reopen_referral, said)


@require_POST
def referral_close(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One of the teams says what came of it."""
    form = CloseForm(request.POST, auto_id="close_%s")
    return _change(request, pk, form, referrals.close_referral, _("Closed."), ("result", "answer"))


@require_POST
def referral_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The sending team takes the referral back."""
    said = _("Taken back. The card is no longer valid.")
    return _change(request, pk, AnswerForm(request.POST), referrals.withdraw_referral, said)


@require_POST
def referral_arrived(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody registered has come to the team, or anybody to a service outside; a desk has a page of its own."""
    referral = selectors.get_referral(request.user, pk)
    form = AnswerForm(request.POST)
    if referral.to_team.is_outside:
        said = _("Recorded: the person has been there.")
        return _change(request, pk, form, referrals.mark_arrived_outside, said)
    if not may_answer(request.user, referral) or referral.person is None:
        raise PermissionDenied(_("Only the team that receives a registered person records that she or he has come."))
    arrived = {"referral": referral, "person": referral.person, "arrived_at": timezone.now()}
    if done(form, referrals.mark_arrived, by=request.user, **arrived):
        messages.success(request, _("%(name)s has come.") % {"name": referral.person.name_as_used})
        return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


@require_POST
def referral_note(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write to the other side, or correct what one's own side wrote."""
    referral = selectors.get_referral(request.user, pk)
    form = NoteForm(request.POST, referral=referral, auto_id="note_%s")
    written = {"by": request.user, "referral": referral}
    if form.is_valid() and done(form, write_note, **written, **form.cleaned_data):
        mark_notes_read(by=request.user, referral=referral)
        messages.success(request, _("Written. The other side sees it."))
        return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


def _change(
    request: StaffRequest, pk: uuid.UUID, form: BaseForm, service: Any, said: str, takes: tuple[str, ...] = ()
) -> HttpResponse:
    """Call the service with what was typed in the fields it takes; what is wrong with others does not matter."""
    referral = selectors.get_referral(request.user, pk)
    if not set(form.errors) & {*takes, "__all__"}:
        typed = {name: form.cleaned_data[name] for name in takes}
        if done(form, service, by=request.user, referral=referral, **typed):
            messages.success(request, said)
            return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


def _detail_page(
    request: StaffRequest, referral: Referral, form: BaseForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page, with the form in which something has to be mended in its place."""
    forms: dict[str, BaseForm] = {
        "form": AnswerForm(), "close_form": CloseForm(auto_id="close_%s"),
        "note_form": NoteForm(referral=referral, auto_id="note_%s"),
    }  # fmt: skip
    if form is not None:
        forms[next(name for name, blank in forms.items() if type(blank) is type(form))] = form
    context = staff_context(request.user, referral) | forms | {
        "status_kind": REFERRAL_KINDS[referral.status],
        "need": ServiceType.Area(referral.need).label if referral.need else "",
        "shared": shared_labels(referral.shared),
        "link": selectors.link_of(referral),
        "followed": selectors.followed_by(request.user, referral),
    }  # fmt: skip
    return render(request, "cases/referral_detail.html", context, status=status)
