"""Mediators and the queue: who is at the desk now, and which number waits for one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import run_service
from lgnet.core.languages import language_choices
from lgnet.desks import mediation
from lgnet.desks import mediation_selectors as selectors
from lgnet.desks.mediation_forms import HereForm
from lgnet.desks.queue_selectors import get_ticket
from lgnet.desks.selectors import desks_of
from lgnet.network.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def mediator_here(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The mediators at a desk now; say that one has come."""
    desk = desks_of(request.user).filter(pk=pk).first()
    if desk is None:
        raise Http404
    form = HereForm(request.POST or None)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "until", "record_id")}
        here = run_service(form, mediation.say_here, by=request.user, team=desk, languages=form.languages(), **data)
        if here:
            messages.success(request, _("%(name)s is here.") % {"name": here.name})
            return redirect(f"{reverse('queue_panel')}?team={desk.pk}")
    context = {"form": form, "desk": desk, "here": selectors.mediators_here(desk)}
    return render(request, "desks/mediator_here.html", context, status=422 if form.is_bound else 200)


@require_POST
def mediator_gone(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A mediator has gone."""
    here = selectors.get_here(request.user, pk)
    mediation.say_gone(by=request.user, here=here)
    messages.success(request, _("%(name)s has gone.") % {"name": here.name})
    return redirect("mediator_here", here.team_id)


@require_POST
def ticket_mediator(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a number waits for a mediator of a language, or of none any more."""
    ticket = get_ticket(request.user, pk)
    language = request.POST.get("language", "")
    if language and language not in dict(language_choices()):
        raise Http404
    try:
        mediation.wait_for_mediator(by=request.user, ticket=ticket, language=language)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('queue_panel')}?team={ticket.team_id}")
