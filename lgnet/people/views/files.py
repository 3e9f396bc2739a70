"""Access to files: opened with a reason, looked at by the coordinator, hidden and shown again."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.core.addresses import safe_next
from lgnet.core.forms import LgForm, done
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import selectors, services
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.lists import person_table_response
from lgnet.people.policies import file_is_open_for
from lgnet.people.record_forms import ReasonForm
from lgnet.people.tables import OpeningFilter, opening_columns
from lgnet.people.wording import object_words


@require_http_methods(["GET", "HEAD", "POST"])
def file_open(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a closed file with a reason, which the coordinator sees."""
    person = selectors.get_listed_person(request.user, pk)
    if not can(request.user, Permission.OPEN_FILE, partner=person.partner_id):
        raise PermissionDenied(_("Your role opens no files."))
    onward = safe_next(request, reverse("person_detail", args=[person.pk]))
    if file_is_open_for(request.user, person):
        return HttpResponseRedirect(onward)
    label = _("Why do you need this file?")
    help_text = _("The coordinator reads this. Ten letters or more.")
    form = ReasonForm(request.POST or None, label=label, help_text=help_text)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(form, services.open_file_with_reason, by=request.user, person=person, reason=reason):
            messages.info(request, _("The file is open to you for eight hours. The coordinator sees it."))
            return HttpResponseRedirect(onward)
    context = {"form": form, "person": person, "members": selectors.file_members(person), "onward": onward}
    return render(request, "people/file_open.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def file_restrict(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Hide a file from all but its team, or show it again: what the reader wanted, also when pressed twice."""
    person = selectors.get_person_to_change(request.user, pk, Permission.RESTRICT_FILE)
    form = ReasonForm(request.POST or None, label=_("Why?"), help_text=_("It is kept in the log."))
    if form.is_valid():
        wanted = request.POST.get("wanted") == "restricted"
        reason = form.cleaned_data["reason"]
        if done(form, services.restrict_file, by=request.user, person=person, restricted=wanted, reason=reason):
            said = _("Only its team sees this file now.") if wanted else _("The city sees again that this file exists.")
            messages.success(request, said)
            return redirect("person_detail", pk)
    context = {"form": form, "person": person, "members": selectors.file_members(person)}
    return render(request, "people/file_restrict.html", context, status=422 if form.is_bound else 200)


@require_GET
def file_openings(request: StaffRequest) -> HttpResponse:
    """Files opened with a reason at the partners that the reader oversees, unseen ones first."""
    user = request.user
    if not can(user, Permission.VIEW_FILE_OPENINGS):
        raise PermissionDenied
    table = Table(
        request, selectors.visible_openings(user), opening_columns(), title=_("Files opened with a reason"),
        filters=OpeningFilter(request.GET or None),
        empty_text=_("Nobody has opened a file from outside its team."), person_of=lambda opening: opening.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "people/file_openings.html", object_type="people.fileopening",
        permission=Permission.VIEW_FILE_OPENINGS,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def file_opening(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One opening: who, why, what was done with the file; the reader marks it as seen."""
    opening = selectors.get_opening(request.user, pk)
    form = LgForm(request.POST if request.method == "POST" else None)  # no fields: it tells what the service refuses
    if form.is_valid() and done(form, services.acknowledge_opening, by=request.user, opening=opening):
        messages.success(request, _("Seen. The log keeps that you looked at it."))
        return redirect("file_openings")
    done_there = [(entry, object_words(entry.object_type)) for entry in selectors.done_with_file(opening)]
    context = {"opening": opening, "form": form, "done": done_there}
    return render(request, "people/file_opening.html", context, status=422 if form.errors else 200)
