"""What leaves the platform: the slip, the calendar file of the person, the calendars of colleagues."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lgnet.desks import appointment_feeds as feeds
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks.appointment_ics import calendar_for_person, calendar_for_staff
from lgnet.desks.appointment_slips import language_for, slip_of
from lgnet.desks.appointment_views import require_reader
from lgnet.network.requests import StaffRequest

CALENDAR = "text/calendar; charset=utf-8"


@require_GET
def appointment_slip(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The slip of an appointment, to print, in the person's language with Italian beside it."""
    one = selectors.get_appointment(request.user, pk)
    context = {
        "appointment": one, "slip": slip_of(one, request.GET.get("language", "")),
        "slip_languages": settings.PUBLIC_LANGUAGES,
    }  # fmt: skip
    return render(request, "desks/appointment_slip.html", context)


@require_GET
def appointment_ics(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The appointment as a calendar file for the person."""
    one = selectors.get_appointment(request.user, pk)
    response = HttpResponse(calendar_for_person(one, language_for(one, "")), content_type=CALENDAR)
    response["Content-Disposition"] = 'attachment; filename="appuntamento.ics"'
    return response


@require_GET
def appointment_feeds(request: StaffRequest) -> HttpResponse:
    """The reader's own calendars, and how to make one."""
    require_reader(request)
    context = {"feeds": feeds.own_feeds(request.user), "teams": selectors.teams_seen(request.user)}
    return render(request, "desks/appointment_feeds.html", context)


@require_POST
def feed_new(request: StaffRequest) -> HttpResponse:
    """Make a calendar; its address is shown now, and never again."""
    require_reader(request)
    teams = {str(team.pk): team for team in selectors.teams_seen(request.user)}
    feed, secret = feeds.create_feed(by=request.user, team=teams.get(request.POST.get("team", "")))
    address = request.build_absolute_uri(reverse("appointment_feed", args=[secret]))
    return render(request, "desks/feed_made.html", {"feed": feed, "address": address})


@require_POST
def feed_stop(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The address opens nothing any more."""
    feeds.stop_feed(by=request.user, feed=feeds.get_feed(request.user, pk))
    messages.success(request, _("This calendar is stopped. Take it out of your program too."))
    return redirect("appointment_feeds")


@login_not_required
@never_cache
@require_GET
def appointment_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address: pseudonyms and kinds, no names of persons."""
    feed = feeds.feed_with(secret)
    shown = calendar_for_staff(feeds.appointments_in(feed), feeds.tasks_in(feed), request.build_absolute_uri("/"))
    return HttpResponse(shown, content_type=CALENDAR)
