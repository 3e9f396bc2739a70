"""Who receives people: the bodies outside of the network with their e-mail, and the days within which to answer."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import receivers, selectors
from lgnet.cases.referral_clocks import receiver_of
from lgnet.cases.referral_forms import BodyForm, ReceiverForm
from lgnet.cases.tables import ReceiverFilter, receiver_columns
from lgnet.catalogue.models import Team
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.access import access_of, can
from lgnet.network.exports import log_export
from lgnet.network.models import Partner, User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission


@require_GET
def receiver_list(request: StaffRequest) -> HttpResponse:
    """Everybody to whom people of the city can be sent."""
    user = request.user
    _keepers_only(user)
    table = Table(
        request, selectors.receiving_teams(user), receiver_columns(), title=_("Who receives"), default_sort="name",
        filters=ReceiverFilter(request.GET or None), new_url="receiver_new", new_label=_("New body outside"),
        empty_text=_("Nobody receives people yet. Add the health authority, the prefecture, a legal clinic."),
    )  # fmt: skip
    return table_response(
        request, table, "cases/receiver_list.html",
        on_export=lambda count: log_export(user, "cases.receiver", Permission.KEEP_DIRECTORY, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def receiver_new(request: StaffRequest) -> HttpResponse:
    """Add a body outside of the network."""
    _keepers_only(request.user)
    keeps = access_of(request.user).partner_ids(Permission.KEEP_DIRECTORY)
    form = BodyForm(request.POST or None, partners=Partner.objects.filter(pk__in=keeps).order_by("short_name"))
    if form.is_valid():
        team = run_service(form, receivers.create_body, by=request.user, **form.cleaned_data)
        if team:
            messages.success(request, _("%(name)s is added. People can be sent to it now.") % {"name": team.name})
            return redirect("receiver_list")
    return render(request, "cases/receiver_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def receiver_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What a body is, its e-mail, and the days within which a team is to answer."""
    _keepers_only(request.user)
    team = selectors.get_receiving_team(request.user, pk)
    form = ReceiverForm(
        request.POST or None, receiver=receiver_of(team), keeps_body=team.is_outside,
        sets_clocks=receivers.sets_clocks(request.user, team),
    )  # fmt: skip
    if form.fields and form.is_valid() and done(form, _save, by=request.user, team=team, typed=form):
        messages.success(request, _("Saved."))
        return redirect("receiver_list")
    context = {"form": form, "team": team, "receiver": receiver_of(team)}
    return render(request, "cases/receiver_edit.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _save(*, by: User, team: Team, typed: ReceiverForm) -> Team:
    if typed.body:
        receivers.change_body(by=by, team=team, **typed.chosen(typed.body))
    if typed.days:
        receivers.set_clocks(by=by, team=team, **typed.chosen(typed.days))
    return team


def _keepers_only(user: User) -> None:
    if not can(user, Permission.KEEP_DIRECTORY):
        raise PermissionDenied(_("Only desks and the coordinator keep this."))
