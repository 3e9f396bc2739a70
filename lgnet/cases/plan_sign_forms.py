"""Forms of a plan that is agreed: signing, scan, progress, what an action waits for, review."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Goal, Plan, PlanAction, PlanReview, PlanSignature
from lgnet.cases.plan_forms import KEPT, Offered, SeenForm
from lgnet.cases.plan_reviews import Reviewed
from lgnet.cases.plan_signing import MOST_DRAWN, Signed, Signing, usual_review
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.people.document_forms import ACCEPTED, FilesField, FilesInput
from lgnet.people.documents import Upload

Way, Role = Plan.Way, PlanSignature.Role


def _usual() -> date:
    return usual_review(timezone.localdate())


class ScanForm(LgForm):
    """The scan of a plan that was signed on paper."""

    scan = FilesField(
        label=_("Scan of the signed paper"), required=False,
        widget=FilesInput(attrs={"accept": ACCEPTED, "multiple": True}),
        help_text=_("Pictures of the pages (JPEG, PNG, WebP), or one PDF; up to 10 MB each."),
    )  # fmt: skip
    record_id = RecordIdField()

    def uploads(self) -> list[Upload]:
        """The files as they came."""
        return [Upload(file.name or "", file.read()) for file in self.cleaned_data["scan"]]


def _drawn() -> forms.CharField:
    widget = forms.HiddenInput(attrs={"data-drawn": ""})
    return forms.CharField(label=_("Signature"), required=False, max_length=MOST_DRAWN, widget=widget)


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Name, if it is typed instead"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip


def _agrees() -> forms.BooleanField:
    return forms.BooleanField(label=_("has read or heard the plan, and agrees"), required=False)


class SignForm(ScanForm, SeenForm):
    """The person and the operator agree the plan."""

    signed_on = DayField(label=_("Signed on"), initial=timezone.localdate)
    language = forms.ChoiceField(label=_("Explained in"))
    interpreter_present = forms.BooleanField(label=_("An interpreter or mediator was there"), required=False)
    interpreter = forms.CharField(
        label=_("Name of the interpreter or mediator"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    review_on = DayField(label=_("Look at it again on"), required=False, initial=_usual)
    how = forms.ChoiceField(
        label=_("How it is signed"), choices=Way.choices, widget=forms.RadioSelect, required=False, initial=Way.DRAWN
    )
    person_drawn, person_name, person_agrees = _drawn(), _name(), _agrees()
    operator_drawn, operator_name, operator_agrees = _drawn(), _name(), _agrees()
    interpreter_drawn, interpreter_name, interpreter_agrees = _drawn(), _name(), _agrees()
    field_order = (
        "seen",
        "record_id",
        "signed_on",
        "language",
        "interpreter_present",
        "interpreter",
        "review_on",
        "how",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choose the language")), *language_choices()]
        cast(forms.ChoiceField, self.fields["language"]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Who agrees with a typed name types it."""
        data = super().clean() or self.cleaned_data
        if data.get("how") == Way.DRAWN:
            for role in Role.values:
                if data.get(f"{role}_agrees") and not (data.get(f"{role}_name") or data.get(f"{role}_drawn")):
                    self.add_error(f"{role}_name", _("Type the name."))
        return data

    def begin_again(self, seen: str) -> None:
        """A colleague has changed the plan: it is shown as it is now, and signatures given for other words are gone."""
        self.show_as_of(seen)
        given = {f"{role}_{name}": "" for role in Role.values for name in ("drawn", "agrees")}
        self.data = {name: value for name, value in self.data.items() if name not in given}

    def parties(self) -> list[tuple[str, Any, dict[str, Any]]]:
        """Who signs: the role, its words, its fields."""
        return [
            (str(role), role.label, {name: self[f"{role}_{name}"] for name in ("drawn", "name", "agrees")})
            for role in Role
        ]

    def arguments(self) -> dict[str, Any]:
        """Arguments of `services.sign_plan`, apart from `by` and `plan`."""
        data = self.cleaned_data
        signatures = [
            Signed(role, data[f"{role}_name"], data[f"{role}_drawn"], data[f"{role}_agrees"]) for role in Role.values
        ]
        signing = Signing(
            data["how"] or Way.PAPER, signatures, self.uploads(), data["interpreter"], data["review_on"],
            data["record_id"],
        )  # fmt: skip
        names = ("signed_on", "language", "interpreter_present", "seen")
        return {name: data[name] for name in names} | {"signing": signing}


class ProgressForm(LgForm):
    """How an action stands."""

    status = forms.ChoiceField(label=_("State"), choices=PlanAction.Status.choices)


class LinkForm(LgForm):
    """What an action waits for."""

    link = forms.ChoiceField(label=_("What it waits for"), required=False)

    def __init__(self, *args: Any, offered: Offered, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ChoiceField, self.fields["link"]).choices = offered.links


class ReviewForm(LgForm):
    """What the team and the person say, how goals and actions stand, how it goes on."""

    record_id = RecordIdField()
    done_on = DayField(label=_("Done on"), initial=timezone.localdate)
    person_says = LongTextField(label=_("What the person says"), rows=3, required=False)
    team_says = LongTextField(label=_("What the team says"), rows=3, required=False)
    outcome = forms.ChoiceField(
        label=_("How it goes on"), choices=PlanReview.Outcome.choices, widget=forms.RadioSelect, required=False
    )
    next_on = DayField(
        label=_("Look at it again on"), required=False, initial=_usual,
        help_text=_("Only if the plan goes on as it is."),
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.goals = list(plan.goals.prefetch_related("actions"))
        for goal in self.goals:
            self.fields[f"goal_{goal.pk}"] = _state(goal.words, Goal.Status.choices, goal.status)
            for one in goal.actions.all():
                self.fields[f"action_{one.pk}"] = _state(one.words, PlanAction.Status.choices, one.status)

    def said_rows(self) -> list[Any]:
        """The fields of the review itself."""
        return [self[name] for name in ("record_id", "done_on", "person_says", "team_says")]

    def end_rows(self) -> list[Any]:
        """The fields of how it goes on."""
        return [self["outcome"], self["next_on"]]

    def state_rows(self) -> list[tuple[Any, list[Any]]]:
        """The field of every goal, with those of its actions."""
        return [(self[f"goal_{g.pk}"], [self[f"action_{one.pk}"] for one in g.actions.all()]) for g in self.goals]

    def was_rows(self) -> list[str]:
        """How every goal and action stood when the page was drawn, hidden: what nobody changed here is not written."""
        names = [name for name, field in self.fields.items() if field.show_hidden_initial]
        return [self[name].as_hidden(attrs=KEPT, only_initial=True) for name in names]

    def reviewed(self) -> Reviewed:
        """The review, as the services take it; of goals and actions those that were changed on the page."""
        data, changed = self.cleaned_data, set(self.changed_data)
        actions = [one for goal in self.goals for one in goal.actions.all()]
        return Reviewed(
            data["done_on"], data["person_says"], data["outcome"], data["team_says"], data["next_on"],
            [(goal, data[f"goal_{goal.pk}"] or goal.status) for goal in self.goals if f"goal_{goal.pk}" in changed],
            [(one, data[f"action_{one.pk}"] or one.status) for one in actions if f"action_{one.pk}" in changed],
        )  # fmt: skip


def _state(words: str, choices: Any, now: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=words, choices=choices, initial=now, required=False, show_hidden_initial=True,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
