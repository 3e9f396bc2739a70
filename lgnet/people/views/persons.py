"""Pages of persons: list with search, registration, correction. The page of one person is in the workspace."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.selectors import own_teams
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import selectors, services
from lgnet.people.closed_files import asks_for_closed_file
from lgnet.people.forms import PersonEditForm, RegisterForm
from lgnet.people.lists import person_table_response
from lgnet.people.merge_selectors import Likely, likely_known
from lgnet.people.registration import register_newcomer
from lgnet.people.tables import PersonFilter, person_columns, with_last_event
from lgnet.people.wording import differences


@require_GET
def person_list(request: StaffRequest) -> HttpResponse:
    """Persons of the city: search in any spelling, filters, export. The persons shown are logged."""
    user = request.user
    if not can(user, Permission.VIEW_PEOPLE):
        raise PermissionDenied
    persons = selectors.visible_persons(user).select_related(None)
    rows = with_last_event(selectors.with_open_file_flag(user, persons))
    may_register = own_teams(user, Permission.REGISTER_PERSON).exists()
    table = Table(
        request, rows, person_columns(), title=_("People"), filters=PersonFilter(request.GET or None, user=user),
        default_sort="-created_at", new_url="person_new" if may_register else "", new_label=_("Register somebody"),
        empty_text=_("Nobody is registered yet. People are registered at the desk, or here."),
        person_of=lambda person: person,
    )  # fmt: skip
    return person_table_response(
        request, table, "people/person_list.html", object_type="people.person", permission=Permission.VIEW_PEOPLE
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: StaffRequest) -> HttpResponse:
    """Register somebody; who is likely the same is offered before a second file is made."""
    form = _register_form(request)
    likely: list[Likely] = []
    if form.is_valid():
        likely = _likely(request, form)
        if not likely or form.cleaned_data["not_the_same"]:
            person = run_service(
                form, register_newcomer, by=request.user, team=form.cleaned_data["team"], newcomer=form.newcomer(),
                record_id=form.cleaned_data["record_id"],
            )  # fmt: skip
            if person:
                messages.success(request, _("%(name)s is registered.") % {"name": person.name_as_used})
                return redirect("person_detail", person.pk)
    context = {"form": form, "likely": likely}
    return render(request, "people/person_new.html", context, status=422 if form.is_bound else 200)


@require_POST
def person_duplicates(request: StaffRequest) -> HttpResponse:
    """Fragment while registering: who is registered already and likely the same, and why. Writes nothing."""
    form = _register_form(request)
    form.is_valid()
    return render(request, "people/_likely.html", {"likely": _likely(request, form), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def person_edit(request: StaffRequest, pk: Any) -> HttpResponse:
    """Correct or complete what is known of a person."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    form = PersonEditForm(request.POST or None, person=person)
    changed: list[tuple[Any, str]] = []
    if form.is_valid():
        details = form.details()
        seen = form.seen_version()
        if done(form, services.update_person, by=request.user, person=person, details=details, seen_version=seen):
            messages.success(request, _("Saved."))
            return redirect("person_detail", pk)
        if seen is not None and seen != person.updated_at:  # a colleague was faster: both versions are shown
            changed = [(form.fields[name].label, now) for name, now in differences(person, details).items()]
            form.show_as_of(person)
    context = {"form": form, "person": person, "changed": changed}
    return render(request, "people/person_edit.html", context, status=422 if form.is_bound else 200)


def _register_form(request: StaffRequest) -> RegisterForm:
    teams = own_teams(request.user, Permission.REGISTER_PERSON)
    if not teams:
        raise PermissionDenied(_("You are in no team that registers people. Ask the coordinator to add you to one."))
    return RegisterForm(request.POST if request.method == "POST" else None, teams=teams)


def _likely(request: StaffRequest, form: RegisterForm) -> list[Likely]:
    """Who is likely the same as the person typed."""
    team = form.cleaned_data.get("team")
    return likely_known(request.user, team.partner, form.identity()) if team else []
