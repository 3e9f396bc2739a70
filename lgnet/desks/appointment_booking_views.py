"""Pages of booking: whom, what, and the first free times; the same page moves an appointment."""

import uuid
from datetime import date, timedelta
from itertools import groupby
from typing import Any

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
from lgnet.desks.appointment_slots import MOST_DAYS, Slot, free_slots
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for, visit_left
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing, search_persons

SHOWN = timedelta(days=14)
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
    """The free times of two weeks from the day asked for; when there are none, the first one after them."""
    search = SlotSearchForm(request.GET or None)
    asked = search.cleaned_data if search.is_valid() else {}
    today = timezone.localdate()
    first = min(max(asked.get("first") or today, today), LAST_DAY)
    given: dict[str, Any] = {"language": asked.get("language") or "", "with_mediator": bool(asked.get("mediator"))}
    given["late"] = True  # who works here books at short notice too
    slots = free_slots(kind, first, first + SHOWN - timedelta(days=1), without=moved, **given)
    later = [] if slots else free_slots(kind, first + SHOWN, first + timedelta(days=MOST_DAYS), **given)
    with_names = len({slot.opening.operator_id for slot in slots}) > 1
    return {
        "search": search, "days": _by_day(slots), "first": first, "with_names": with_names,
        "later": later[0] if later else None, "earlier_url": _url(request, max(today, first - SHOWN)),
        "is_first": first == today, "later_url": _url(request, first + SHOWN),
        "first_free_url": _url(request, later[0].day) if later else "",
    }  # fmt: skip


def _by_day(slots: list[Slot]) -> list[tuple[date, list[Slot]]]:
    return [(day, list(some)) for day, some in groupby(slots, key=lambda slot: slot.day)]


def _url(request: StaffRequest, first: date) -> str:
    query = request.GET.copy()
    query["first"] = first.isoformat()
    return f"{request.path}?{query.urlencode()}"


def _when(appointment: Appointment) -> str:
    here = timezone.localtime(appointment.starts_at)
    return f"{day_words(here)}, {here:%H:%M}"
