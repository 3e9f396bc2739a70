"""Columns, filters and forms of the board of who waits."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.waiting import late, limits_of, may_state_cause
from lgnet.cases.waiting_models import USUAL_LIMITS, DelayCause, Step
from lgnet.core.addresses import address_of
from lgnet.core.forms import LgForm
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission


class WaitingFilter(FilterForm):
    """What is waited for, whether it is too long, and why."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    step = forms.ChoiceField(label=_("Waits for"), choices=Step.choices, required=False)
    cause = forms.ChoiceField(
        label=_("Why"), required=False,
        choices=[("", _("all")), ("none", _("nobody has said why")), *DelayCause.Cause.choices],
    )  # fmt: skip
    late = forms.BooleanField(label=_("longer than it should be"), required=False)

    @property
    def chosen_step(self) -> Step:
        """The step asked for; being taken in charge, if none is."""
        asked = self.data.get("step", "") if self.is_bound else ""
        return Step(asked) if asked in Step.values else Step.CASE

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            names = Q(person__given_names__icontains=text) | Q(person__family_names__icontains=text)
            rows = rows.filter(names | Q(person__nickname__icontains=text) | Q(person__pseudonym__iexact=text))
        if cause := data.get("cause"):
            rows = rows.filter(cause__isnull=True) if cause == "none" else rows.filter(cause=cause)
        return late(rows, self.chosen_step) if data.get("late") else rows


def waiting_columns(user: User, step: Step) -> list[Column]:
    """Who, since when, how many days, whether that is too long, and why."""
    limits = limits_of(access_of(user).partner_ids(Permission.VIEW_CASES))
    today, causes = timezone.localdate(), dict(DelayCause.Cause.choices)

    def days(row: Any) -> int:
        return (today - timezone.localdate(row.since)).days

    def state(row: Any) -> str:
        return str(_("too long") if days(row) > limits[row.partner_id][step] else _("in time"))

    def cause(row: Any) -> str:
        if row.cause:
            return str(causes[row.cause])
        return str(_("say why")) if may_state_cause(user, row.partner_id) else ""

    return [
        Column("person", _("Who"), lambda row: row.person.name_as_used,
               link=lambda row: address_of("person_detail", row.person_id)),
        Column("code", _("Code"), lambda row: row.person.pseudonym, code=True),
        Column("since", _("Since"), lambda row: row.since, sort="since"),
        Column("days", _("Days"), days, sort="-since"),
        Column("state", _("Limit"), state, badge=lambda row: "danger" if days(row) > limits[row.partner_id][step] else
               "neutral"),
        Column("cause", _("Why"), cause, link=lambda row: reverse("wait_cause", args=[row.person_id, step])
               if may_state_cause(user, row.partner_id) else None),
    ]  # fmt: skip


class CauseForm(LgForm):
    """Why somebody waits."""

    cause = forms.ChoiceField(label=_("Why"), choices=DelayCause.Cause.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In a few words"), max_length=300, required=False)


class LimitsForm(LgForm):
    """Within how many days each step should come."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for step in Step:
            self.fields[step] = forms.IntegerField(
                label=step.label, min_value=1, max_value=730,
                help_text=_("Usually %(days)s days.") % {"days": USUAL_LIMITS[step]},
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )  # fmt: skip
