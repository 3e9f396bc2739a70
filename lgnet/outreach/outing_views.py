"""Pages of outings: list, calendar, planning, moving, cancelling."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import service_types
from lgnet.core.dates import day_words
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import outing_calendar as calendar
from lgnet.outreach import outing_selectors as selectors
from lgnet.outreach import outing_series, outings
from lgnet.outreach.models import Outing, OutingState
from lgnet.outreach.outing_forms import CancelForm, OutingForm, ScopeField, as_typed
from lgnet.outreach.outing_tables import STATE_KINDS, OutingFilter, outing_columns
from lgnet.outreach.policies import runs_outings_of
from lgnet.outreach.shifts import clashes_of

NOW_LASTS = timedelta(hours=4)  # what is proposed for an outing that begins now


@require_GET
def outing_list(request: StaffRequest) -> HttpResponse:
    """Outings of the city: filters, export."""
    user = request.user
    _readers_only(user)
    may_plan = selectors.units_to_run(user).exists()
    table = Table(
        request, selectors.listed_outings(user), outing_columns(), title=_("Outings"), default_sort="-starts_at",
        filters=OutingFilter(request.GET or None, user=user), new_url="outing_new" if may_plan else "",
        new_label=_("Plan an outing"), empty_text=_("Here are the outings of the mobile units. Plan the first one."),
    )  # fmt: skip
    return table_response(
        request, table, "outreach/outing_list.html",
        on_export=lambda count: log_export(user, outings.OUTING, Permission.VIEW_OUTINGS, count),
    )  # fmt: skip


@require_GET
def outing_calendar(request: StaffRequest) -> HttpResponse:
    """The outings of a week, a row for each unit, or of a month."""
    user = request.user
    _readers_only(user)
    day, view = calendar.asked_day(request.GET.get("day", "")), request.GET.get("view", "")
    units = list(selectors.visible_units(user))
    found = selectors.begin_between(selectors.visible_outings(user), *calendar.span_of(day, view))
    found = selectors.with_people(found)
    drawn = calendar.drawn_month(day, found) if view == "month" else calendar.drawn_week(day, units, found)
    context = {
        "calendar": drawn, "view": "month" if view == "month" else "week", "day": day, "kinds": STATE_KINDS,
        "units": units, "may_plan": selectors.units_to_run(user).exists(), "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "outreach/outing_calendar.html", context)


@require_GET
def outing_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One outing: plan, state, what to do next, what it has done so far."""
    outing = selectors.get_outing(request.user, pk)
    by_zone = selectors.contacts_by_zone(outing)
    context = {
        "outing": outing, "state_kind": STATE_KINDS[outing.state], "by_zone": by_zone,
        "contacts": sum(row["contacts"] for row in by_zone), "people": sum(row["people"] for row in by_zone),
        "may_run": runs_outings_of(request.user, outing.team), "supplies": supplies_of(outing),
        "together": outing_series.cancelled_with(outing).count() if outing.cancelled_at else 0,
        "clashes": clashes_of(outing) if runs_outings_of(request.user, outing.team) else [],
        "may_list": can(request.user, Permission.VIEW_CONTACTS, partner=outing.partner_id),
        "may_record": can(request.user, Permission.RECORD_CONTACT, partner=outing.partner_id),
    }  # fmt: skip
    selectors.note_log_read(request.user, outing)
    return render(request, "outreach/outing_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def outing_new(request: StaffRequest) -> HttpResponse:
    """Plan an outing, once or for some weeks."""
    units = _units(request)
    form = _form(request, units, None, _proposed(request, units))
    if form.is_valid():
        weeks = form.cleaned_data["weeks"]
        given = {"team": form.cleaned_data["team"], "weeks": weeks, "record_id": form.cleaned_data["record_id"]}
        outing = run_service(form, outings.plan_outing, by=request.user, plan=form.plan(), **given)
        if outing:
            messages.success(request, _planned(outing, weeks))
            _warn_of_clashes(request, outing)
            return redirect("outing_detail", outing.pk)
    context = {"form": form, "outing": None}
    return render(request, "outreach/outing_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def outing_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Move an outing, or change its crew and stops."""
    outing = selectors.get_outing_to_run(request.user, pk)
    if outing.state in {OutingState.CANCELLED, OutingState.OVER}:
        return redirect("outing_detail", pk)
    initial = as_typed(outing) | {"seen": outings.version_of(outing)}
    form = _form(request, [outing.team], outing, initial)
    given = {"plan": form.plan(), "seen": form.cleaned_data["seen"]} if form.is_valid() else {}
    service = outing_series.change_series if _all_of_them(form) else outings.change_outing
    if given and done(form, service, by=request.user, outing=outing, **given):
        messages.success(request, _("Saved."))
        _warn_of_clashes(request, outing)
        return redirect("outing_detail", pk)
    form.show_as_of(outings.version_of(outing))
    context = {"form": form, "outing": outing}
    return render(request, "outreach/outing_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def outing_cancel(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Cancel an outing, saying why."""
    outing = selectors.get_outing_to_run(request.user, pk)
    form = CancelForm(request.POST or None, later=outing_series.following(outing).count())
    if form.is_valid():
        service = outing_series.cancel_series if _all_of_them(form) else outings.cancel_outing
        if done(form, service, by=request.user, outing=outing, reason=form.cleaned_data["reason"]):
            messages.success(request, _("The outing is cancelled. Until its end has passed this can be undone."))
            return redirect("outing_detail", pk)
    context = {"form": form, "outing": outing}
    return render(request, "outreach/outing_cancel.html", context, status=422 if form.is_bound else 200)


@require_POST
def outing_restore(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Undo cancelling."""
    outing = selectors.get_outing_to_run(request.user, pk)
    try:
        if "together" in request.POST:
            outing_series.restore_series(by=request.user, outing=outing)
            messages.success(request, _("The outings take place again."))
        else:
            outings.restore_outing(by=request.user, outing=outing)
            messages.success(request, _("The outing takes place again."))
        _warn_of_clashes(request, outing)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("outing_detail", pk)


def _all_of_them(form: Form) -> bool:
    return form.is_valid() and form.cleaned_data.get("scope") == ScopeField.FOLLOWING


def _warn_of_clashes(request: StaffRequest, outing: Outing) -> None:
    for text in clashes_of(selectors.get_outing(request.user, outing.pk)):
        messages.warning(request, text)


def supplies_of(outing: Outing) -> list[tuple[str, int]]:
    """What was handed out, in words with its number."""
    names = {service.code: service.name for service in service_types()} if outing.supplies else {}
    return [(names.get(code, code), count) for code, count in outing.supplies.items()]


def _readers_only(user: User) -> None:
    if not can(user, Permission.VIEW_OUTINGS):
        raise PermissionDenied


def _units(request: StaffRequest) -> list[Team]:
    units = list(selectors.units_to_run(request.user))
    if not units:
        raise PermissionDenied(_("You are in no mobile unit today. Ask the coordinator to add you to one."))
    return units


def _form(request: StaffRequest, units: list[Team], outing: Outing | None, initial: dict[str, Any]) -> OutingForm:
    kept = [row.stop_id for row in outing.stops.all()] if outing else []
    cities = {unit.partner_id for unit in units}
    stops = [
        stop for stop in selectors.visible_stops(request.user)
        if stop.partner_id in cities and (stop.is_active or stop.pk in kept)
    ]  # fmt: skip
    places = selectors.crew_for(units, timezone.localdate(outing.starts_at) if outing else None)
    later = outing_series.following(outing).count() if outing else 0
    given: dict[str, Any] = {"places": places, "stops": stops, "outing": outing, "later": later, "initial": initial}
    return OutingForm(request.POST or None, units=units, **given)


def _proposed(request: StaffRequest, units: list[Team]) -> dict[str, Any]:
    """The unit and day of the address, the usual hours or those of an outing that begins now, and oneself."""
    initial: dict[str, Any] = {"crew": [request.user.pk]}
    chosen = next((unit for unit in units if str(unit.pk) == request.GET.get("team")), None)
    if chosen:
        initial["team"] = chosen.pk
    try:
        initial["day"] = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        initial["day"] = timezone.localdate()
    if "now" in request.GET:
        now = timezone.localtime().replace(second=0, microsecond=0)
        initial |= {"day": now.date(), "since": now.time(), "until": (now + NOW_LASTS).time()}
    return initial


def _planned(outing: Outing, weeks: int) -> str:
    day = day_words(outing.starts_at)
    if weeks > 1:
        return _now("%(weeks)s outings are planned, the first on %(day)s.") % {"weeks": weeks, "day": day}
    return _now("The outing on %(day)s is planned.") % {"day": day}
