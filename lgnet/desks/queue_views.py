"""Pages of the queue for who works at the desk, and the set-up of its counters and screens."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.languages import language_choices
from lgnet.core.tables import Table, table_response
from lgnet.desks import queue, screens
from lgnet.desks import queue_selectors as selectors
from lgnet.desks.mediation_selectors import needs_of
from lgnet.desks.queue_forms import CounterForm, PriorityForm, ScreenForm, TicketForm
from lgnet.desks.queue_models import Ticket
from lgnet.desks.queue_tables import TicketFilter, ticket_columns
from lgnet.desks.selectors import desks_of
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission

SHOWN = 20  # numbers that come next; the others by a link


@require_GET
def queue_panel(request: StaffRequest) -> HttpResponse:
    """The queue of a desk for who works there; the fragment of it for htmx, which asks every few seconds."""
    desks = list(desks_of(request.user).select_related("site", "partner"))
    if not desks:
        raise PermissionDenied(_("You work at no desk today. Ask the coordinator to add you to one."))
    desk = next((desk for desk in desks if str(desk.pk) == request.GET.get("team")), desks[0])
    counter = selectors.own_counter(request.user, desk)
    now = selectors.queue_of(desk)
    here = next((ticket for ticket in now.called if counter and ticket.counter_id == counter.pk), None)
    shown = now.waiting if "all" in request.GET else now.waiting[:SHOWN]
    context: dict[str, Any] = {
        "desk": desk, "desks": desks, "counter": counter, "queue": now, "here": here, "shown": shown,
        "counters": selectors.counters_of(desk), "needs": needs_of(request.user, desk, now.waiting),
    }  # fmt: skip
    is_part = request.headers.get("HX-Target") == "queue-now"
    return render(request, "desks/_queue_now.html" if is_part else "desks/queue_panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a ticket at the desk."""
    desk = desks_of(request.user).filter(pk=pk).first()
    if desk is None:
        raise Http404
    form = TicketForm(request.POST or None)
    if form.is_valid():
        ticket = run_service(form, queue.issue_ticket, by=request.user, team=desk, **form.cleaned_data)
        if ticket:
            messages.success(request, _("Number %(number)s is given.") % {"number": ticket.number})
            return redirect(_panel(desk))
    context = {"form": form, "desk": desk, "panel": _panel(desk)}
    return render(request, "desks/ticket_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def ticket_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A number that waits: why it comes first, the mediator it waits for, that the person went away."""
    ticket = selectors.get_ticket(request.user, pk)
    if ticket.status not in Ticket.OPEN:
        messages.info(request, _("This number does not wait any more."))
        return redirect(_panel(ticket.team))
    context = {
        "ticket": ticket, "panel": _panel(ticket.team), "reasons": Ticket.Priority.choices,
        "counter": selectors.own_counter(request.user, ticket.team), "spoken": language_choices(),
    }  # fmt: skip
    return render(request, "desks/ticket_detail.html", context)


@require_POST
def counter_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Work at a counter, leave it, or call the next number to it."""
    counter = selectors.get_counter(request.user, pk)
    acts: dict[str, Callable[..., Any]] = {
        "take": queue.take_counter,
        "leave": queue.leave_counter,
        "next": _call_next(request),
    }
    try:
        found = acts[act](by=request.user, counter=counter)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if act == "next" and found is None:
            messages.info(request, _("Nobody waits."))
    return redirect(_panel(counter.team))


@require_POST
def ticket_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Call a number, say how it ended, put it back, or say why it comes first."""
    ticket = selectors.get_ticket(request.user, pk)
    try:
        _do(request, ticket, act)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_panel(ticket.team))


def _call_next(request: StaffRequest) -> Callable[..., Ticket | None]:
    """Call the next, after the number that the page showed at the counter, or after nobody."""
    try:
        seen = uuid.UUID(request.POST.get("seen", ""))
    except ValueError:
        seen = None
    return partial(queue.call_next_after, seen=seen)


def _do(request: StaffRequest, ticket: Ticket, act: str) -> None:
    if act == "call":
        counter = selectors.own_counter(request.user, ticket.team)
        if counter is None:
            raise DomainError(_("First choose the counter at which you work."))
        queue.call_ticket(by=request.user, counter=counter, ticket=ticket)
    elif act == "back":
        queue.put_back(by=request.user, ticket=ticket)
    elif act == "priority":
        form = PriorityForm(request.POST)
        if not form.is_valid():
            raise DomainError(_("Choose a reason from the list."))
        queue.set_priority(by=request.user, ticket=ticket, priority=form.cleaned_data["priority"])
    else:
        queue.finish_ticket(by=request.user, ticket=ticket, status=Ticket.Status(act))


@require_GET
def ticket_list(request: StaffRequest) -> HttpResponse:
    """Tickets of the desks of the city: filters, export."""
    user = request.user
    if not can(user, Permission.RECORD_VISIT):
        raise PermissionDenied
    table = Table(
        request, selectors.listed_tickets(user), ticket_columns(), title=_("Tickets"), default_sort="-issued_at",
        filters=TicketFilter(request.GET, user=user),
        empty_text=_("No ticket was given yet. Set up a kiosk, or give one at the desk."),
    )  # fmt: skip
    return table_response(
        request, table, "desks/ticket_list.html",
        on_export=lambda count: log_export(user, queue.TICKET, Permission.RECORD_VISIT, count),
    )  # fmt: skip


# -- setting up ------------------------------------------------------------------------------------------------------


@require_GET
def queue_setup(request: StaffRequest) -> HttpResponse:
    """Counters and screens of the desks that the reader sets up."""
    parts = selectors.waiting_rooms(request.user)
    if not parts:
        raise PermissionDenied
    return render(request, "desks/queue_setup.html", {"parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
def counter_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a counter of a desk."""
    desk = _desk_to_set_up(request, pk)
    form = CounterForm(request.POST or None)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "record_id")}
        if made := run_service(form, screens.create_counter, by=request.user, team=desk, **data):
            messages.success(request, _("%(name)s is made.") % {"name": made.name})
            return redirect("queue_setup")
    context = {"form": form, "desk": desk}
    return render(request, "desks/counter_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def counter_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Rename a counter, or take it out of use."""
    counter = selectors.get_counter_to_set_up(request.user, pk)
    form = CounterForm(request.POST or None, initial={"name": counter.name, "is_active": counter.is_active})
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "is_active")}
        if done(form, screens.change_counter, by=request.user, counter=counter, **data):
            messages.success(request, _("Saved."))
            return redirect("queue_setup")
    context = {"form": form, "desk": counter.team, "counter": counter}
    return render(request, "desks/counter_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def screen_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a screen; its address is shown now, and never again."""
    desk = _desk_to_set_up(request, pk)
    form = ScreenForm(request.POST or None)
    if form.is_valid():
        made = run_service(form, screens.create_screen, by=request.user, team=desk, **form.cleaned_data)
        if made:
            screen, secret = made
            address = request.build_absolute_uri(reverse(f"queue_{screen.kind}", args=[secret]))
            return render(request, "desks/screen_made.html", {"screen": screen, "address": address})
    context = {"form": form, "desk": desk}
    return render(request, "desks/screen_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def screen_stop(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The address of the screen opens nothing any more."""
    screen = screens.stop_screen(by=request.user, screen=selectors.get_screen(request.user, pk))
    messages.success(request, _("%(name)s is stopped.") % {"name": screen.name})
    return redirect("queue_setup")


def _desk_to_set_up(request: StaffRequest, pk: uuid.UUID) -> Team:
    desk = selectors.desks_to_set_up(request.user).filter(pk=pk).first()
    if desk is None:
        raise Http404
    return desk


def _panel(desk: Team) -> str:
    return f"{reverse('queue_panel')}?team={desk.pk}"
