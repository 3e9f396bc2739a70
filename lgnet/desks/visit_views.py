"""The page of one visit: who is here, what is asked, how it ends."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.core.forms import done, run_service
from lgnet.core.ids import uuid7
from lgnet.desks import mailbox_selectors, visit_services
from lgnet.desks import request_selectors as selectors
from lgnet.desks.models import Request, Visit
from lgnet.desks.policies import records_requests_at
from lgnet.desks.request_forms import CloseForm
from lgnet.desks.selectors import likely_persons
from lgnet.desks.visit_forms import WhoForm
from lgnet.network.requests import StaffRequest
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.forms import PersonForm
from lgnet.people.models import Person


@require_GET
@asks_for_closed_file
def visit_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A visit: who came, what is asked, what was promised before, the mail that waits."""
    visit = selectors.get_visit(request.user, pk)
    context = visit_context(request, visit)
    if visit.person:
        context["promised"] = selectors.promises_to(request.user, visit.person, besides=visit)
        context["mail"] = mailbox_selectors.waiting_for(request.user, [visit.person]).get(visit.person.pk)
        context["boxes"] = mailbox_selectors.mailboxes_of(request.user, visit.person)
    return render(request, "desks/visit_detail.html", context)


@require_POST
@asks_for_closed_file
@only_posts
def visit_close(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The visit is over, or its minutes are corrected."""
    visit, form = selectors.get_visit(request.user, pk), CloseForm(request.POST)
    if form.is_valid() and done(
        form, visit_services.close_visit, by=request.user, visit=visit, minutes=form.cleaned_data["minutes"]
    ):
        messages.success(request, _("The visit is closed."))
        return redirect("visit_detail", visit.pk)
    context = visit_context(request, visit) | {"close_form": form}
    return render(request, "desks/visit_detail.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def visit_identify(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Who had not said who it is does: somebody registered, or somebody new."""
    visit = selectors.get_visit(request.user, pk)
    if visit.person_id:
        return redirect("visit_detail", visit.pk)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    persons = likely_persons(request.user, visit.team, text) if text else []
    form, person_form = WhoForm(request.POST or None), PersonForm(request.POST or None, prefix="person")
    if request.method == "POST" and form.is_valid() and _identify(request, visit, form, person_form):
        messages.success(request, _("The visit is now in the person's file."))
        return redirect("visit_detail", visit.pk)
    context = {"visit": visit, "text": text, "persons": persons, "form": form, "person_form": person_form}
    return render(request, "desks/visit_identify.html", context, status=422 if request.method == "POST" else 200)


def visit_context(request: StaffRequest, visit: Visit) -> dict[str, Any]:
    """What the fragment of requests needs."""
    writes = records_requests_at(request.user, visit.team)
    rows = selectors.requests_of_visit(visit)
    lists = selectors.checklists(rows)
    topics = selectors.topics_of(visit.team, visit.topic) if writes else selectors.Topics()
    minutes = visit.minutes if visit.closed_at else visit_services.measured_minutes(visit)
    return {
        "visit": visit, "writes": writes, "rows": [(row, lists.get(row.pk, [])) for row in rows],
        "often": [(one, uuid7()) for one in topics.often], "by_area": topics.by_area, "other_id": uuid7(),
        "reasons": [pair for pair in Request.Reason.choices if pair[0]],
        "close_form": CloseForm(initial={"minutes": minutes}),
        "unanswered": sum(not row.outcome for row in rows),
    }  # fmt: skip


def _identify(request: StaffRequest, visit: Visit, form: WhoForm, person_form: PersonForm) -> Visit | None:
    person: Person | None = form.person_for(request.user, visit)
    if person is None and form.is_new and person_form.is_valid():
        return run_service(
            person_form, visit_services.identify_as_new, by=request.user, visit=visit, details=person_form.details()
        )
    if person is None:
        return None
    return run_service(form, visit_services.identify_visit, by=request.user, visit=visit, person=person)
