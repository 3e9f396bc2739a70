"""Pages of tasks: mine and those of my cases, one with its history, done with one press and undone with another."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import selectors, task_selectors, tasks
from lgnet.cases.models import Case, Task
from lgnet.cases.policies import may_change_task, works_on
from lgnet.cases.task_tables import TaskChangeForm, TaskDropForm, TaskEndForm, TaskFilter, TaskForm, task_columns
from lgnet.cases.visibility import Sees, sees_case
from lgnet.core.forms import LgForm, done
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, only_posts
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import log_listing

ENDED_SHOWN = 5  # on the page of the case
AGAIN_WEEKS = (1, 2, 4, 12)
BACK = {"day": "home", "list": "task_list"}


@require_GET
def task_list(request: StaffRequest) -> HttpResponse:
    """My tasks, or those given by me, of my cases, of the city: the most urgent first."""
    user = request.user
    if not can(user, Permission.VIEW_PEOPLE):
        raise PermissionDenied
    table = Table(
        request, task_selectors.visible_tasks(user), task_columns(), title=_("Tasks"),
        filters=TaskFilter(request.GET, user=user), default_sort="due_order",
        empty_text=_("Nothing to do. A task is written on the page of a case: what, who, by when."),
        new_url="case_list" if can(user, Permission.VIEW_CASES) else "", new_label=_("Choose a case"),
        person_of=lambda task: task.person if task.file_open else None,
    )  # fmt: skip
    just_ended = list(task_selectors.just_ended(user)[:ENDED_SHOWN])
    log_listing(user, {task.person_id: task.person for task in just_ended}.values())
    context = {
        "just_ended": just_ended,
        "colleagues": task_selectors.colleagues_with_tasks(user),
        "wishes_mail": task_selectors.wishes_task_mail(user),
    }
    return person_table_response(
        request, table, "cases/task_list.html", object_type="cases.task", permission=Permission.VIEW_PEOPLE,
        context=context,
    )  # fmt: skip


@require_GET
@asks_for_closed_file
def task_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One task with its history, and what can be done with it."""
    return _task_page(request, task_selectors.get_task(request.user, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def task_new(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a task of a case: the line on its page sends here, and comes back."""
    case = selectors.get_case_to_work_on(request.user, pk, part=True)
    form = TaskForm(request.POST or None, **form_options(case, sees_case(request.user, case)))
    if form.is_valid() and done(form, tasks.add_task, by=request.user, case=case, **form.cleaned_data):
        messages.success(request, _("Written: %(words)s") % {"words": form.cleaned_data["words"]})
        return redirect(f"{reverse('case_detail', args=[pk])}#tasks")
    context = {"form": form, "case": case, "person": case.person}
    return render(request, "cases/task_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def task_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Other words or days, or somebody else who does it."""
    task = task_selectors.get_task_to_change(request.user, pk)
    colleagues = _colleagues(task, request.user)
    known = {name: getattr(task, name) for name in ("words", "due_on", "remind_on", "owner")}
    form = TaskChangeForm(
        request.POST or None, colleagues=colleagues, initial=known | {"seen": tasks.task_state(task)}
    )  # fmt: skip
    if form.is_valid() and done(form, tasks.change_task, by=request.user, task=task, **form.cleaned_data):
        messages.success(request, _("The task is changed."))
        return redirect("task_detail", pk)
    if form.is_bound:  # saving once more keeps what was typed here
        form.data = {**request.POST.dict(), "seen": tasks.task_state(task)}
    context = {"form": form, "task": task, "case": task.case, "person": task.person}
    return render(request, "cases/task_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@asks_for_closed_file
@only_posts
def task_done(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """It is done; perhaps again in some weeks."""
    task = task_selectors.get_task_to_change(request.user, pk)
    form = TaskEndForm(request.POST)
    if not form.is_valid():
        return _task_page(request, task, end_form=form)
    data, weeks = form.cleaned_data, form.cleaned_data["again"]
    if done(
        form, tasks.end_task, by=request.user, task=task, status=Task.Status.DONE, result=data["result"],
        again_in_weeks=weeks,
    ):  # fmt: skip
        again = task.followed_by.filter(status=Task.Status.OPEN).first() if weeks else None
        day = date_format(again.due_on, "SHORT_DATE_FORMAT") if again and again.due_on else ""
        said = _("Done: %(words)s. Again by %(day)s.") if day else _("Done: %(words)s.")
        messages.success(request, said % {"words": task.words, "day": day})
        return _back(request, task)
    return _task_page(request, task, end_form=form)


@require_POST
@asks_for_closed_file
@only_posts
def task_drop(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """It is not needed any more, and why."""
    task = task_selectors.get_task_to_change(request.user, pk)
    form = TaskDropForm(request.POST)
    if form.is_valid() and done(
        form, tasks.end_task, by=request.user, task=task, status=Task.Status.DROPPED, **form.cleaned_data
    ):
        messages.success(request, _("Not needed any more: %(words)s.") % {"words": task.words})
        return _back(request, task)
    return _task_page(request, task, drop_form=form)


@require_POST
@asks_for_closed_file
@only_posts
def task_reopen(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Undo: it is to be done after all."""
    task = tasks.reopen_task(by=request.user, task=task_selectors.get_task_to_change(request.user, pk))
    messages.success(request, _("To do again: %(words)s.") % {"words": task.words})
    return _back(request, task)


@require_POST
def task_mail(request: StaffRequest) -> HttpResponse:
    """An e-mail on the mornings on which something is due, or none any more."""
    if not can(request.user, Permission.VIEW_PEOPLE):
        raise PermissionDenied
    wanted = request.POST.get("wanted") == "yes"
    tasks.wish_task_mail(by=request.user, wanted=wanted)
    said = _("You get an e-mail on the mornings on which something is due.") if wanted else _("No e-mail any more.")
    messages.success(request, said)
    return redirect("task_list")


def form_options(case: Case, sees: Sees) -> dict[str, Any]:
    """What the form of a new task of this case is made with: whoever writes it does it, unless somebody is chosen."""
    user = sees.user
    colleagues = task_selectors.case_worker_choices(case)
    return {
        "colleagues": colleagues if sees.in_team else colleagues.filter(pk=user.pk),
        "auto_id": "task_%s", "initial": {"owner": user.pk},
    }  # fmt: skip


def case_tasks(case: Case, sees: Sees) -> dict[str, Any]:
    """What the page of a case shows of its tasks."""
    rows = task_selectors.tasks_of_case(case, sees)
    ended = [task for task in rows if not task.is_open]
    may_work = case.is_open and (sees.in_team or sees.in_part)
    return {
        "to_do": [task for task in rows if task.is_open], "ended": ended[:ENDED_SHOWN], "older": ended[ENDED_SHOWN:],
        "form": TaskForm(**form_options(case, sees)) if may_work else None,
    }  # fmt: skip


def _task_page(request: StaffRequest, task: Task, **forms: LgForm) -> HttpResponse:
    may_change = may_change_task(request.user, task)
    context: dict[str, Any] = {
        "task": task, "case": task.case, "person": task.person, "steps": task_selectors.steps_of(task),
        "may_change": may_change, "end_form": TaskEndForm(), "drop_form": TaskDropForm(auto_id="drop_%s"),
        "weeks": AGAIN_WEEKS, "following": task.followed_by.exclude(status=Task.Status.DROPPED).first(),
    }  # fmt: skip
    return render(request, "cases/task_detail.html", context | forms, status=422 if forms else 200)


def _colleagues(task: Task, user: User) -> Any:
    """Who can be given the task by the user: whoever works on its case, and who has it now."""
    now = User.objects.filter(pk=task.owner_id)
    return (task_selectors.case_worker_choices(task.case) | now) if task.case and works_on(user, task.case) else now


def _back(request: StaffRequest, task: Task) -> HttpResponse:
    """To the page the button was on."""
    if name := BACK.get(request.POST.get("back", "")):
        return redirect(name)
    if task.case_id and request.POST.get("back") == "case":
        return redirect(f"{reverse('case_detail', args=[task.case_id])}#tasks")
    return redirect("task_detail", task.pk)
