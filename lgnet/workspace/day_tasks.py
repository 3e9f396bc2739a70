"""The own tasks that are due, overdue or to be thought of, on top of the day: each done with one press from there."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lgnet.cases.task_selectors import just_ended, tasks_of_today
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Item, Section

SHOWN = 8
ENDED_SHOWN = 3  # a moment ago, each with its undo


def add_tasks(user: User, day: Day) -> None:
    """The tasks of today, the most urgent first, then what was ended a moment ago. The persons named are logged.

    Who works on cases finds the way to all tasks there also when nothing is due; others when they have some.
    """
    permissions = access_of(user).permissions
    if Permission.VIEW_PEOPLE not in permissions:
        return
    works = Permission.WORK_ON_CASE in permissions
    rows, ended = list(tasks_of_today(user)[:SHOWN]), list(just_ended(user)[:ENDED_SHOWN])
    if not works and not rows and not ended:
        return
    log_listing(user, {row.person_id: row.person for row in [*rows, *ended] if row.file_open}.values())
    section = Section(
        _("Tasks"), [*map(_item, rows), *map(_ended_item, ended)],
        _("Nothing is due today. What you have to do later is in the list."), reverse("task_list"), _("All my tasks"),
        True,
    )  # fmt: skip
    day.sections.insert(0 if works else 1, section)


def _item(task: Any) -> Item:
    today = timezone.localdate()
    due = date_format(task.due_on, "SHORT_DATE_FORMAT") if task.due_on else ""
    if task.is_overdue:
        badge, kind = _("overdue since %(day)s") % {"day": due}, "danger"
    elif task.due_on == today:
        badge, kind = _("today"), "warning"
    else:
        badge, kind = (_("by %(day)s") % {"day": due}, "info") if due else (_("reminder"), "info")
    if not task.file_open:  # somebody else has the file now: what it is about is not told
        return Item(_("A task in a file that is closed to you"), _("ask the case manager"), "", badge, kind)
    return Item(
        task.words, task.person.name_as_used, reverse("task_detail", args=[task.pk]), badge, kind,
        act=reverse("task_done", args=[task.pk]), act_label=pgettext("task", "Done"),
    )  # fmt: skip


def _ended_item(task: Any) -> Item:
    return Item(
        task.words, task.person.name_as_used, reverse("task_detail", args=[task.pk]), str(task.get_status_display()),
        "success", act=reverse("task_reopen", args=[task.pk]), act_label=pgettext("task", "Undo"),
    )  # fmt: skip
