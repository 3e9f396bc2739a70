"""Pages of stops and of mobile units."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.catalogue.selectors import team_members
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import outing_selectors as selectors
from lgnet.outreach import stops
from lgnet.outreach.outing_calendar import week_of
from lgnet.outreach.outing_forms import StopForm, UnitForm
from lgnet.outreach.outing_tables import STATE_KINDS, StopFilter, stop_columns
from lgnet.outreach.policies import manages_unit, runs_outings_of, stop_partners


@require_GET
def stop_list(request: StaffRequest) -> HttpResponse:
    """Stops of the city: filters, export."""
    user = request.user
    if not can(user, Permission.VIEW_OUTINGS):
        raise PermissionDenied
    table = Table(
        request, selectors.visible_stops(user), stop_columns(), title=_("Stops"), default_sort="name",
        filters=StopFilter(request.GET, user=user), new_url="stop_new" if stop_partners(user) else "",
        new_label=_("New stop"), empty_text=_("Places where the mobile units stop. Add the first one."),
    )  # fmt: skip
    return table_response(
        request, table, "outreach/stop_list.html",
        on_export=lambda count: log_export(user, stops.STOP, Permission.VIEW_OUTINGS, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def stop_new(request: StaffRequest) -> HttpResponse:
    """Make a stop."""
    if not stop_partners(request.user):
        raise PermissionDenied
    form = StopForm(request.POST or None, zones=list(selectors.stop_zones(request.user)))
    if form.is_valid() and (stop := run_service(form, stops.create_stop, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The stop %(name)s is made.") % {"name": stop.name})
        return redirect("stop_list")
    return render(request, "outreach/stop_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def stop_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a stop, publish it, or take it out of use."""
    stop = selectors.get_stop(request.user, pk)
    form = StopForm(request.POST or None, zones=list(selectors.stop_zones(request.user)), stop=stop)
    if form.is_valid() and done(form, stops.change_stop, by=request.user, stop=stop, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("stop_list")
    context = {"form": form, "stop": stop}
    return render(request, "outreach/stop_edit.html", context, status=422 if form.is_bound else 200)


@require_GET
def unit_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A mobile unit: vehicle, equipment, people, and its outings of this week and the next."""
    team = selectors.get_unit(request.user, pk)
    monday, sunday = week_of(timezone.localdate())
    found = selectors.visible_outings(request.user).filter(team=team)
    coming = selectors.begin_between(found, monday, sunday + timedelta(days=7))
    context = {
        "team": team, "unit": getattr(team, "mobile_unit", None), "people": team_members(team),
        "coming": selectors.with_people(coming), "kinds": STATE_KINDS,
        "may_change": manages_unit(request.user, team), "may_run": runs_outings_of(request.user, team),
    }  # fmt: skip
    return render(request, "outreach/unit_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what vehicle and equipment the unit has."""
    team = selectors.get_unit(request.user, pk)
    if not manages_unit(request.user, team):
        raise PermissionDenied(_("Only who manages the staff of a city changes its teams."))
    form = UnitForm(request.POST or None, unit=getattr(team, "mobile_unit", None))
    if form.is_valid() and done(form, stops.describe_unit, by=request.user, team=team, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("unit_detail", pk)
    context = {"form": form, "team": team}
    return render(request, "outreach/unit_edit.html", context, status=422 if form.is_bound else 200)
