"""The page on which a coordinator gives the zones of a city their outlines."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lgnet.catalogue.outlines import keep_outlines, remove_outlines
from lgnet.network.requests import StaffRequest
from lgnet.outreach.outing_board import zone_maps, zones_planned
from lgnet.outreach.outline_forms import OutlineForm
from lgnet.outreach.policies import planned_partners


@require_http_methods(["GET", "HEAD", "POST"])
def zone_outlines(request: StaffRequest) -> HttpResponse:
    """Load the outlines of the zones from a file, look at them, or take them away."""
    partners = list(planned_partners(request.user))
    if not partners:
        raise PermissionDenied
    form = OutlineForm(request.POST or None, request.FILES or None, partners=partners)
    if form.is_valid():
        partner = form.cleaned_data["partner"]
        if form.cleaned_data["remove"]:
            count = remove_outlines(by=request.user, partner=partner)
            told = ngettext("The outline of %(n)s zone is gone.", "The outlines of %(n)s zones are gone.", count)
        else:
            count = keep_outlines(by=request.user, partner=partner, outlines=form.outlines)
            told = ngettext("%(n)s zone has a new outline.", "%(n)s zones have new outlines.", count)
        messages.success(request, told % {"n": count})
        return redirect("zone_outlines")
    context = {"form": form, "cities": zone_maps(zones_planned(request.user))}
    return render(request, "outreach/zone_outlines.html", context, status=422 if form.is_bound else 200)
