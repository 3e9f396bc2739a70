"""The own page: appointments seen and answered, and booked without asking anybody."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lgnet.core.errors import DomainError
from lgnet.desks import appointment_own
from lgnet.desks.appointment_ics import calendar_for_person
from lgnet.public.own_appointments import (
    free_days,
    kind_to_book,
    kinds_to_book,
    own_appointment,
    told_appointment,
    told_appointments,
)
from lgnet.public.own_forms import BookForm
from lgnet.public.own_session import OwnRequest, own_page, render_own
from lgnet.public.own_words import CHANGED, SAID, TAKEN, TOO_MANY


@own_page
def own_appointments(request: OwnRequest) -> HttpResponse:
    """Every appointment to come."""
    said = next((words for key, words in SAID.items() if key in request.GET), "")
    return _list(request, said=str(said))


@own_page
def own_appointment_cannot(request: OwnRequest, appointment: uuid.UUID) -> HttpResponse:
    """Asks once more before the place goes to somebody else."""
    found = own_appointment(request.own.card.person, appointment)
    context = {"appointment": told_appointment(request.own.card, found)}
    return render_own(request, "public/own_appointment_cannot.html", context)


@own_page
def own_appointment_answer(request: OwnRequest, appointment: uuid.UUID) -> HttpResponse:
    """Coming, or cannot come; takes an offer, or does not."""
    if request.method != "POST":
        return redirect("own_appointments")
    person = request.own.card.person
    found = own_appointment(person, appointment)
    said = request.POST.get("answer", "")
    try:
        if said == "take":
            appointment_own.accept_offer(person=person, offer=found)
        elif said == "decline":
            appointment_own.decline_offer(person=person, offer=found)
        elif said in {"coming", "cannot"}:
            appointment_own.answer(person=person, appointment=found, coming=said == "coming")
    except DomainError:
        return _list(request, problem=str(CHANGED), status=422)
    return redirect(f"{reverse('own_appointments')}?{said if said in SAID else ''}")


@own_page
def own_appointment_calendar(request: OwnRequest, appointment: uuid.UUID) -> HttpResponse:
    """One appointment for the calendar of the telephone; on a discreet page there is none."""
    found = own_appointment(request.own.card.person, appointment)
    if not told_appointment(request.own.card, found).may_keep:
        raise Http404
    content = calendar_for_person(found, request.own.language)
    name = f'attachment; filename="{found.starts_at:%Y-%m-%d}.ics"'
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@own_page
def own_book(request: OwnRequest) -> HttpResponse:
    """What can be booked."""
    return render_own(request, "public/own_book.html", {"kinds": kinds_to_book(request.own.card)})


@own_page
def own_book_time(request: OwnRequest, chosen: uuid.UUID) -> HttpResponse:
    """First a day, then a time, then it is booked."""
    card = request.own.card
    kind = kind_to_book(card, chosen)
    form = BookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            appointment_own.book_for_oneself(person=card.person, kind=kind, **form.cleaned_data)
            return redirect(f"{reverse('own_appointments')}?booked")
        except DomainError as error:  # its words are of the pages for staff, which speak two languages
            form.add_error(None, str(TAKEN if error.field in {"starts_at", "slot"} else TOO_MANY))
    days = free_days(card.person, kind)
    day = next((one for one in days if one.key == request.GET.get("day")), None)
    context = {"kind": kind, "days": days, "day": day, "form": form}
    return render_own(request, "public/own_book_time.html", context, status=422 if form.is_bound else 200)


def _list(request: OwnRequest, *, said: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    card = request.own.card
    context: dict[str, Any] = {"appointments": told_appointments(card), "may_book": bool(kinds_to_book(card))}
    context |= {"said": said, "problem": problem}
    return render_own(request, "public/own_appointments.html", context, status=status)
