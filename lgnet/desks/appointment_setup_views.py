"""Pages of the set-up: what can be booked, when people are received, when nobody is there."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.models import Team
from lgnet.catalogue.opening import holidays_of
from lgnet.core.forms import run_service
from lgnet.desks import appointment_absences as absences
from lgnet.desks import appointment_planning as planning
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks.appointment_models import Absence, Appointment, AppointmentKind, Opening
from lgnet.desks.appointment_setup_forms import AbsenceForm, CityDayForm, EndForm, KindForm, OpeningForm, RoomForm
from lgnet.desks.appointment_tables import weekday_words
from lgnet.desks.appointment_views import chosen_team
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.people.selectors import log_listing

BOTH = ["GET", "HEAD", "POST"]


@require_GET
def appointment_setup(request: StaffRequest) -> HttpResponse:
    """What is set up for a team whose openings the reader plans."""
    teams = selectors.teams_planned(request.user)
    team = chosen_team(request, teams)
    if team is None:
        raise PermissionDenied
    parts = selectors.setup_of(team)
    parts["openings"] = [(one, weekday_words(one) if one.weekdays else "") for one in parts["openings"]]
    province, today = team.partner.province, timezone.localdate()
    days = {**holidays_of(province, today.year), **holidays_of(province, today.year + 1)}
    coming = sorted((day, name) for day, name in days.items() if day >= today)[:12]
    plans_all = selectors.cities_planned(request.user).filter(pk=team.partner_id).exists()
    context = {"teams": teams, "team": team, "holidays": coming, "plans_all": plans_all} | parts
    return render(request, "desks/appointment_setup.html", context)


@require_http_methods(BOTH)
def room_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a room to the site of a team."""
    team = selectors.get_team_to_plan(request.user, pk)
    form = RoomForm(request.POST or None)
    del form.fields["is_active"]
    return _page(request, form, team, _("Add a room"), lambda: _given(form), planning.create_room, team=team)


@require_http_methods(BOTH)
def room_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Rename a room, or take it out of use."""
    room, team = selectors.get_room(request.user, pk)
    form = RoomForm(request.POST or None, initial={"name": room.name, "is_active": room.is_active})
    del form.fields["record_id"]
    return _page(
        request, form, team, _("Change the room"), lambda: _given(form), planning.change_room, team=team, room=room
    )  # fmt: skip


@require_http_methods(BOTH)
def kind_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what can be booked."""
    team = selectors.get_team_to_plan(request.user, pk)
    form = KindForm(request.POST or None)
    del form.fields["is_active"]

    def given() -> dict[str, Any]:
        return {"details": form.details(), "record_id": form.cleaned_data["record_id"]}

    return _page(request, form, team, _("Add a kind of appointment"), given, planning.create_kind, team=team)


@require_http_methods(BOTH)
def kind_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what can be booked from now on."""
    kind = selectors.planned_row(request.user, AppointmentKind, pk)
    form = KindForm(request.POST or None, initial={name: getattr(kind, name) for name in _KIND_FIELDS})
    del form.fields["record_id"]

    def given() -> dict[str, Any]:
        return {"details": form.details(), "is_active": form.cleaned_data["is_active"]}

    return _page(request, form, kind.team, _("Change the kind of appointment"), given, planning.change_kind, kind=kind)


@require_http_methods(BOTH)
def opening_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say when somebody receives people."""
    team = selectors.get_team_to_plan(request.user, pk)
    form = OpeningForm(request.POST or None, team=team)
    del form.fields["confirmed"]

    def given() -> dict[str, Any]:
        return {"plan": form.plan(), "record_id": form.cleaned_data["record_id"]}

    return _page(request, form, team, _("Add an opening"), given, planning.create_opening, team=team)


@require_http_methods(BOTH)
def opening_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an opening; who is booked and would not be received any more is listed first."""
    opening = selectors.planned_row(request.user, Opening, pk)
    initial = {name: getattr(opening, name) for name in _OPENING_FIELDS} | {"kinds": list(opening.kinds.all())}
    form = OpeningForm(request.POST or None, initial=initial, team=opening.team, opening=opening)
    del form.fields["record_id"]

    def given() -> dict[str, Any]:
        return {"plan": form.plan(), "confirmed": form.cleaned_data["confirmed"]}

    return _page(request, form, opening.team, _("Change the opening"), given, planning.change_opening, opening=opening)


@require_http_methods(BOTH)
def opening_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The opening ends; who is booked later is listed first."""
    opening = selectors.planned_row(request.user, Opening, pk)
    form = EndForm(request.POST or None)
    return _page(
        request, form, opening.team, _("End the opening"), lambda: _given(form), planning.end_opening, opening=opening
    )  # fmt: skip


@require_http_methods(BOTH)
def absence_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody, a room or the team is not there; who is booked then is listed first."""
    team = selectors.get_team_to_plan(request.user, pk)
    form = AbsenceForm(request.POST or None, team=team)
    return _page(request, form, team, _("Record an absence"), lambda: _given(form), absences.record_absence, team=team)


@require_POST
def absence_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The absence does not take place."""
    absence = selectors.planned_row(request.user, Absence, pk)
    absences.withdraw_absence(by=request.user, absence=absence)
    messages.success(request, _("The absence is taken back."))
    return redirect(setup_url(absence.team))


@require_http_methods(BOTH)
def city_day_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The city is closed on a day, or open on a holiday."""
    team = selectors.get_team_to_plan(request.user, pk)
    partner = get_object_or_404(Partner, pk=team.partner_id)
    if not selectors.cities_planned(request.user).filter(pk=partner.pk).exists():
        raise PermissionDenied
    form = CityDayForm(request.POST or None)
    return _page(
        request, form, team, _("Say what holds on a day"), lambda: _given(form), absences.say_city_day, partner=partner
    )  # fmt: skip


@require_POST
def city_day_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The day is as the calendar has it."""
    absences.withdraw_city_day(by=request.user, city_day=selectors.get_city_day(request.user, pk))
    messages.success(request, _("The day is as the calendar has it."))
    return redirect("appointment_setup")


_KIND_FIELDS = (*planning.KindDetails.__dataclass_fields__, "is_active")
_OPENING_FIELDS = tuple(name for name in planning.OpeningPlan.__dataclass_fields__ if name != "kinds")


def setup_url(team: Team) -> str:
    """The set-up of a team."""
    return f"{reverse('appointment_setup')}?team={team.pk}"


def _given(form: Form) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _page(
    request: StaffRequest, form: Form, team: Team, title: str, given: Callable[[], dict[str, Any]],
    service: Callable[..., Any], /, **about: Any,
) -> HttpResponse:  # fmt: skip
    """A form of the set-up: saved it leads back; when people are booked who would be left, they are listed."""
    booked: list[Appointment] = []
    if form.is_valid():
        saved = run_service(form, _listing(service, booked), by=request.user, **about, **given())
        if saved is not None:
            messages.success(request, _("Saved."))
            return redirect(setup_url(team))
    if "confirmed" in form.fields and not booked:
        del form.fields["confirmed"]
    named = selectors.those_read_by(request.user, booked)
    log_listing(request.user, [one.person for one in named])
    context = {"form": form, "team": team, "title": title, "booked": booked, "named": named, "back": setup_url(team)}
    return render(request, "desks/appointment_setup_form.html", context, status=422 if form.is_bound else 200)


def _listing(service: Callable[..., Any], booked: list[Appointment]) -> Callable[..., Any]:
    """The service, which notes in `booked` whom its change would leave."""

    def asking(**arguments: Any) -> Any:
        try:
            return service(**arguments)
        except planning.AlreadyBooked as asked:
            booked.extend(asked.appointments)
            raise

    return asking
