"""Pages of appointments: the team's day and week, the list, one appointment and what is done with it."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.forms import done
from lgnet.core.tables import Table
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_outcomes as outcomes
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks.appointment_arrivals import give_ticket, receive
from lgnet.desks.appointment_forms import CancelForm
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_policies import handles, plans, works_for
from lgnet.desks.appointment_tables import EXPORTED, STATE_KINDS, AppointmentFilter, appointment_columns
from lgnet.desks.appointment_waiting import decline_offer
from lgnet.desks.policies import works_at
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import visit_left
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import log_listing

EARLIEST, LATEST = date(2010, 1, 4), date(2199, 12, 20)
ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "arrived": (receive, "appointment"),
    "kept": (outcomes.mark_kept, "appointment"),
    "missed": (outcomes.mark_missed, "appointment"),
    "undo": (outcomes.undo_outcome, "appointment"),
    "confirm": (outcomes.confirm_appointment, "appointment"),
    "accept": (outcomes.accept, "offer"),
    "decline": (decline_offer, "offer"),
    "ticket": (give_ticket, "appointment"),
}

MOST_DRAWN = 100  # appointments on a page of the calendar; all of them are a tap away


@require_GET
def appointment_day(request: StaffRequest) -> HttpResponse:
    """A team's day, a column for each operator or room, or its week, a column for each day."""
    user = request.user
    require_reader(request)
    teams = list(selectors.teams_seen(user))
    team = chosen_team(request, teams)
    day, view = asked_day(request.GET.get("day", "")), request.GET.get("view", "")
    days = _week(day) if view == "week" else [day]
    by = "room" if request.GET.get("by") == "room" else "operator"
    most = None if "full" in request.GET else MOST_DRAWN
    columns = selectors.team_columns(user, team, days, by, most=most) if team else []
    moving = selectors.to_move(user, team) if team else []
    shown = [one for column in columns for one in column.appointments]
    hidden = sum(column.hidden for column in columns)
    log_listing(user, [one.person for one in [*shown, *moving]])
    step = timedelta(days=7 if view == "week" else 1)
    context = {
        "teams": teams, "team": team, "day": day, "view": "week" if view == "week" else "day", "by": by,
        "columns": columns, "moving": moving, "before": day - step, "after": day + step,
        "count": len(shown) + hidden, "hidden": hidden,
        "may_plan": team is not None and plans(user, team), "today": timezone.localdate(), "kinds": STATE_KINDS,
    }  # fmt: skip
    return render(request, "desks/appointment_day.html", context)


@require_GET
def appointment_list(request: StaffRequest) -> HttpResponse:
    """Appointments that the reader may see: filters, export."""
    user = request.user
    require_reader(request)
    rows = selectors.narrowed(selectors.visible_appointments(user), *EXPORTED)
    table = Table(
        request, rows, appointment_columns(), title=_("Appointments"),
        filters=AppointmentFilter(request.GET or None, user=user), default_sort="-starts_at",
        empty_text=_("No appointment yet. Book the first one from the page of a person."),
        new_url="appointment_new" if can(user, Permission.BOOK_APPOINTMENT) else "", new_label=_("Book"),
        person_of=lambda one: one.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/appointment_list.html", object_type="desks.appointment",
        permission=Permission.VIEW_APPOINTMENTS,
    )  # fmt: skip


@require_GET
def appointment_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One appointment, and what to do next."""
    user = request.user
    one = selectors.get_appointment(user, pk)
    today = timezone.localdate()
    is_today = timezone.localdate(one.starts_at) == today
    ours, begun = works_for(user, one.team), one.starts_at <= timezone.now()
    may = {
        "arrive": ours and one.is_expected and is_today,
        "keep": ours and (one.status == Appointment.Status.ARRIVED or (one.is_expected and begun)),
        "miss": ours and one.is_expected and begun,
        "undo": ours and one.status in UNDONE and timezone.localdate(one.changed_at) == today,
        "change": handles(user, one) and one.is_expected and not begun,
        "mistake": handles(user, one) and one.is_expected and begun,
        "answer": handles(user, one) and one.is_open_offer(),
        "ticket": works_at(user, one.team) and one.is_expected and is_today and one.team.kind == Team.Kind.DESK,
        "paper": one.is_expected,
    }
    context = {"appointment": one, "may": may, "state_kind": STATE_KINDS[Appointment.Status(one.status)]}
    context["visit_left"] = visit_left(request)
    return render(request, "desks/appointment_detail.html", context)


@require_POST
def appointment_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """The person is here, was received, did not come, comes; an offer is taken or not; a ticket is given."""
    one = selectors.get_appointment(request.user, pk)
    service, name = ACTS[act]
    try:
        said = service(by=request.user, **{name: one})
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if act == "ticket":
            messages.success(request, _("Number %(number)s is given.") % {"number": said.number})
        else:
            one.refresh_from_db()
            words = {"name": one.person.name_as_used, "state": one.get_status_display()}
            messages.success(request, _("%(name)s: %(state)s.") % words)
    back = {"today": "desk_today", "day": "appointment_day"}.get(request.POST.get("back", ""))
    return redirect(back) if back else redirect("appointment_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_cancel(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that nobody is expected any more, and why."""
    one = selectors.get_appointment(request.user, pk)
    if not handles(request.user, one):
        raise PermissionDenied
    form = CancelForm(request.POST or None)
    if form.is_valid() and done(
        form, booking.cancel_appointment, by=request.user, appointment=one, reason=form.cleaned_data["reason"]
    ):
        messages.success(request, _("The appointment is cancelled. The person is told, if a safe number is known."))
        return redirect("appointment_detail", pk)
    context = {"form": form, "appointment": one}
    return render(request, "desks/appointment_cancel.html", context, status=422 if form.is_bound else 200)


UNDONE = frozenset({Appointment.Status.ARRIVED, Appointment.Status.KEPT, Appointment.Status.MISSED})


def require_reader(request: StaffRequest) -> None:
    """Raise PermissionDenied unless the user reads appointments somewhere."""
    if not can(request.user, Permission.VIEW_APPOINTMENTS):
        raise PermissionDenied


def chosen_team(request: StaffRequest, teams: list[Team]) -> Team | None:
    """The team of `?team=`, or else the first one, if there is any."""
    asked = request.GET.get("team", "")
    return next((team for team in teams if str(team.pk) == asked), teams[0] if teams else None)


def asked_day(text: str) -> date:
    """The day that the address names, or today; one that no calendar reaches becomes the nearest."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()
    return min(max(day, EARLIEST), LATEST)


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]
