"""Pages of the waiting list."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.audit import services as audit
from lgnet.core.errors import DomainError
from lgnet.core.forms import run_service
from lgnet.core.tables import Table
from lgnet.desks import appointment_selectors as selectors
from lgnet.desks import appointment_waiting as waiting
from lgnet.desks.appointment_forms import WishForm
from lgnet.desks.appointment_policies import books
from lgnet.desks.appointment_tables import WishFilter, weekday_words, wish_columns
from lgnet.desks.appointment_views import require_reader
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.lists import person_table_response


@require_GET
def wish_list(request: StaffRequest) -> HttpResponse:
    """Who waits for an appointment: filters, export."""
    user = request.user
    require_reader(request)
    table = Table(
        request, selectors.visible_wishes(user), wish_columns(), title=_("Waiting list"), default_sort="created_at",
        filters=WishFilter(request.GET or None, user=user), person_of=lambda one: one.person,
        empty_text=_("Nobody waits. When no time suits, the page of the free times offers the waiting list."),
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/wish_list.html", object_type="desks.appointmentwish",
        permission=Permission.VIEW_APPOINTMENTS,
    )  # fmt: skip


@require_GET
def wish_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody who waits, and what was offered."""
    wish = selectors.get_wish(request.user, pk)
    audit.note_read(
        by=request.user, object_type="desks.appointmentwish", object_id=wish.pk, partner_id=wish.partner_id,
        person_id=wish.person_id,
    )  # fmt: skip
    offers = list(wish.appointments.select_related("kind").order_by("-created_at"))
    may_end = wish.status == wish.Status.WAITING and books(request.user, wish.kind)
    context = {"wish": wish, "offers": offers, "may_end": may_end, "days": weekday_words(wish)}
    return render(request, "desks/wish_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def wish_new(request: StaffRequest) -> HttpResponse:
    """Put a person on the waiting list of a kind of appointment."""
    user = request.user
    if not can(user, Permission.BOOK_APPOINTMENT):
        raise PermissionDenied
    person = person_asked_for(request, part=True)
    kinds = selectors.kinds_to_book(user, person.partner_id)
    kind = next((one for one in kinds if str(one.pk) == request.GET.get("kind")), None)
    if kind is None:
        raise Http404
    form = WishForm(request.POST or None)
    if form.is_valid():
        wish = run_service(form, waiting.add_wish, by=user, person=person, kind=kind, **form.cleaned_data)
        if wish:
            messages.success(request, _("%(name)s is on the waiting list.") % {"name": person.name_as_used})
            return redirect("wish_detail", wish.pk)
    context = {"form": form, "person": person, "kind": kind}
    return render(request, "desks/wish_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def wish_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The person waits no longer."""
    wish = selectors.get_wish(request.user, pk)
    try:
        waiting.end_wish(by=request.user, wish=wish)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s waits no longer.") % {"name": wish.person.name_as_used})
    return redirect("wish_detail", pk)
