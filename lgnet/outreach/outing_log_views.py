"""Pages of the log of an outing: start, end, mend, print."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.catalogue.models import ServiceType
from lgnet.catalogue.selectors import service_types
from lgnet.core.forms import done
from lgnet.network.requests import StaffRequest
from lgnet.outreach import outing_log
from lgnet.outreach import outing_selectors as selectors
from lgnet.outreach.forms import GIVEN_AREAS, now_to_the_minute
from lgnet.outreach.models import Outing, OutingState
from lgnet.outreach.outing_forms import SUPPLY, LogForm, StartForm
from lgnet.outreach.outing_tables import STATE_KINDS
from lgnet.outreach.outing_views import supplies_of
from lgnet.outreach.outings import version_of
from lgnet.outreach.policies import runs_outings_of


@require_http_methods(["GET", "HEAD", "POST"])
def outing_start(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The unit goes out: now, or since a moment ago."""
    outing = selectors.get_outing_to_run(request.user, pk)
    if outing.started_at:
        return redirect("outing_detail", pk)
    form = StartForm(request.POST or None)
    if form.is_valid() and done(form, outing_log.start_outing, by=request.user, outing=outing, **form.cleaned_data):
        messages.success(request, _("You are out. Contacts recorded from now on belong to this outing."))
        return redirect("outing_detail", pk)
    context = {"form": form, "outing": outing}
    return render(request, "outreach/outing_start.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def outing_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The unit is back, and the crew writes the log; or the log of an outing that is over is mended."""
    outing = selectors.get_outing_to_run(request.user, pk)
    is_over = outing.state == OutingState.OVER
    if not outing.started_at:
        return redirect("outing_detail", pk)
    form = LogForm(request.POST or None, things=_things(outing), is_over=is_over, initial=_written(outing))
    service = outing_log.mend_log if is_over else outing_log.end_outing
    if form.is_valid() and done(form, service, by=request.user, outing=outing, **form.arguments()):
        messages.success(request, _("Saved.") if is_over else _("The outing is over. Here is its log."))
        return redirect("outing_log", pk)
    form.show_as_of(version_of(outing))
    context = {"form": form, "outing": outing, "is_over": is_over}
    selectors.note_log_read(request.user, outing)
    return render(request, "outreach/outing_end.html", context, status=422 if form.is_bound else 200)


@require_GET
def outing_log_page(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The log of the outing on paper: numbers of contacts, never names of people met."""
    outing = selectors.get_outing(request.user, pk)
    by_zone = selectors.contacts_by_zone(outing)
    context = {
        "outing": outing, "unit": getattr(outing.team, "mobile_unit", None), "by_zone": by_zone,
        "contacts": sum(row["contacts"] for row in by_zone), "people": sum(row["people"] for row in by_zone),
        "supplies": supplies_of(outing), "state_kind": STATE_KINDS[outing.state],
        "may_run": runs_outings_of(request.user, outing.team),
    }  # fmt: skip
    selectors.note_log_read(request.user, outing)
    return render(request, "outreach/outing_log.html", context)


def _things(outing: Outing) -> list[ServiceType]:
    """What can be handed out in the street; also what is no longer offered but was."""
    return [thing for thing in service_types() if thing.area in GIVEN_AREAS or thing.code in outing.supplies]


def _written(outing: Outing) -> dict[str, Any]:
    """What is written already; of supplies, before anything is, the sum of what the contacts say was given."""
    names = ("started_at", "km_start", "km_end", "weather", "incidents", "note")
    initial: dict[str, Any] = {name: getattr(outing, name) for name in names}
    initial["seen"] = version_of(outing)
    initial["ended_at"] = outing.ended_at or now_to_the_minute()
    counted = outing.supplies if outing.ended_at else selectors.given_on(outing)
    return initial | {SUPPLY + code: count for code, count in counted.items()}
