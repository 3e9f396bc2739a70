"""Pages of the work in a case: assessment, plan, goals, services."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import household_cases, selectors, services
from lgnet.cases.forms import (
    AssessmentForm,
    GoalsFormSet,
    GoalStatusForm,
    PlanForm,
    ServiceForm,
    SignForm,
    goals_formset,
)
from lgnet.cases.household_forms import chosen_others, offer_cases
from lgnet.cases.models import Case, Goal, Plan
from lgnet.catalogue.selectors import service_types
from lgnet.core.forms import LgForm, done
from lgnet.core.languages import language_name
from lgnet.network.requests import StaffRequest
from lgnet.people.closed_files import asks_for_closed_file, only_posts

ROWS_SHOWN = 2  # a plan has at least two goals in sight


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


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def plan_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write the draft plan: goals in the person's words; rows are added and removed with and without scripts."""
    case = selectors.get_case_to_work_on(request.user, pk)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and "add_row" not in request.POST:
        goals = goals_formset(request.POST)
        valid = goals.is_valid() and form.is_valid()
        seen = form.cleaned_data.get("seen") if valid else None
        if valid and done(form, services.save_plan, by=request.user, case=case, goals=goals.drafts(), seen=seen):
            messages.success(request, _("The plan is saved. When you agree it with the person, sign it."))
            return redirect("case_detail", pk)
        return _page(request, "cases/plan_edit.html", case, form, goals=goals, saved_now=_saved_now(case, form, seen))
    if request.method == "POST":
        goals = goals_formset(_with_row(request.POST))
        form = PlanForm(initial={"seen": request.POST.get("seen", "")})
    else:
        goals = _goals_so_far(case)
        form = PlanForm(initial={"seen": services.plan_state(case)})
    return _page(request, "cases/plan_edit.html", case, form, goals=goals)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def plan_sign(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the plan was agreed and signed."""
    plan = selectors.get_plan_to_work_on(request.user, pk)
    case = plan.case
    if plan.status == Plan.Status.SIGNED:
        return redirect("case_detail", case.pk)
    spoken = case.person.languages.first()
    initial = {
        "language": spoken.language if spoken else "",
        "interpreter_present": case.person.interpreter_needed,
        "seen": services.plan_state(case),
    }
    form = SignForm(request.POST or None, initial=initial)
    if form.is_valid() and done(form, services.sign_plan, by=request.user, plan=plan, **form.cleaned_data):
        messages.success(request, _("The plan is signed. From now on it is not changed: a new version follows it."))
        return redirect("case_detail", case.pk)
    return _page(request, "cases/plan_sign.html", case, form, plan=plan)


@require_GET
@asks_for_closed_file
def plan_print(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The plan on paper, with lines to sign."""
    plan = selectors.get_plan(request.user, pk)
    context = {
        "plan": plan,
        "case": plan.case,
        "person": plan.case.person,
        "goals": plan.goals.all(),
        "language": language_name(plan.language) if plan.language else "",
    }
    return render(request, "cases/plan_print.html", context)


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
    case = selectors.get_case_to_work_on(request.user, pk)
    form = ServiceForm(request.POST or None, services=service_types())
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


def _goals_so_far(case: Case) -> GoalsFormSet:
    """Goals of the draft, or of the signed plan as a start for the next version; always some empty rows after them."""
    plan = case.plans.order_by("-version").first()
    goals = list(plan.goals.all()) if plan else []
    initial = [{"words": goal.words, "area": goal.area, "due_on": goal.due_on} for goal in goals]
    return goals_formset(initial=initial, rows=max(1, ROWS_SHOWN - len(initial)))


def _saved_now(case: Case, form: PlanForm, seen: str | None) -> list[Goal]:
    """The goals that a colleague has saved meanwhile, if so; sending the form again then keeps what is typed in it."""
    now = services.plan_state(case)
    if seen is None or seen == now:
        return []
    form.show_as_of(now)
    plan = case.plans.order_by("-version").first()
    return list(plan.goals.all()) if plan else []


def _with_row(typed: Any) -> Any:
    """What was typed, with one more row."""
    data = typed.copy()
    total = data.get("goals-TOTAL_FORMS", "")
    data["goals-TOTAL_FORMS"] = str(min(int(total[:4]), 19) + 1) if total.isdecimal() else str(ROWS_SHOWN)
    data.setdefault("goals-INITIAL_FORMS", "0")
    return data
