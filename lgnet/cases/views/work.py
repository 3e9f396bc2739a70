"""Pages of the work in a case: assessment, results of goals, services."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.cases import household_cases, selectors, services
from lgnet.cases.forms import AssessmentForm, GoalStatusForm, ServiceForm
from lgnet.cases.household_forms import chosen_others, offer_cases
from lgnet.cases.models import Case
from lgnet.cases.visibility import sees_case
from lgnet.catalogue.selectors import service_types
from lgnet.core.forms import LgForm, done
from lgnet.network.requests import StaffRequest
from lgnet.people.closed_files import asks_for_closed_file, only_posts


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def assessment_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record an assessment note."""
    case = selectors.get_case_to_work_on(request.user, pk)
    latest = case.assessments.first()
    initial = {"housing": latest.housing, "needs": latest.needs, "kind": "in_depth"} if latest else {}
    form = AssessmentForm(request.POST or None, initial=initial)
    offer_cases(form, household_cases.cases_worked_on_together(request.user, case))
    others = chosen_others(form) if form.is_valid() else []
    about = {"case": case, "others": others}
    if form.is_valid() and done(form, household_cases.assess_household, by=request.user, **about, **form.cleaned_data):
        messages.success(request, _("The assessment is recorded."))
        return redirect("case_detail", pk)
    return _page(request, "cases/assessment_new.html", case, form)


@require_POST
@asks_for_closed_file
@only_posts
def goal_status(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record whether a goal is reached."""
    goal = selectors.get_goal_to_work_on(request.user, pk)
    form = GoalStatusForm(request.POST)
    if form.is_valid() and done(
        form, services.set_goal_status, by=request.user, goal=goal, status=form.cleaned_data["status"]
    ):
        messages.success(request, _("Goal: %(status)s.") % {"status": goal.get_status_display()})
    else:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("case_detail", goal.plan.case_id)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def service_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record a service given to the person."""
    case = selectors.get_case_to_work_on(request.user, pk, part=True)
    sees = sees_case(request.user, case)
    offered = service_types() if sees.whole else service_types().filter(area__in=sees.areas)
    form = ServiceForm(request.POST or None, services=offered)
    offer_cases(form, household_cases.cases_worked_on_together(request.user, case))
    others = chosen_others(form) if form.is_valid() else []
    about = {"case": case, "others": others}
    if form.is_valid() and done(
        form, household_cases.deliver_to_household, by=request.user, **about, **form.cleaned_data
    ):
        messages.success(request, _("The service is recorded."))
        return redirect("case_detail", pk)
    return _page(request, "cases/service_new.html", case, form)


def _page(request: StaffRequest, template: str, case: Case, form: LgForm, **context: Any) -> HttpResponse:
    context |= {"case": case, "person": case.person, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)
