"""Forms and columns of handovers."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lgnet.cases.handover_selectors import open_too_long
from lgnet.cases.handovers import Passing
from lgnet.cases.models import Case, Handover
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User
from lgnet.network.roles import Profile

STATE_KINDS = {
    "open": "warning", "accepted": "success", "declined": "danger", "withdrawn": "neutral", "back": "neutral",
}  # fmt: skip


class HandoverForm(LgForm):
    """Which cases go to whom, and for how long."""

    record_id = RecordIdField()
    receiver = forms.ModelChoiceField(User.objects.none(), label=_("To whom"), empty_label=_("Choose a colleague"))
    cases = forms.MultipleChoiceField(label=_("Cases"), widget=forms.CheckboxSelectMultiple)
    until = DayField(
        label=_("Only until"), required=False,
        help_text=_("The last day, if the other one only stands in: then everything comes back by itself."),
    )  # fmt: skip
    words = LongTextField(
        label=_("What the other has to know"), required=False,
        help_text=_("Of all of them. You write it of each case on the next page."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, giver: User, cases: Iterable[Case], workers: Iterable[tuple[User, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.giver, self.offered = giver, {str(case.pk): case for case in cases}
        others = {user.pk: profile for user, profile in workers if user != giver}
        field = cast(forms.ModelChoiceField, self.fields["receiver"])
        field.queryset = User.objects.filter(pk__in=others).order_by("full_name")
        field.label_from_instance = lambda user: (  # type: ignore[method-assign, assignment]
            f"{user.full_name} · {Profile(others[user.pk]).label}" if others[user.pk] else user.full_name
        )
        cast(forms.MultipleChoiceField, self.fields["cases"]).choices = [
            (key, self._line(case)) for key, case in self.offered.items()
        ]

    def _line(self, case: Case) -> str:
        role = _("case manager") if case.manager_id == self.giver.pk else _("in the team")
        return f"{case.person.name_as_used} · {case.person.pseudonym} · {case.team.name} · {role}"

    def passing(self) -> Passing:
        """What was chosen, for the service."""
        data = self.cleaned_data
        chosen = [self.offered[key] for key in data["cases"]]
        return Passing(self.giver, data["receiver"], chosen, data["words"], data["until"])


class DeclineForm(LgForm):
    """Why not."""

    reason = LongTextField(label=_("Why not"), rows=2, max_length=300)


class HandoverFilter(FilterForm):
    """From me, to me, in which state."""

    q = forms.CharField(label=_("Colleague"), required=False, max_length=80)
    whose = forms.ChoiceField(
        label=_("Whose"), required=False, choices=[("", _("all")), ("to", _("to me")), ("from", _("from me"))]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), ("long", _("open for too long")), *Handover.Status.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the handovers asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(giver__full_name__icontains=text) | Q(receiver__full_name__icontains=text))
        if whose := data.get("whose"):
            rows = rows.filter(receiver=self.user) if whose == "to" else rows.filter(giver=self.user)
        if (state := data.get("state")) == "long":
            return open_too_long(rows)
        return rows.filter(status=state) if state else rows


def handover_columns() -> list[Column]:
    """From whom to whom, how many cases, in which state, until when."""

    def link(row: Handover) -> str:
        return reverse("case_handover", args=[row.pk])

    return [
        Column("giver", _("From"), lambda row: row.giver.full_name, link=link, sort="giver__full_name"),
        Column("receiver", _("To"), lambda row: row.receiver.full_name, sort="receiver__full_name"),
        Column("cases", _("Cases"), lambda row: row.cases),
        Column(
            "status", _("State"), lambda row: row.get_status_display(), badge=lambda row: STATE_KINDS[row.status],
            sort="status",
        ),
        Column("created_at", _("Begun"), lambda row: row.created_at, sort="created_at"),
        Column("until", _("Only until"), lambda row: row.until, sort="until"),
        Column("accepted_at", _("Accepted"), lambda row: row.accepted_at, sort="accepted_at"),
    ]  # fmt: skip
