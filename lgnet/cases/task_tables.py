"""Columns and filters of the list of tasks, and the forms of one."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.models import Task
from lgnet.cases.task_selectors import owners_listed, teams_listed
from lgnet.catalogue.models import Team
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField, LgForm, offer_names
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission

ALL = ("", _("all"))
TASK_KINDS = {Task.Status.OPEN: "info", Task.Status.DONE: "success", Task.Status.DROPPED: "neutral"}
WHEN = {
    "overdue": pgettext_lazy("task", "overdue"), "today": _("today"), "week": _("this week"),
    "later": pgettext_lazy("task", "later"), "none": _("without a day"),
}  # fmt: skip
WHEN_KINDS = {"overdue": "danger", "today": "warning", "week": "info", "later": "neutral", "none": "neutral"}


def when_due(due_on: date | None, today: date | None = None) -> str:
    """Which of `WHEN` a day is, seen from today; a week ends on Sunday."""
    today = today or timezone.localdate()
    if due_on is None:
        return "none"
    if due_on <= today:
        return "overdue" if due_on < today else "today"
    return "week" if due_on <= today + timedelta(days=6 - today.weekday()) else "later"


def due_within(when: str, today: date) -> Q:
    """The condition of a queryset of tasks for one of `WHEN`."""
    sunday = today + timedelta(days=6 - today.weekday())
    return {
        "overdue": Q(due_on__lt=today), "today": Q(due_on=today), "week": Q(due_on__gt=today, due_on__lte=sunday),
        "later": Q(due_on__gt=sunday), "none": Q(due_on__isnull=True),
    }[when]  # fmt: skip


class TaskFilter(FilterForm):
    """Whose, of which team, in which state, until when, from where, and words; without a choice: mine, to be done."""

    q = forms.CharField(label=_("Words or name"), required=False, max_length=80)
    whose = forms.ChoiceField(label=_("Whose"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", pgettext_lazy("task", "to do")),
        (Task.Status.DONE, Task.Status.DONE.label), (Task.Status.DROPPED, Task.Status.DROPPED.label),
        ("all", _("all"))],
    )  # fmt: skip
    due = forms.ChoiceField(label=_("By when"), required=False, choices=[ALL, *WHEN.items()])
    origin = forms.ChoiceField(label=_("Where from"), required=False, choices=[ALL, *Task.Origin.choices])
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("all"))
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who does it"), required=False, empty_label=_("all"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        permissions = access_of(user).permissions
        only_assigns = Permission.ASSIGN_CASE in permissions and Permission.WORK_ON_CASE not in permissions
        self.usual = "city" if only_assigns else "mine"
        names = {
            "mine": pgettext_lazy("task", "mine"), "given": _("given by me"), "cases": _("of the cases I work on"),
            "city": _("of the city"),
        }  # fmt: skip
        if Permission.VIEW_CASES not in permissions:
            del names["city"]
        fields: dict[str, Any] = self.fields
        others = [pair for pair in names.items() if pair[0] != self.usual]
        fields["whose"].choices = [("", names[self.usual]), *others]
        offer_names(teams_listed(user), "name", fields["team"])
        offer_names(owners_listed(user), "full_name", fields["owner"])

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tasks asked for. Words and names are looked for only where the reader may read them."""
        data, user = self.cleaned_data, self.user
        owner, team = data.get("owner"), data.get("team")
        match data.get("whose") or ("city" if owner or team else self.usual):
            case "mine":
                rows = rows.filter(owner=user)
            case "given":
                rows = rows.filter(created_by=user).exclude(owner=user)
            case "cases":
                rows = rows.filter(mine=True)
        state = data.get("state") or Task.Status.OPEN
        rows = rows if state == "all" else rows.filter(status=state)
        if when := data.get("due"):
            rows = rows.filter(due_within(when, timezone.localdate()))
        if origin := data.get("origin"):
            rows = rows.filter(origin=origin)
        if owner:
            rows = rows.filter(owner=owner)
        if team:
            rows = rows.filter(case__team=team)
        if text := data.get("q"):
            names = Q(person__given_names__icontains=text) | Q(person__family_names__icontains=text)
            names |= Q(person__nickname__icontains=text) | Q(person__pseudonym__iexact=text)
            rows = rows.filter(names | Q(words__icontains=text), file_open=True)
        return rows


def task_columns() -> list[Column]:
    """What, for whom, by when, who does it; of a file that is closed to the reader neither words nor person."""
    today = timezone.localdate()

    def words(task: Any) -> str:
        return task.words if task.file_open else str(_("the file is closed to you"))

    def when(task: Any) -> str:
        return when_due(task.due_on, today) if task.is_open else ""

    def state(task: Any) -> str:
        return str(WHEN[when(task)]) if task.is_open else str(task.get_status_display())

    return [
        Column(
            "words", _("What"), words,
            link=lambda task: address_of("task_detail", task.pk) if task.file_open else None,
        ),
        Column("person", _("For whom"), lambda task: task.person.name_as_used if task.file_open else ""),
        Column("due_on", pgettext_lazy("task", "By"), lambda task: task.due_on, sort="due_order"),
        Column(
            "state", _("State"), state,
            badge=lambda task: WHEN_KINDS[when(task)] if task.is_open else TASK_KINDS[task.status],
        ),
        Column("owner", _("Who does it"), lambda task: task.owner.full_name, sort="owner__full_name"),
        Column("created_by", _("Given by"), lambda task: task.created_by.full_name, sort="created_by__full_name"),
        Column("origin", _("Where from"), lambda task: task.get_origin_display(), sort="origin"),
        Column("team", _("Team"), lambda task: task.case.team.name if task.case else "", export_only=True),
        Column("remind_on", _("Reminder"), lambda task: task.remind_on, export_only=True),
        Column("ended_at", _("Ended"), lambda task: task.ended_at, export_only=True),
        Column("result", _("What came of it"), lambda task: task.result if task.file_open else "", export_only=True),
    ]  # fmt: skip


class TaskForm(LgForm):
    """Something to do: what, who, by when. `colleagues` are those it can be given to."""

    record_id = RecordIdField()
    words = forms.CharField(label=_("What has to be done"), max_length=300)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who does it"), empty_label=None)
    due_on = DayField(label=pgettext_lazy("task", "By"), required=False)
    remind_on = DayField(
        label=_("Remind on"), required=False, help_text=_("From this day on it is on the day of whoever does it.")
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = colleagues


class TaskChangeForm(TaskForm):
    """Other words or days, or somebody else; `seen` tells what the writer saw."""

    record_id = None  # type: ignore[assignment]
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))


class TaskEndForm(LgForm):
    """What came of it, and whether it is to be done again."""

    result = forms.CharField(label=_("What came of it"), max_length=300, required=False)
    again = forms.IntegerField(required=False, widget=forms.HiddenInput())


class TaskDropForm(LgForm):
    """Why it is not needed any more."""

    result = forms.CharField(label=_("Why it is not needed any more"), max_length=300)
