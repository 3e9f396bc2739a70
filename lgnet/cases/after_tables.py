"""Columns, filters and forms of follow-ups, of what the person says of the help, and of beginning again."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.after_models import FOLLOWED_AFTER, FollowUp, Helpfulness, HelpfulnessNotAsked
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import language_choices
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User
from lgnet.people.codes import HousingSituation

ALL = ("", _("all"))
NOT_KNOWN = ("", _("not known"))


class FollowUpFilter(FilterForm):
    """Whether it is still to be asked, after how many months, whose."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("due", _("due now")), ("open", _("still to be asked")), ("done", _("asked")), ALL],
    )  # fmt: skip
    months = forms.ChoiceField(
        label=_("Months after the end"), required=False, choices=[ALL, *((str(n), str(n)) for n in FOLLOWED_AFTER)]
    )
    mine = forms.BooleanField(label=_("of my cases"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        """Keep what was asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            person = "case__person__"
            rows = rows.filter(
                Q(**{f"{person}given_names__icontains": text}) | Q(**{f"{person}family_names__icontains": text})
                | Q(**{f"{person}nickname__icontains": text}) | Q(**{f"{person}pseudonym__iexact": text})
            )  # fmt: skip
        if (state := data.get("state")) == "done":
            rows = rows.filter(done_on__isnull=False)
        elif state:
            rows = rows.filter(done_on__isnull=True)
        if state == "due":
            rows = rows.filter(due_on__lte=timezone.localdate())
        if months := data.get("months"):
            rows = rows.filter(months=months)
        return rows.filter(case__manager=self.user) if data.get("mine") else rows


def follow_up_columns() -> list[Column]:
    """Who, when, after how long, how it goes."""

    def state(row: FollowUp) -> str:
        if row.done_on:
            return row.get_result_display()
        return str(_("not reached once") if row.tries else _("to be asked"))

    return [
        Column("due_on", _("Due"), lambda row: row.due_on, sort="due_on"),
        Column("person", _("Who"), lambda row: row.case.person.name_as_used,
               link=lambda row: address_of("follow_up", row.pk)),
        Column("code", _("Code"), lambda row: row.case.person.pseudonym, code=True),
        Column("months", _("Months after the end"), lambda row: row.months, sort="months"),
        Column("team", _("Team"), lambda row: row.case.team.name, sort="case__team__name"),
        Column("state", _("How it goes"), state, badge=lambda row: "danger" if row.is_late else "neutral"),
        Column("done_on", _("Asked on"), lambda row: row.done_on, sort="done_on"),
    ]  # fmt: skip


class FollowUpForm(LgForm):
    """How the person lives now."""

    result = forms.ChoiceField(label=_("How it goes"), choices=FollowUp.Result.choices, widget=forms.RadioSelect)
    occupation = forms.ChoiceField(
        label=_("Work, training or school"), choices=[*FollowUp.Occupation.choices, NOT_KNOWN], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    housing = forms.ChoiceField(label=_("Housing now"), choices=[NOT_KNOWN, *HousingSituation.choices], required=False)
    done_on = DayField(label=_("Asked on"), initial=timezone.localdate)
    note = LongTextField(label=_("Note"), required=False)


class HelpfulnessForm(LgForm):
    """What the person says of the help."""

    answer = forms.ChoiceField(label=_("Did it help?"), choices=Helpfulness.Answer.choices, widget=forms.RadioSelect)
    words = LongTextField(label=_("In the person's words"), required=False)
    language = forms.ChoiceField(label=_("Asked in"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["language"].choices = [NOT_KNOWN, *language_choices()]


class NotAskedForm(LgForm):
    """Why nobody asked whether it helped."""

    reason = forms.ChoiceField(label=_("Why"), choices=HelpfulnessNotAsked.Reason.choices, widget=forms.RadioSelect)


class ReopenForm(LgForm):
    """Why it begins again."""

    reason = LongTextField(label=_("Why it begins again"), rows=3)
