"""Pages of the actions of signed plans: how they stand, what they wait for; the lists of what is late or due."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import plan_actions, plan_reviews
from lgnet.cases.plan_forms import linked, offered_in
from lgnet.cases.plan_sign_forms import LinkForm, ProgressForm
from lgnet.cases.plan_tables import ActionFilter, ReviewFilter, action_columns, review_columns
from lgnet.core.forms import LgForm, done
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response


@require_GET
def plan_action_list(request: StaffRequest) -> HttpResponse:
    """Actions of plans in force: those that are late, and those whose thing came to nothing."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    table = Table(
        request, plan_actions.actions_of_cases(user), action_columns(), title=_("Actions of plans"),
        filters=ActionFilter(request.GET or {"state": "waiting"}, user=user), default_sort="due_on",
        empty_text=_("No action is late, and none has to be looked at again."),
        person_of=lambda row: row.goal.plan.case.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/plan_action_list.html", object_type="cases.planaction", permission=Permission.VIEW_CASES
    )


@require_GET
def plan_review_list(request: StaffRequest) -> HttpResponse:
    """Plans in force by the day of their next review."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    table = Table(
        request, plan_reviews.plans_in_force(user), review_columns(), title=_("Reviews of plans"),
        filters=ReviewFilter(request.GET or {"state": "due"}, user=user), default_sort="review_on",
        empty_text=_("No plan is to be looked at again now."), person_of=lambda row: row.case.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/plan_review_list.html", object_type="cases.plan", permission=Permission.VIEW_CASES
    )


@require_POST
@asks_for_closed_file
@only_posts
def plan_action_progress(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say how an action stands."""
    action = plan_actions.get_action_to_work_on(request.user, pk)
    form = ProgressForm(request.POST)
    if form.is_valid() and done(
        form, plan_actions.record_progress, by=request.user, action=action, **form.cleaned_data
    ):
        label = dict(action.Status.choices)[form.cleaned_data["status"]]
        messages.success(request, _("Action: %(state)s. Beside it you can take that back today.") % {"state": label})
    else:
        _tell(request, form)
    return redirect("case_detail", action.goal.plan.case_id)


@require_POST
@asks_for_closed_file
@only_posts
def plan_action_undo(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back what was said of an action today."""
    action = plan_actions.get_action_to_work_on(request.user, pk)
    form = LgForm(request.POST)
    if form.is_valid() and done(form, plan_actions.undo_progress, by=request.user, action=action):
        messages.success(request, _("Taken back."))
    else:
        _tell(request, form)
    return redirect("case_detail", action.goal.plan.case_id)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def plan_action_link(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say what an action waits for; where its thing came to nothing, what comes next."""
    action = plan_actions.get_action_to_work_on(request.user, pk)
    plan = action.goal.plan
    now = f"{action.link_kind}:{action.link_id}" if action.link_id else ""
    form = LinkForm(request.POST or None, offered=offered_in(request.user, plan.case, None), initial={"link": now})
    if form.is_valid():
        kind, thing = linked(form.cleaned_data["link"])
        if done(form, plan_actions.link_action, by=request.user, action=action, kind=kind, thing_id=thing):
            messages.success(request, _("Noted. The action follows what it waits for by itself."))
            return redirect("case_detail", plan.case_id)
    context = {"form": form, "action": action, "case": plan.case, "person": plan.case.person}
    return render(request, "cases/plan_action_link.html", context, status=422 if form.is_bound else 200)


def _tell(request: StaffRequest, form: LgForm) -> None:
    messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
