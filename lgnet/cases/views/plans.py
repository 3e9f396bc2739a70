"""Pages of the plan: written, signed, printed, read, compared, reviewed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import plan_reviews, selectors, services
from lgnet.cases.models import Case, Goal, Plan, PlanAction, PlanReview
from lgnet.cases.plan_forms import Offered, PlanForm, goals_formset, initial_goals, offered_in
from lgnet.cases.plan_page import goal_lines
from lgnet.cases.plan_papers import kept_paper
from lgnet.cases.plan_sign_forms import ReviewForm, ScanForm, SignForm
from lgnet.cases.plan_writing import drafts_of
from lgnet.cases.visibility import sees_case
from lgnet.core.forms import LgForm, done, run_service
from lgnet.core.papers import pdf_response
from lgnet.files.serving import file_response
from lgnet.files.vault import Unreadable
from lgnet.network.requests import StaffRequest
from lgnet.people.closed_files import asks_for_closed_file

BOTH = ["GET", "HEAD", "POST"]
ROWS_SHOWN = 2  # a plan has at least two goals in sight


@require_http_methods(BOTH)
@asks_for_closed_file
def plan_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write the draft plan: goals in the person's words, their actions; rows come and go with and without scripts."""
    case = selectors.get_case_to_work_on(request.user, pk)
    plan = case.plans.order_by("-version").first()
    offered = offered_in(request.user, case, plan)
    form = PlanForm(request.POST or None)
    template = "cases/plan_edit.html"
    if request.method == "POST" and not {"add_row", "add_action"} & set(request.POST):
        goals = goals_formset(offered, request.POST)
        valid = goals.is_valid() and form.is_valid()
        seen = form.cleaned_data.get("seen") if valid else None
        if valid and done(form, services.save_plan, by=request.user, case=case, goals=goals.drafts(), seen=seen):
            messages.success(request, _("The plan is saved. When you agree it with the person, sign it."))
            return redirect("case_detail", pk)
        saved_now = _saved_now(case, form, seen)
        return _page(request, case, form, template=template, plan=plan, goals=goals, saved_now=saved_now)
    if request.method == "POST":
        goals = goals_formset(offered, _with_row(request.POST))
        form = PlanForm(initial={"seen": request.POST.get("seen", "")})
    else:
        goals = _goals_so_far(offered, plan)
        form = PlanForm(initial={"seen": services.plan_state(case)})
    return _page(request, case, form, template=template, plan=plan, goals=goals)


@require_http_methods(BOTH)
@asks_for_closed_file
def plan_sign(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record that the plan was agreed: signed on the screen, or on paper."""
    plan = selectors.get_plan_to_work_on(request.user, pk)
    case = plan.case
    if plan.status == Plan.Status.SIGNED:
        return redirect("case_detail", case.pk)
    spoken, now = case.person.languages.first(), services.plan_state(case)
    initial = {
        "language": spoken.language if spoken else "", "seen": now,
        "interpreter_present": case.person.interpreter_needed,
    }  # fmt: skip
    form = SignForm(*_sent(request), initial=initial)
    if form.is_valid():
        if done(form, services.sign_plan, by=request.user, plan=plan, **form.arguments()):
            messages.success(request, _("The plan is signed. From now on it is not changed: a new version follows it."))
            return redirect("case_detail", case.pk)
        if form.cleaned_data["seen"] not in {None, now}:
            form.begin_again(now)
    lines = goal_lines(case, plan, sees_case(request.user, case))
    return _page(request, case, form, plan=plan, lines=lines, template="cases/plan_sign.html")


@require_GET
@asks_for_closed_file
def plan_print(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The plan as PDF: what was signed, as it was; a draft to read together and to sign."""
    plan = selectors.get_plan(request.user, pk)
    name = f"{plan.case.person.pseudonym}-plan-{plan.version}.pdf"
    if plan.paper:
        return file_response(plan.paper, name)
    try:
        return pdf_response(kept_paper(plan), name)
    except Unreadable:
        raise Http404 from None


@require_GET
@asks_for_closed_file
def plan_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One version of the plan: goals, actions, who signed, its scan, its reviews."""
    plan = selectors.get_plan(request.user, pk, part=True)
    sees = sees_case(request.user, plan.case)
    if not sees.anything:
        sees.require_whole()
    reviews = plan.reviews.select_related("by") if sees.whole else ()
    context = {
        "plan": plan, "case": plan.case, "person": plan.case.person, "lines": goal_lines(plan.case, plan, sees),
        "signatures": list(plan.signatures.all()) if sees.whole else (), "reviews": [_told(one) for one in reviews],
        "may_work": plan.case.is_open and sees.in_team, "sees": sees,
        "others": plan.case.plans.exclude(pk=plan.pk).order_by("-version"),
    }  # fmt: skip
    return render(request, "cases/plan_detail.html", context)


@require_GET
@asks_for_closed_file
def plan_compare(request: StaffRequest, pk: uuid.UUID, version: int) -> HttpResponse:
    """What differs between this version of the plan and another one of the same case."""
    plan = selectors.get_plan(request.user, pk)
    other = plan.case.plans.filter(version=version).exclude(pk=plan.pk).first()
    if other is None:
        raise Http404
    old, new = sorted((plan, other), key=lambda one: one.version)
    context = {
        "plan": plan, "old": old, "new": new, "case": plan.case, "person": plan.case.person,
        "changes": plan_reviews.compared(old, new),
    }  # fmt: skip
    return render(request, "cases/plan_compare.html", context)


@require_http_methods(BOTH)
@asks_for_closed_file
def plan_review(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Look at a signed plan together, and say how it goes on."""
    plan = selectors.get_plan_to_work_on(request.user, pk)
    form = ReviewForm(request.POST or None, plan=plan)
    if form.is_valid():
        said = {"reviewed": form.reviewed(), "record_id": form.cleaned_data["record_id"]}
        if review := run_service(form, plan_reviews.review_plan, by=request.user, plan=plan, **said):
            messages.success(request, _("The review is recorded."))
            ends = {PlanReview.Outcome.NEW_VERSION: "plan_edit", PlanReview.Outcome.CLOSE: "case_close"}
            return redirect(ends.get(PlanReview.Outcome(review.outcome), "case_detail"), plan.case_id)
    return _page(request, plan.case, form, plan=plan, template="cases/plan_review.html")


@require_http_methods(BOTH)
@asks_for_closed_file
def plan_scan(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep the scan of a plan that was signed on paper."""
    plan = selectors.get_plan_to_work_on(request.user, pk)
    form = ScanForm(*_sent(request))
    if form.is_valid():
        sent = {"files": form.uploads(), "record_id": form.cleaned_data["record_id"]}
        if done(form, plan_reviews.keep_scan, by=request.user, plan=plan, **sent):
            messages.success(request, _("The scan is kept with the documents of the person, encrypted."))
            return redirect("plan_detail", pk)
    return _page(request, plan.case, form, plan=plan, template="cases/plan_scan.html")


@require_GET
@asks_for_closed_file
def plan_signature(request: StaffRequest, pk: uuid.UUID, role: str) -> HttpResponse:
    """The picture of a signature drawn on the screen."""
    plan = selectors.get_plan(request.user, pk)
    signed = plan.signatures.filter(role=role).select_related("picture").first()
    if signed is None or signed.picture is None:
        raise Http404
    return file_response(signed.picture, f"{plan.case.person.pseudonym}-{role}.jpg")


def _sent(request: StaffRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _page(request: StaffRequest, case: Case, form: LgForm, *, template: str, **context: Any) -> HttpResponse:
    context |= {"case": case, "person": case.person, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _told(review: PlanReview) -> tuple[PlanReview, list[tuple[str, str, str]]]:
    """A review with the goals and actions as they stood then, their states in words."""
    labels = {"goal": dict(Goal.Status.choices), "action": dict(PlanAction.Status.choices)}
    rows = [(kind, words, str(labels.get(kind, {}).get(state, state))) for kind, words, state in review.states]
    return review, rows


def _goals_so_far(offered: Offered, plan: Plan | None) -> Any:
    """Goals of the draft, or of the signed plan as a start for the next version; always some empty rows after them."""
    initial = initial_goals(drafts_of(plan))
    return goals_formset(offered, initial=initial, rows=max(1, ROWS_SHOWN - len(initial)))


def _saved_now(case: Case, form: PlanForm, seen: str | None) -> list[Goal]:
    """The goals that a colleague has saved meanwhile, if so; sending the form again then keeps what is typed in it."""
    now = services.plan_state(case)
    if seen is None or seen == now:
        return []
    form.show_as_of(now)
    plan = case.plans.order_by("-version").first()
    return list(plan.goals.all()) if plan else []


def _with_row(typed: Any) -> Any:
    """What was typed, with one more goal, or one more action of the goal whose number is sent."""
    data = typed.copy()
    goal = data.get("add_action", "")
    if goal.isdecimal() and len(goal) <= 2:
        _one_more(data, f"goals-{int(goal)}-actions", most=12, shown=1)
        data.setdefault("goals-TOTAL_FORMS", str(ROWS_SHOWN))
        data.setdefault("goals-INITIAL_FORMS", "0")
    else:
        _one_more(data, "goals", most=20, shown=ROWS_SHOWN)
    return data


def _one_more(data: Any, prefix: str, *, most: int, shown: int) -> None:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    data[f"{prefix}-TOTAL_FORMS"] = str(min(int(total[:4]), most - 1) + 1) if total.isdecimal() else str(shown)
    data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
