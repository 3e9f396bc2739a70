"""Forms of referrals and cases."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.cases.closing import Found
from lgnet.cases.codes import Destination
from lgnet.cases.models import Assessment, Case, Goal, Referral
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import DayField, LgForm, LongTextField
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

    def set_people(
        self, managers: Iterable[tuple[User, str]], workers: Iterable[tuple[User, str]],
        employers: Mapping[uuid.UUID, str] | None = None,
    ) -> None:  # fmt: skip
        """Offer `managers` and `workers`, pairs of a user and the profession there; `employers`: their bodies.

        Of who is employed by another body it is asked on which areas of service she or he works.
        """
        self.workers = {str(user.pk): user for user, _profile in workers}
        field = cast(forms.ModelChoiceField, self.fields["manager"])
        field.queryset = User.objects.filter(pk__in=[user.pk for user, _profile in managers]).order_by("full_name")
        cast(forms.MultipleChoiceField, self.fields["members"]).choices = [
            (str(user.pk), f"{user.full_name} · {Profile(profile).label}" if profile else user.full_name)
            for user, profile in workers
        ]
        self.part_of = {user_id: f"areas_{user_id}" for user_id in employers or {} if str(user_id) in self.workers}
        for user_id, name in self.part_of.items():
            words = {"name": self.workers[str(user_id)].full_name, "body": (employers or {})[user_id]}
            self.fields[name] = forms.MultipleChoiceField(
                label=_now("%(name)s (%(body)s) works only on") % words, choices=ServiceType.Area.choices,
                widget=forms.CheckboxSelectMultiple, required=False,
                help_text=_("If the box of this colleague is ticked above. No area: the whole case."),
            )  # fmt: skip

    def part_fields(self) -> list[Any]:
        """The fields that ask for the areas of service."""
        return [self[name] for name in self.part_of.values()]

    def chosen_areas(self) -> dict[uuid.UUID, list[str]]:
        """On which areas of service those colleagues work who are ticked and employed by another body."""
        ticked = set(self.cleaned_data["members"])
        return {pk: self.cleaned_data[name] for pk, name in self.part_of.items() if str(pk) in ticked}

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
    destination = forms.ChoiceField(
        label=_("Where the person goes"), choices=[("", _("Choose where")), *Destination.choices],
        error_messages={"required": _("Choose where the person goes; “not known” is an answer too.")},
    )  # fmt: skip
    outcome_note = LongTextField(label=_("What changed for the person"), required=False)
    housing_at_exit = forms.ChoiceField(
        label=_("Housing at the end"), choices=[NOT_STATED, *HousingSituation.choices], required=False
    )

    settle = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, goals: Iterable[Goal] = (), found: Iterable[Found] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.goals, self.found = list(goals), list(found)
        keys = [f"{one.obstacle.code}:{item.key}" for one in self.found for item in one.items if item.key]
        cast(forms.MultipleChoiceField, self.fields["settle"]).choices = [(key, key) for key in keys]
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
        names = ("closed_on", "outcome", "destination", "outcome_note", "housing_at_exit", "settle")
        data = {name: self.cleaned_data[name] for name in names}
        return data | {"results": [(goal, status) for goal, status in chosen if status and status != goal.status]}
