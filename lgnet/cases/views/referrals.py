"""Pages of referrals: inbox, card, new one, and the link to a body outside."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import referral_links, selectors
from lgnet.cases.cards import card_of, languages
from lgnet.cases.models import Referral
from lgnet.cases.policies import reads_referral
from lgnet.cases.referral_forms import ReferralForm, SharingForm
from lgnet.cases.referral_page import may_do
from lgnet.cases.tables import ReferralFilter, referral_columns
from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import own_teams, team_ids_of
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for, visit_left
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
def referral_card(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The card to print or show: its code in big letters and as a picture, and where to go."""
    referral = selectors.get_referral(request.user, pk)
    if not reads_referral(request.user, referral):
        raise PermissionDenied(_("Only the two teams print the card."))
    if referral.status in {Referral.Status.WITHDRAWN, Referral.Status.REFUSED, Referral.Status.CLOSED}:
        status = referral.get_status_display()
        messages.warning(request, _("The card is not given any more: %(status)s.") % {"status": status})
        return redirect("referral_detail", pk)
    context = {
        "referral": referral,
        "card": card_of(referral, request.GET.get("language", "")),
        "card_languages": languages(),
        "visit_left": visit_left(request),
        "perms_contact_new": can(request.user, Permission.RECORD_CONTACT),
    }
    return render(request, "cases/referral_card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def referral_new(request: StaffRequest) -> HttpResponse:
    """Send a registered person to another team; `?after=` a referral that came to nothing takes over what it asked.

    `?need=` says what it is about; after a `?visit=` the card leads back to it.
    """
    person = person_asked_for(request)
    senders = own_teams(request.user, Permission.SEND_REFERRAL).filter(partner=person.partner_id)
    first = senders.first()
    if first is None:
        raise PermissionDenied(_("You are in no team of this city that refers people."))
    before = selectors.referral_before(request.user, person, request.GET.get("after", ""))
    receivers = selectors.teams_of_city(person.partner_id)
    form = ReferralForm(
        request.POST or None, initial=_asked_before(before, first) | _needed(request), senders=senders,
        receivers=receivers, person=person,
    )  # fmt: skip
    if form.is_valid():
        sent = run_service(
            form, referral_links.refer_person, by=request.user, person=person, follows=before,
            site_url=request.build_absolute_uri("/"), **form.arguments(),
        )  # fmt: skip
        if sent:
            return _sent(request, sent)
    context = {"form": form, "person": person, "may_mail": selectors.bodies_with_mail(person.partner_id).exists()}
    return render(request, "cases/referral_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def referral_link(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Send a body outside the link by which it reads what is ticked and answers; sent again, the older one ends."""
    referral = selectors.get_referral(request.user, pk)
    if not may_do(request.user, referral).send_link or referral.person is None:
        raise PermissionDenied(_("Only the team that sent somebody registered, and while it waits, sends a link."))
    known = {"shared": referral.shared or list(Referral.SHARED_AT_LEAST), "basis": referral.basis}
    form = SharingForm(request.POST or None, initial=known, person=referral.person)
    if form.is_valid():
        send = {"referral": referral, "sharing": form.sharing(), "site_url": request.build_absolute_uri("/")}
        if done(form, referral_links.send_link, by=request.user, **send):
            messages.success(request, _("The link goes out by e-mail. You see here when it is opened."))
            return redirect("referral_detail", pk)
    context = {"form": form, "referral": referral, "link": selectors.link_of(referral)}
    return render(request, "cases/referral_link.html", context, status=422 if form.is_bound else 200)


@require_POST
def referral_link_stop(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Put the link of a referral out of use."""
    referral = selectors.get_referral(request.user, pk)
    link = selectors.link_of(referral)
    if link is None:
        raise Http404
    referral_links.stop_link(by=request.user, link=link)
    messages.success(request, _("The link no longer works."))
    return redirect("referral_detail", pk)


def _asked_before(before: Referral | None, first: Team) -> dict[str, Any]:
    if before is None:
        return {"from_team": first.pk}
    return {"from_team": before.from_team_id, "need": before.need, "reason": before.reason}


def _needed(request: StaffRequest) -> dict[str, str]:
    need = request.GET.get("need", "")
    return {"need": need} if need in ServiceType.Area.values else {}


def _sent(request: StaffRequest, sent: Referral) -> HttpResponse:
    text = _("Referred to %(team)s. Give the person this card.") % {"team": sent.to_team}
    if selectors.link_of(sent):
        text += " " + _("The link goes out by e-mail.")
    messages.success(request, text)
    visit = visit_left(request)
    return redirect(reverse("referral_card", args=[sent.pk]) + (f"?visit={visit}" if visit else ""))
