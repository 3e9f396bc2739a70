"""Pages of booking: whom, what, and the first free times; the same page moves an appointment."""

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lgnet.core.dates import day_words
from lgnet.core.forms import run_service
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks.appointment_forms import SlotForm, SlotSearchForm
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.desks.appointment_policies import handles
from lgnet.desks.appointment_slots import Asked, openings_for
from lgnet.desks.appointment_times import ONE, first_after, times_before, times_from
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for, visit_left
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing, search_persons

LIKELY = 8
LAST_DAY = date(2199, 1, 1)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def appointment_new(request: StaffRequest) -> HttpResponse:
    """Book: choose the person, what it is about, and a time. `?area=` and `?visit=` say for what, and where back."""
    user = request.user
    if not can(user, Permission.BOOK_APPOINTMENT):
        raise PermissionDenied
    if not request.GET.get("person"):
        return _whom(request)
    person = person_asked_for(request, part=True)
    kinds = list(selectors.kinds_to_book(user, person.partner_id))
    kind = next((one for one in kinds if str(one.pk) == request.GET.get("kind")), None)
    visit = visit_left(request)
    if kind is None:
        about = [one for one in kinds if one.area == request.GET.get("area")]
        context = {"person": person, "kinds": kinds, "about": about, "visit_left": visit}
        return render(request, "desks/appointment_kinds.html", context)
    form = SlotForm(request.POST or None)
    if form.is_valid() and (made := _book(form, user, person, kind)):
        messages.success(request, _("Booked: %(when)s. Print the slip, or say the time.") % {"when": _when(made)})
        return redirect(reverse("appointment_detail", args=[made.pk]) + (f"?visit={visit}" if visit else ""))
    context = _times(request, kind, None) | {"form": form, "person": person, "kind": kind, "visit_left": visit}
    return render(request, "desks/appointment_times.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_move(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Give an appointment another time."""
    one = selectors.get_appointment(request.user, pk)
    if not handles(request.user, one):
        raise PermissionDenied
    form = SlotForm(request.POST or None)
    if form.is_valid():
        moved = run_service(
            form, booking.move_appointment, by=request.user, appointment=one, **form.cleaned_data["slot"]
        )
        if moved:
            messages.success(request, _("Moved: %(when)s.") % {"when": _when(moved)})
            return redirect("appointment_detail", pk)
    context = {"form": form, "person": one.person, "kind": one.kind, "moved": one}
    context |= _times(request, one.kind, one)
    return render(request, "desks/appointment_times.html", context, status=422 if form.is_bound else 200)


def _whom(request: StaffRequest) -> HttpResponse:
    """For whom: the persons whom a name, a code or a number may mean."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = list(search_persons(request.user, text, limit=LIKELY)) if text else []
    log_listing(request.user, found, query=text)
    return render(request, "desks/appointment_whom.html", {"q": text, "found": found})


def _book(form: SlotForm, user: User, person: Person, kind: AppointmentKind) -> Appointment | None:
    data = form.cleaned_data
    return run_service(
        form, booking.book_appointment, by=user, person=person, kind=kind, note=data["note"],
        record_id=data["record_id"], **data["slot"],
    )  # fmt: skip


def _times(request: StaffRequest, kind: AppointmentKind, moved: Appointment | None) -> dict[str, Any]:
    """The free times from the day asked for, or those `before` another; when there are none, the first one later."""
    today, query = timezone.localdate(), request.GET.copy()
    openings = openings_for(kind, today)
    search = SlotSearchForm(query or None, openings=openings)
    asked = _asked(search, moved)
    first, before = search.given().get("first") or today, _day(request.GET.get("before", ""))
    if before and today < before <= LAST_DAY:
        page = times_before(kind, today, before - ONE, asked, openings)
        query["first"] = page.first.isoformat()
    else:
        page = times_from(kind, min(max(first, today), LAST_DAY), asked, openings)
    later = None if page.days else first_after(kind, page, asked, openings)
    return {
        "search": search, "page": page, "later": later, "is_first": page.first == today,
        "earlier_url": _url(request, before=page.first), "later_url": _url(request, first=page.last + ONE),
        "first_free_url": _url(request, first=later.day) if later else "",
    }  # fmt: skip


def _asked(search: SlotSearchForm, moved: Appointment | None) -> Asked:
    """What is looked for; who works here books at short notice too."""
    given = search.given()
    return Asked(
        given.get("language") or "", bool(given.get("mediator")), given.get("operator") or None, moved, late=True,
        even=True,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _url(request: StaffRequest, **days: date) -> str:
    """This page from a day on, or before one; all else as it is asked for."""
    query = {name: values for name, values in request.GET.lists() if name not in {"first", "before"}}
    return f"{request.path}?{urlencode(query | days, doseq=True)}"


def _when(appointment: Appointment) -> str:
    here = timezone.localtime(appointment.starts_at)
    return f"{day_words(here)}, {here:%H:%M}"
