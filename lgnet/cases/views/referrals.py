"""Pages of referrals: inbox, detail with the answer, card, new one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import referrals, selectors
from lgnet.cases.cards import card_of, languages
from lgnet.cases.forms import AnswerForm, ReferralForm
from lgnet.cases.models import Referral
from lgnet.cases.policies import may_answer, may_withdraw, reads_referral
from lgnet.cases.tables import REFERRAL_KINDS, ReferralFilter, referral_columns
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import own_teams, team_ids_of
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.lists import person_table_response


@require_GET
def referral_list(request: StaffRequest) -> HttpResponse:
    """Referrals of the city: those waiting for the reader's teams first."""
    user = request.user
    if not can(user, Permission.VIEW_REFERRALS):
        raise PermissionDenied
    rows = selectors.visible_referrals(user).order_by("-sent_at")
    if mine := team_ids_of(user):
        waiting = Q(to_team__in=mine, status__in=Referral.OPEN)
        rows = rows.order_by(Case(When(waiting, then=0), default=1, output_field=IntegerField()), "-sent_at")
    table = Table(
        request, rows, referral_columns(user), title=_("Referrals"),
        filters=ReferralFilter(request.GET or None, user=user),
        empty_text=_("Nobody was referred yet. A referral starts from a street contact or from a person's page."),
        person_of=lambda referral: referral.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/referral_list.html", object_type="cases.referral", permission=Permission.VIEW_REFERRALS
    )


@require_GET
def referral_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One referral, and its answer."""
    referral = selectors.get_referral(request.user, pk)
    return _detail_page(request, referral, AnswerForm())


@require_POST
def referral_accept(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The team expects the person."""
    return _answer(request, pk, referrals.accept_referral, _("Accepted. The colleagues can read your answer."))


@require_POST
def referral_refuse(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The team cannot take the person."""
    return _answer(request, pk, referrals.refuse_referral, _("Refused. The colleagues can read why."))


@require_POST
def referral_arrived(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody registered has come to the team, or anybody to a service outside; a desk has a page of its own."""
    referral = selectors.get_referral(request.user, pk)
    form = AnswerForm(request.POST)
    if referral.to_team.is_outside:
        if done(form, referrals.mark_arrived_outside, by=request.user, referral=referral):
            messages.success(request, _("Recorded: the person has been there."))
            return redirect("referral_detail", pk)
        return _detail_page(request, referral, form, status=422)
    if not may_answer(request.user, referral) or referral.person is None:
        raise PermissionDenied(_("Only the team that receives a registered person records that she or he has come."))
    arrived = {"referral": referral, "person": referral.person, "arrived_at": timezone.now()}
    if done(form, referrals.mark_arrived, by=request.user, **arrived):
        messages.success(request, _("%(name)s has come.") % {"name": referral.person.name_as_used})
        return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


@require_POST
def referral_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The sending team takes the referral back."""
    referral = selectors.get_referral(request.user, pk)
    form = AnswerForm(request.POST)
    if done(form, referrals.withdraw_referral, by=request.user, referral=referral):
        messages.success(request, _("Taken back. The card is no longer valid."))
        return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


@require_GET
def referral_card(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The card to print or show: its code in big letters and as a picture, and where to go."""
    referral = selectors.get_referral(request.user, pk)
    if not reads_referral(request.user, referral):
        raise PermissionDenied(_("Only the two teams print the card."))
    if referral.status in {Referral.Status.WITHDRAWN, Referral.Status.REFUSED}:
        status = referral.get_status_display()
        messages.warning(request, _("The card is not given any more: %(status)s.") % {"status": status})
        return redirect("referral_detail", pk)
    context = {
        "referral": referral,
        "card": card_of(referral, request.GET.get("language", "")),
        "card_languages": languages(),
        "perms_contact_new": can(request.user, Permission.RECORD_CONTACT),
    }
    return render(request, "cases/referral_card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def referral_new(request: StaffRequest) -> HttpResponse:
    """Send a registered person to another team."""
    person = person_asked_for(request)
    senders = own_teams(request.user, Permission.SEND_REFERRAL).filter(partner=person.partner_id)
    first = senders.first()
    if first is None:
        raise PermissionDenied(_("You are in no team of this city that refers people."))
    receivers = selectors.teams_of_city(person.partner_id)
    form = ReferralForm(request.POST or None, initial={"from_team": first.pk}, senders=senders, receivers=receivers)
    if form.is_valid():
        sent = run_service(form, referrals.send_referral, by=request.user, person=person, **form.cleaned_data)
        if sent:
            messages.success(request, _("Referred to %(team)s. Give the person this card.") % {"team": sent.to_team})
            return redirect("referral_card", sent.pk)
    status = 422 if form.is_bound else 200
    return render(request, "cases/referral_new.html", {"form": form, "person": person}, status=status)


def _answer(request: StaffRequest, pk: uuid.UUID, service: Any, said: str) -> HttpResponse:
    referral = selectors.get_referral(request.user, pk)
    form = AnswerForm(request.POST)
    if form.is_valid() and done(form, service, by=request.user, referral=referral, answer=form.cleaned_data["answer"]):
        messages.success(request, said)
        return redirect("referral_detail", pk)
    return _detail_page(request, referral, form, status=422)


def _detail_page(request: StaffRequest, referral: Referral, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    user, is_open = request.user, referral.status in Referral.OPEN
    answers = may_answer(user, referral)
    context = {
        "referral": referral,
        "status_kind": REFERRAL_KINDS[referral.status],
        "readable": reads_referral(user, referral),
        "need": ServiceType.Area(referral.need).label if referral.need else "",
        "may_answer": answers and referral.status == Referral.Status.SENT,
        "may_withdraw": is_open and may_withdraw(user, referral),
        "may_mark_arrived": is_open and answers and _comes_without_a_page(referral),
        "may_receive": is_open and can(user, Permission.RECORD_VISIT, partner=referral.partner_id),
        "may_open_case": bool(referral.person) and can(user, Permission.OPEN_CASE, partner=referral.partner_id),
        "form": form,
    }
    return render(request, "cases/referral_detail.html", context, status=status)


def _comes_without_a_page(referral: Referral) -> bool:
    """Whether that the person has come is said by a button: not at a desk, which records an arrival."""
    team = referral.to_team
    return team.is_outside or (referral.person is not None and team.kind != Team.Kind.DESK)
