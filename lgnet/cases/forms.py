"""Forms of referrals and cases."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Assessment, Case, Goal, Referral
from lgnet.cases.services import GoalDraft
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.network.models import User
from lgnet.network.roles import Profile
from lgnet.people.codes import HousingSituation

NOT_STATED = ("", _("not stated"))
# A transfer opens its case itself.
HEARD_HERE = [(value, label) for value, label in Case.Basis.choices if value != Case.Basis.TRANSFER]


def offer_receivers(field: forms.ModelChoiceField, receivers: QuerySet[Team]) -> None:
    """Offer teams to send somebody to; those outside of the network say so."""
    field.queryset = receivers
    field.label_from_instance = receiver_name  # type: ignore[method-assign, assignment]


def receiver_name(team: Team) -> str:
    """What a team is called for who sends somebody there."""
    return _now("%(name)s (outside the network)") % {"name": team.name} if team.is_outside else team.name


class PeopleOfCaseForm(LgForm):
    """Who follows a case: the manager from the team, and colleagues of the city by profession."""

    manager = forms.ModelChoiceField(
        User.objects.none(), label=_("Case manager"), empty_label=_("Choose who follows the case")
    )
    members = forms.MultipleChoiceField(
        label=_("Who works on it too"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Only they and the case manager write in the case. They get the person's file."),
    )  # fmt: skip

    def set_people(self, managers: Iterable[tuple[User, str]], workers: Iterable[tuple[User, str]]) -> None:
        """Offer `managers` and `workers`, pairs of a user and the profession there."""
        self.workers = {str(user.pk): user for user, _profile in workers}
        field = cast(forms.ModelChoiceField, self.fields["manager"])
        field.queryset = User.objects.filter(pk__in=[user.pk for user, _profile in managers]).order_by("full_name")
        cast(forms.MultipleChoiceField, self.fields["members"]).choices = [
            (str(user.pk), f"{user.full_name} · {Profile(profile).label}" if profile else user.full_name)
            for user, profile in workers
        ]

    def chosen_members(self) -> list[User]:
        """The colleagues ticked."""
        return [self.workers[key] for key in self.cleaned_data["members"]]


class CaseForm(PeopleOfCaseForm):
    """Take a person in charge."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    basis = forms.ChoiceField(label=_("How it came to this"), choices=HEARD_HERE)
    basis_note = LongTextField(label=_("Why the person is taken in charge"), required=False)
    opened_on = DayField(label=_("Taken in charge on"), initial=timezone.localdate)
    referral = forms.ModelChoiceField(
        Referral.objects.none(), label=_("Referral it comes from"), empty_label=_("none"), required=False
    )
    field_order = ("record_id", "team", "manager", "members", "basis", "referral", "basis_note", "opened_on")

    def __init__(self, *args: Any, teams: Any, referrals: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams
        field = cast(forms.ModelChoiceField, self.fields["referral"])
        field.queryset = referrals
        field.label_from_instance = _card_label  # type: ignore[method-assign, assignment]


def _card_label(referral: Referral) -> str:
    return f"{timezone.localtime(referral.sent_at):%d/%m/%Y} · {referral.from_team} · {referral.code}"


class AssessmentForm(LgForm):
    """A dated assessment note."""

    record_id = RecordIdField()
    kind = forms.ChoiceField(label=_("Kind"), choices=Assessment.Kind.choices)
    done_on = DayField(label=_("Done on"), initial=timezone.localdate)
    note = LongTextField(
        label=_("Note"), rows=10, help_text=_("Facts, the person's own view, what the team thinks. It saves by itself.")
    )
    needs = forms.MultipleChoiceField(
        label=_("Areas of need"), choices=ServiceType.Area.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    housing = forms.ChoiceField(label=_("Housing now"), choices=[NOT_STATED, *HousingSituation.choices], required=False)


class SeenForm(LgForm):
    """What the writer saw when the page was drawn (`services.plan_state`); None if the form does not tell."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))

    def clean_seen(self) -> str | None:
        """What was seen, also an empty plan."""
        return self.cleaned_data["seen"] if "seen" in self.data else None


class PlanForm(SeenForm):
    """The plan as a whole; its goals are a formset."""

    def show_as_of(self, seen: str) -> None:
        """Take what a colleague has saved meanwhile as seen: saving once more keeps what was typed here."""
        self.data = {**self.data.dict(), "seen": seen}  # type: ignore[attr-defined]


class GoalForm(LgForm):
    """One goal of the plan; an empty row is left out."""

    words = LongTextField(label=_("Goal, in the person's words"), rows=2, required=False)
    area = forms.ChoiceField(label=_("Area"), choices=[("", _("Choose")), *ServiceType.Area.choices], required=False)
    due_on = DayField(label=_("By"), required=False)

    def clean(self) -> dict[str, Any]:
        """A goal has words and an area, or nothing at all."""
        data = super().clean() or self.cleaned_data
        if data.get("words") and not data.get("area"):
            self.add_error("area", _("Choose the area."))
        if (data.get("area") or data.get("due_on")) and not data.get("words"):
            self.add_error("words", _("Write the goal, or empty the row."))
        return data


class GoalsFormSet(BaseFormSet):
    """Goals of a plan, in order."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that takes a row away in our words."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this goal away")

    def drafts(self) -> list[GoalDraft]:
        """Goals written, those marked for removal left out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        rows = [form.cleaned_data for form in kept]
        return [GoalDraft(row["area"], row["words"], row.get("due_on")) for row in rows if row.get("words")]


def goals_formset(data: Any = None, *, rows: int = 0, initial: Any = None) -> GoalsFormSet:
    """Formset of goals: as typed in `data`, or those in `initial` with `rows` empty ones after them."""
    factory = formset_factory(
        GoalForm, formset=GoalsFormSet, extra=rows, can_delete=True, max_num=20, absolute_max=40, validate_max=True
    )
    return cast(GoalsFormSet, factory(data, prefix="goals", initial=initial))


class SignForm(SeenForm):
    """The person and the operator agree the plan."""

    signed_on = DayField(label=_("Signed on"), initial=timezone.localdate)
    language = forms.ChoiceField(label=_("Explained in"))
    interpreter_present = forms.BooleanField(label=_("An interpreter or mediator was there"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choose the language")), *language_choices()]
        cast(forms.ChoiceField, self.fields["language"]).choices = choices


class GoalStatusForm(LgForm):
    """Whether a goal is reached."""

    status = forms.ChoiceField(label=_("Result"), choices=Goal.Status.choices)


class ServiceForm(LgForm):
    """A service given to the person."""

    record_id = RecordIdField()
    service_type = forms.ModelChoiceField(
        ServiceType.objects.none(), label=_("Service"), empty_label=_("Choose the service")
    )
    delivered_on = DayField(label=_("On"), initial=timezone.localdate)
    quantity = forms.DecimalField(
        label=_("How much"), max_digits=8, decimal_places=2, max_value=10_000, initial=1,
        help_text=_("In the unit of the service: hours, meetings, kits. Usually 1."),
    )  # fmt: skip
    note = LongTextField(label=_("Note"), required=False)

    def __init__(self, *args: Any, services: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["service_type"]).queryset = services


class CloseForm(LgForm):
    """Close the case with its outcome and the result of every goal."""

    closed_on = DayField(label=_("Closed on"), initial=timezone.localdate)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", _("Choose the outcome")), *Case.Outcome.choices])
    outcome_note = LongTextField(label=_("What changed for the person"), required=False)
    housing_at_exit = forms.ChoiceField(
        label=_("Housing at the end"), choices=[NOT_STATED, *HousingSituation.choices], required=False
    )

    def __init__(self, *args: Any, goals: Iterable[Goal] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.goals = list(goals)
        for goal in self.goals:
            self.fields[f"goal_{goal.pk}"] = forms.ChoiceField(
                label=goal.words, choices=Goal.Status.choices, initial=goal.status, required=False
            )

    def goal_rows(self) -> list[Any]:
        """The fields of the goals' results."""
        return [self[f"goal_{goal.pk}"] for goal in self.goals]

    def arguments(self) -> dict[str, Any]:
        """Arguments of `services.close_case`, apart from `by` and `case`."""
        chosen = [(goal, self.cleaned_data[f"goal_{goal.pk}"]) for goal in self.goals]
        data = {name: self.cleaned_data[name] for name in ("closed_on", "outcome", "outcome_note", "housing_at_exit")}
        return data | {"results": [(goal, status) for goal, status in chosen if status and status != goal.status]}
