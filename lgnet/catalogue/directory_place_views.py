"""Pages of the places of a service: where it is, weekly hours, seasons, exceptions."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.catalogue import directory_places as services
from lgnet.catalogue import directory_selectors as selectors
from lgnet.catalogue.directory_forms import ExceptionForm, NewPlaceForm, PlaceForm, SeasonForm
from lgnet.catalogue.hours_text import write_hours
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.network.requests import StaffRequest


@require_http_methods(["GET", "HEAD", "POST"])
def place_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One more place of a service, or its first."""
    offer = selectors.get_kept_offer(request.user, pk)
    form = NewPlaceForm(request.POST or None, partner=offer.partner)
    if form.is_valid():
        given = {"details": form.place_details(), "record_id": form.cleaned_data["record_id"]}
        if run_service(form, services.add_place, by=request.user, offer=offer, **given):
            messages.success(request, _("The place is added."))
            return redirect("offer_detail", pk)
    context = {"form": form, "offer": offer}
    return render(request, "catalogue/offer_place.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def place_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a place and its usual hours."""
    place = selectors.get_kept_place(request.user, pk)
    form = PlaceForm(request.POST or None, partner=place.offer.partner, place=place)
    if form.is_valid() and done(
        form, services.change_place, by=request.user, place=place, details=form.place_details()
    ):
        messages.success(request, _("Saved."))
        return redirect("offer_detail", place.offer_id)
    context = {"form": form, "offer": place.offer, "place": place}
    return render(request, "catalogue/offer_place.html", context, status=422 if form.is_bound else 200)


@require_POST
def place_remove(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a place of a service away."""
    place = selectors.get_kept_place(request.user, pk)
    services.remove_place(by=request.user, place=place)
    messages.success(request, _("The place is removed."))
    return redirect("offer_detail", place.offer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def place_season(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Other weekly hours between two days; `?first=` opens a season to change it."""
    place = selectors.get_kept_place(request.user, pk)
    rows = [one for one in place.hours.all() if str(one.first_day) == request.GET.get("first")]
    initial = {}
    if rows:
        hours = write_hours(one.as_span() for one in rows)
        initial = {"first_day": rows[0].first_day, "last_day": rows[0].last_day, "hours": hours}
    form = SeasonForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        given = {"first_day": data["first_day"], "last_day": data["last_day"], "hours": data["hours"].spans}
        if done(form, services.set_season, by=request.user, place=place, **given):
            messages.success(request, _("Saved."))
            return redirect("offer_detail", place.offer_id)
    context = {"form": form, "offer": place.offer, "place": place, "season": rows[0] if rows else None}
    return render(request, "catalogue/offer_season.html", context, status=422 if form.is_bound else 200)


@require_POST
def place_season_remove(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the hours of a season away."""
    place = selectors.get_kept_place(request.user, pk)
    try:
        services.remove_season(
            by=request.user, place=place, first_day=date.fromisoformat(request.POST.get("first", ""))
        )
        messages.success(request, _("The season is removed: the usual hours hold."))
    except ValueError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("offer_detail", place.offer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def place_exception(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a place is closed on some days, or has other hours."""
    place = selectors.get_kept_place(request.user, pk)
    form = ExceptionForm(request.POST or None)
    if form.is_valid() and done(form, services.add_exception, by=request.user, place=place, **form.arguments()):
        messages.success(request, _("The exception is added."))
        return redirect("offer_detail", place.offer_id)
    context = {"form": form, "offer": place.offer, "place": place}
    return render(request, "catalogue/offer_exception.html", context, status=422 if form.is_bound else 200)


@require_POST
def exception_remove(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an exception away."""
    exception = selectors.get_kept_exception(request.user, pk)
    services.remove_exception(by=request.user, exception=exception)
    messages.success(request, _("The exception is removed: the usual hours hold."))
    return redirect("offer_detail", exception.place.offer_id)
