"""What is added to a person's file: notice, ways to be reached, document, household."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.core.addresses import safe_next
from lgnet.core.forms import LgForm, done
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people import records, selectors
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.models import Person
from lgnet.people.record_forms import ContactPointForm, HouseholdForm, IdentifierForm, NoticeForm


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def notice_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A notice given to the person."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    spoken = person.languages.first()
    form = NoticeForm(request.POST or None, initial={"language": spoken.language if spoken else ""})
    said = _("The notice is recorded.")
    return _record(request, person, form, records.record_notice, "people/notice_new.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def contact_point_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A way to reach the person, and whether it is safe."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    form = ContactPointForm(request.POST or None)
    said = _("The contact is added.")
    return _record(request, person, form, records.add_contact_point, "people/contact_point_new.html", said)


@require_POST
@asks_for_closed_file
@only_posts
def contact_point_end(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop using a way to reach the person."""
    point = selectors.get_contact_point(request.user, pk)
    records.end_contact_point(by=request.user, point=point)
    messages.success(request, _("It is no longer used. The history keeps it."))
    return redirect("person_detail", point.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def identifier_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A number given by an authority."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    form = IdentifierForm(request.POST or None)
    said = _("The number is added.")
    return _record(request, person, form, records.add_identifier, "people/identifier_new.html", said)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def household_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """With whom the person lives or is looked after."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    initial = {"household": person.household_id, "role": person.household_role}
    households = selectors.households_for(request.user, person)
    form = HouseholdForm(request.POST or None, initial=initial, households=households)
    said = _("The household is saved.")
    return _record(request, person, form, records.put_in_household, "people/household_edit.html", said)


@require_POST
@asks_for_closed_file
@only_posts
def household_leave(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the person out of the household."""
    person = selectors.get_person_to_change(request.user, pk, Permission.REGISTER_PERSON)
    records.leave_household(by=request.user, person=person)
    messages.success(request, _("%(name)s is in no household now.") % {"name": person.name_as_used})
    return redirect("person_detail", pk)


def _record(
    request: StaffRequest, person: Person, form: LgForm, service: Callable[..., object], template: str, said: str
) -> HttpResponse:
    """Show the form; when it is good, call the service with what was typed and go back to where one came from."""
    if form.is_valid() and done(form, service, by=request.user, person=person, **form.cleaned_data):
        messages.success(request, said)
        return HttpResponseRedirect(safe_next(request, reverse("person_detail", args=[person.pk])))
    context: dict[str, Any] = {"form": form, "person": person}
    return render(request, template, context, status=422 if form.is_bound else 200)
