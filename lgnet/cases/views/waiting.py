"""The board of who waits, why, and within how many days a step should come."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import waiting
from lgnet.cases.waiting_models import Step
from lgnet.cases.waiting_tables import CauseForm, LimitsForm, WaitingFilter, waiting_columns
from lgnet.core.errors import DomainError
from lgnet.core.forms import done
from lgnet.core.tables import Table
from lgnet.network.access import access_of, can
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.lists import person_table_response


@require_GET
def waiting_list(request: StaffRequest) -> HttpResponse:
    """Who waits for the next step, the longest first."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    filters = WaitingFilter(request.GET or None)
    step = filters.chosen_step
    table = Table(
        request, waiting.waiting_for(user, step), waiting_columns(user, step), title=_("Who waits"), filters=filters,
        empty_text=_("Nobody waits for this step."), person_of=lambda row: row.person,
    )  # fmt: skip
    steps = [(one, f"{reverse('waiting_list')}?step={one}") for one in Step]
    context = {"step": step, "steps": steps, "may_set": bool(access_of(user).partner_ids(Permission.ASSIGN_CASE))}
    return person_table_response(
        request, table, "cases/waiting_list.html", object_type="people.episode", permission=Permission.VIEW_CASES,
        context=context,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def wait_cause(request: StaffRequest, pk: uuid.UUID, step: str) -> HttpResponse:
    """Say why somebody still waits, without opening the file."""
    person, episode, waited = waiting.get_waiting(request.user, pk, step)
    if not waiting.may_state_cause(request.user, person.partner_id):
        raise PermissionDenied
    form = CauseForm(request.POST or None)
    if form.is_valid() and done(
        form, waiting.state_cause, by=request.user, person=person, episode=episode, step=waited, **form.cleaned_data
    ):
        messages.success(request, _("Noted."))
        return redirect(f"{reverse('waiting_list')}?step={waited}")
    context = {"form": form, "person": person, "step": waited}
    return render(request, "cases/wait_cause.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def wait_limits(request: StaffRequest) -> HttpResponse:
    """Within how many days each step should come in the city; who steers several chooses which with `?city=`."""
    allowed = access_of(request.user).partner_ids(Permission.ASSIGN_CASE)
    cities = list(Partner.objects.filter(pk__in=allowed).order_by("short_name"))
    if not cities:
        raise PermissionDenied
    partner = next((one for one in cities if one.slug == request.GET.get("city")), cities[0])
    form = LimitsForm(request.POST or None, initial=waiting.limits_of(frozenset([partner.pk]))[partner.pk])
    if form.is_valid():
        try:
            for step in Step:
                waiting.set_limit(by=request.user, partner=partner, step=step, days=form.cleaned_data[step])
        except DomainError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The limits are changed."))
            return redirect("waiting_list")
    context = {"form": form, "partner": partner, "cities": cities if len(cities) > 1 else []}
    return render(request, "cases/wait_limits.html", context, status=422 if form.is_bound else 200)
