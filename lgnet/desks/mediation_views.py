"""Pages of mediators: who is free, a slot booked and closed, own offers, own calendar, counts."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.desks import mediation, mediation_bookings
from lgnet.desks import mediation_selectors as selectors
from lgnet.desks.mediation_forms import BookForm, CancelForm, CloseForm, OfferForm
from lgnet.desks.mediation_models import MediationBooking, Way
from lgnet.desks.mediation_slots import moment_of_code
from lgnet.desks.mediation_tables import (
    BookingFilter,
    CountFilter,
    OfferFilter,
    booking_columns,
    count_columns,
    offer_columns,
)
from lgnet.desks.policies import mediation_partners
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.lists import person_table_response
from lgnet.people.models import Person
from lgnet.people.selectors import log_listing


@require_GET
def mediation_now(request: StaffRequest) -> HttpResponse:
    """Which mediators are free now and in the next days, by language."""
    _require(request, Permission.BOOK_MEDIATION)
    language, way = (request.GET.get(name, "").replace("\0", "")[:10] for name in ("language", "way"))
    first = _day(request.GET.get("day", ""))
    hours = selectors.free_hours(request.user, language=language, way=way, first=first)
    later = first + timedelta(days=selectors.DAYS)
    context = {
        "hours": hours, "language": language, "way": way, "ways": Way.choices, "now": timezone.now(),
        "offered": selectors.offered_languages(request.user), "person": request.GET.get("person", "")[:40],
        "later": later if (later - timezone.localdate()).days <= selectors.MOST_DAYS_AHEAD else None, "first": first,
        "is_later": first > timezone.localdate(),
    }  # fmt: skip
    return render(request, "desks/mediation_now.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def mediation_book(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Book a slot, perhaps for a person of the own city."""
    partners = selectors.booking_partners(request.user)
    slot = selectors.get_slot(request.user, pk, moment_of_code(request.GET.get("at", "")))
    if not partners:
        raise PermissionDenied
    if slot is None:
        messages.error(request, _("This slot is not offered any more. Choose another one."))
        return redirect("mediation_now")
    person = person_asked_for(request, part=True) if request.GET.get("person") else None
    initial = {"language": request.GET.get("language", "")}
    form = BookForm(request.POST or None, slot=slot, partners=partners, initial=initial)
    if form.is_valid():
        booking = run_service(
            form, mediation_bookings.book_mediation, by=request.user, offer=slot.offer, starts_at=slot.starts_at,
            person=person, **form.cleaned_data,
        )  # fmt: skip
        if booking:
            messages.success(request, _("The mediator is booked."))
            return redirect("mediation_booking", booking.pk)
    context = {"form": form, "slot": slot, "person": person}
    return render(request, "desks/mediation_book.html", context, status=422 if form.is_bound else 200)


@require_GET
def mediation_booking(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One booking: how to join, and how it ended."""
    booking = selectors.get_booking(request.user, pk)
    return _booking_page(request, booking)


@require_POST
def mediation_cancel(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a slot back."""
    booking, form = selectors.get_booking(request.user, pk), CancelForm(request.POST)
    if form.is_valid() and done(
        form, mediation_bookings.cancel_mediation, by=request.user, booking=booking, **form.cleaned_data
    ):
        messages.success(request, _("The booking is cancelled: the slot is free again."))
        return redirect("mediation_booking", pk)
    return _booking_page(request, booking, cancel=form)


@require_POST
def mediation_close(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say whether it took place."""
    booking = selectors.get_booking(request.user, pk)
    form = CloseForm(request.POST, booking=booking)
    if form.is_valid() and done(
        form, mediation_bookings.close_mediation, by=request.user, booking=booking,
        held=form.cleaned_data["held"] == "yes", minutes=form.cleaned_data["minutes"],
    ):  # fmt: skip
        messages.success(request, _("Saved."))
        return redirect("mediation_booking", pk)
    return _booking_page(request, booking, close=form)


@require_GET
def mediation_list(request: StaffRequest) -> HttpResponse:
    """Bookings that the own cities asked for or gave: filters, export."""
    user = request.user
    own = _require(request, Permission.BOOK_MEDIATION, Permission.OFFER_MEDIATION)
    table = Table(
        request, selectors.visible_bookings(user), booking_columns(user), title=_("Bookings of mediators"),
        filters=BookingFilter(request.GET or None, user=user), default_sort="-starts_at",
        empty_text=_("Nobody has booked a mediator yet."), new_url="mediation_now", new_label=_("Find a mediator"),
        person_of=lambda booking: booking.person if booking.partner_id in own else None,
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/mediation_list.html", object_type=mediation_bookings.BOOKING,
        permission=Permission.BOOK_MEDIATION,
    )  # fmt: skip


@require_GET
def mediation_counted(request: StaffRequest) -> HttpResponse:
    """Conversations by language and by both cities, in some days."""
    user = request.user
    _require(request, Permission.BOOK_MEDIATION, Permission.OFFER_MEDIATION)
    filters = CountFilter(request.GET or None)
    asked = filters.cleaned_data if filters.is_valid() else {}
    table = Table(
        request, selectors.mediation_counts(user, asked.get("since"), asked.get("until")), count_columns(),
        title=_("Mediators by language and city"), filters=filters,
        empty_text=_("Nothing was booked in these days."),
    )  # fmt: skip
    return table_response(
        request, table, "desks/mediation_counted.html",
        on_export=lambda count: log_export(user, mediation_bookings.BOOKING, Permission.BOOK_MEDIATION, count),
    )  # fmt: skip


@require_GET
def mediation_calendar(request: StaffRequest) -> HttpResponse:
    """The reader's own conversations as a mediator, day by day."""
    _require(request, Permission.BOOK_MEDIATION, Permission.OFFER_MEDIATION)
    days: dict[date, list[MediationBooking]] = {}
    for booking in selectors.bookings_as_mediator(request.user)[:200]:
        days.setdefault(timezone.localdate(booking.starts_at), []).append(booking)
    return render(request, "desks/mediation_calendar.html", {"days": days, "now": timezone.now()})


# -- offers ----------------------------------------------------------------------------------------------------------


@require_GET
def mediation_offers(request: StaffRequest) -> HttpResponse:
    """Hours that the own cities offer: filters, export."""
    user = request.user
    _require(request, Permission.OFFER_MEDIATION)
    table = Table(
        request, selectors.own_offers(user), offer_columns(), title=_("Hours offered"),
        filters=OfferFilter(request.GET or None), default_sort="-starts_on",
        empty_text=_("No hours are offered yet. Other cities may be looking for a language that you have."),
        new_url="mediation_offer_new", new_label=_("Offer hours"),
    )  # fmt: skip
    return table_response(
        request, table, "desks/mediation_offers.html",
        on_export=lambda count: log_export(user, mediation.OFFER, Permission.OFFER_MEDIATION, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def mediation_offer_new(request: StaffRequest) -> HttpResponse:
    """Offer hours of a mediator."""
    _require(request, Permission.OFFER_MEDIATION)
    form = OfferForm(request.POST or None, partners=selectors.offering_partners(request.user))
    if form.is_valid():
        offer = run_service(
            form, mediation.offer_mediation, by=request.user, partner=form.cleaned_data["partner"], hours=form.hours(),
            record_id=form.cleaned_data["record_id"],
        )  # fmt: skip
        if offer:
            messages.success(request, _("The hours are offered."))
            return redirect("mediation_offer_detail", offer.pk)
    return render(request, "desks/mediation_offer_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def mediation_offer_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Hours offered, with what is booked in the next four weeks."""
    offer = selectors.get_own_offer(request.user, pk)
    return render(request, "desks/mediation_offer.html", {"offer": offer, "days": selectors.days_of(offer)})


@require_POST
def mediation_offer_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Stop an offer, or leave one day out."""
    offer = selectors.get_own_offer(request.user, pk)
    try:
        if act == "stop":
            mediation.stop_offer(by=request.user, offer=offer)
            messages.success(request, _("The hours are not offered any more. What is booked stays booked."))
        else:
            mediation.leave_out_day(by=request.user, offer=offer, day=_day(request.POST.get("day", "")))
            messages.success(request, _("The mediator is not offered on this day."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("mediation_offer_detail", pk)


def _require(request: StaffRequest, *permissions: Permission) -> frozenset[uuid.UUID]:
    if not any(can(request.user, permission) for permission in permissions):
        raise PermissionDenied
    return mediation_partners(request.user)


def _day(text: str) -> date:
    """The day asked for, within what is shown; today if it is none."""
    today = timezone.localdate()
    try:
        day = parse_date(text[:10]) or today
    except ValueError:
        day = today
    return min(max(day, today), today + timedelta(days=selectors.MOST_DAYS_AHEAD))


def _booking_page(request: StaffRequest, booking: MediationBooking, **bound: Any) -> HttpResponse:
    knows, now = selectors.knows_person(request.user, booking), timezone.now()
    person: Person | None = booking.person if knows else None
    if person:
        log_listing(request.user, [person], object_type=mediation_bookings.BOOKING)
    is_booked = booking.status == MediationBooking.Status.BOOKED
    forms: dict[str, Any] = {}
    if is_booked and booking.ends_at > now:
        forms["cancel"] = CancelForm()
    if booking.starts_at <= now and booking.status != MediationBooking.Status.CANCELLED:
        forms["close"] = CloseForm(booking=booking)
    context = {"booking": booking, "person": person, "list_url": reverse("mediation_list")} | forms | bound
    return render(request, "desks/mediation_booking.html", context, status=422 if bound else 200)
