"""Pages of the shifts of a crew, and of a contact recorded by mistake."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.forms import done
from lgnet.network.requests import StaffRequest
from lgnet.outreach import outing_selectors, outing_series, selectors
from lgnet.outreach.mistakes import void_contact
from lgnet.outreach.models import OutingState
from lgnet.outreach.outing_forms import ScopeField
from lgnet.outreach.outings import version_of
from lgnet.outreach.shift_forms import MistakeForm, ShiftsForm
from lgnet.outreach.shifts import clashes_of


@require_http_methods(["GET", "HEAD", "POST"])
def outing_shifts(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Who of the crew comes later or leaves earlier."""
    outing = outing_selectors.get_outing_to_run(request.user, pk)
    if outing.state == OutingState.CANCELLED or not outing.crew.all():
        return redirect("outing_detail", pk)
    later = outing_series.following(outing).count()
    form = ShiftsForm(request.POST or None, outing=outing, later=later, initial={"seen": version_of(outing)})
    if form.is_valid():
        everywhere = form.cleaned_data.get("scope") == ScopeField.FOLLOWING
        given = {"shifts": form.shifts(), "with_following": everywhere, "seen": form.cleaned_data["seen"]}
        if done(form, outing_series.set_shifts, by=request.user, outing=outing, **given):
            messages.success(request, _("Saved."))
            for text in clashes_of(outing_selectors.get_outing(request.user, pk)):
                messages.warning(request, text)
            return redirect("outing_detail", pk)
    form.show_as_of(version_of(outing))
    context = {"form": form, "outing": outing}
    return render(request, "outreach/outing_shifts.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_mistake(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a contact was recorded by mistake, and why."""
    contact = selectors.get_contact(request.user, pk)
    if contact.voided_at or contact.team_id not in team_ids_of(request.user):
        return redirect("contact_detail", pk)
    form = MistakeForm(request.POST or None)
    if form.is_valid() and done(form, void_contact, by=request.user, contact=contact, **form.cleaned_data):
        messages.success(request, _("The contact counts no more. What was written stays in the log."))
        return redirect("contact_detail", pk)
    context = {"form": form, "contact": contact}
    return render(request, "outreach/contact_mistake.html", context, status=422 if form.is_bound else 200)
