"""Forms of the plan: goals with their actions, signing, progress, reviews, scans."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case, Plan, PlanAction, PlanSignature
from lgnet.cases.plan_links import kinds, things_of, things_to_link
from lgnet.cases.plan_writing import MOST_ACTIONS, ActionDraft, GoalDraft
from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.network.models import User

Who, Way, Role = PlanAction.Who, Plan.Way, PlanSignature.Role
KEPT: dict[str, str | bool] = {"data-draft-keep": ""}  # a hidden field that belongs to what was typed
MOST_GOALS = 20


@dataclass
class Offered:
    """What the rows of a plan offer: who does it, what it can wait for."""

    who: list[tuple[str, Any]] = field(default_factory=list)
    links: list[tuple[Any, Any]] = field(default_factory=list)
    owners: dict[str, User] = field(default_factory=dict)


def offered_in(user: User, case: Case, plan: Plan | None) -> Offered:
    """Who and what the rows of this case's plan offer; what is written already is offered once more."""
    owners = {str(member.user_id): member.user for member in case.members.filter(ends_at=None).select_related("user")}
    written = list(PlanAction.objects.filter(goal__plan=plan).select_related("owner")) if plan else []
    owners |= {str(one.owner_id): one.owner for one in written if one.owner}
    groups = {kind.code: (kind.label, dict(things)) for kind, things in things_to_link(user, case)}
    labels, things = {kind.code: kind.label for kind in kinds()}, things_of(case, written)
    for one in written:
        if one.link_id and one.link_id in things:
            groups.setdefault(one.link_kind, (labels.get(one.link_kind, ""), {}))
            groups[one.link_kind][1].setdefault(one.link_id, things[one.link_id].name)
    people = sorted(owners.items(), key=lambda pair: pair[1].full_name)
    who: list[tuple[str, Any]] = [(Who.PERSON, case.person.name_as_used)]
    who += [(key, user.full_name) for key, user in people]
    who.append((Who.OTHER, _("somebody else, in words")))
    links: list[tuple[Any, Any]] = [("", _("nothing: it is recorded by hand"))]
    links += [
        (label, [(f"{code}:{pk}", name) for pk, name in offered.items()]) for code, (label, offered) in groups.items()
    ]
    return Offered(who, links, owners)


def linked(value: str) -> tuple[str, uuid.UUID | None]:
    """The kind and the id in what a list of things sends."""
    kind, _colon, thing = value.partition(":")
    return (kind, uuid.UUID(thing)) if thing else ("", None)


class SeenForm(LgForm):
    """What the writer saw when the page was drawn (`services.plan_state`); None if the form does not tell."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))

    def clean_seen(self) -> str | None:
        """What was seen, also an empty plan."""
        return self.cleaned_data["seen"] if "seen" in self.data else None

    def show_as_of(self, seen: str) -> None:
        """Take what a colleague has saved meanwhile as seen: saving once more keeps what was typed here."""
        self.data = {**self.data.dict(), "seen": seen}  # type: ignore[attr-defined]


class PlanForm(SeenForm):
    """The plan as a whole; its goals are a formset."""


class ActionForm(LgForm):
    """One action of a goal; an empty row is left out."""

    follows = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs=KEPT))
    words = forms.CharField(
        label=_("What is done"), max_length=300, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    who = forms.ChoiceField(label=_("Who does it"), required=False)
    who_words = forms.CharField(
        label=_("Who, if somebody else"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    starts_on = DayField(label=_("From"), required=False)
    due_on = DayField(label=_("By"), required=False)
    link = forms.ChoiceField(label=_("What it waits for"), required=False)

    def __init__(self, *args: Any, offered: Offered, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered, fields = offered, cast(dict[str, Any], self.fields)
        fields["who"].choices, fields["link"].choices = offered.who, offered.links

    def clean(self) -> dict[str, Any]:
        """An action has words; it is due after it starts; somebody does it."""
        data = super().clean() or self.cleaned_data
        typed = any(data.get(name) for name in ("starts_on", "due_on", "link", "who_words"))
        if typed and not data.get("words") and not self.has_error("words"):
            self.add_error("words", _("Write what is done, or empty the row."))
        if data.get("starts_on") and data.get("due_on") and data["due_on"] < data["starts_on"]:
            self.add_error("due_on", _("An action cannot be due before it starts."))
        if data.get("words") and data.get("who") == Who.OTHER and not data.get("who_words"):
            self.add_error("who_words", _("Say who it is."))
        return data

    def draft(self) -> ActionDraft:
        """The action, as the services take it."""
        data, owner = self.cleaned_data, self.offered.owners.get(self.cleaned_data["who"])
        kind, thing = linked(data["link"])
        who = Who.COLLEAGUE if owner else data["who"] or Who.PERSON
        return ActionDraft(
            data["words"], who, owner, data["who_words"], data["starts_on"], data["due_on"], kind, thing,
            data["follows"],
        )  # fmt: skip


class ActionsFormSet(BaseFormSet):
    """Actions of one goal, in order."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that takes a row away in our words."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this action away")

    def drafts(self) -> list[ActionDraft]:
        """Actions written, those marked for removal left out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.draft() for form in kept if form.cleaned_data.get("words")]


_Actions = formset_factory(
    ActionForm, formset=ActionsFormSet, extra=1, can_delete=True, max_num=MOST_ACTIONS, absolute_max=40,
    validate_max=True,
)  # fmt: skip


class GoalForm(LgForm):
    """One goal of the plan with its actions; an empty row is left out."""

    follows = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs=KEPT))
    words = LongTextField(label=_("Goal, in the person's words"), rows=2, required=False)
    area = forms.ChoiceField(label=_("Area"), choices=[("", _("Choose")), *ServiceType.Area.choices], required=False)
    due_on = DayField(label=_("By"), required=False)

    def __init__(self, *args: Any, offered: Offered, **options: Any) -> None:
        super().__init__(*args, **options)
        prefix = f"{self.prefix}-actions"
        there = self.is_bound and f"{prefix}-TOTAL_FORMS" in self.data
        rows = None if there else (self.initial or {}).get("actions")
        self.actions = cast(Any, _Actions)(
            self.data if there else None, prefix=prefix, initial=rows, form_kwargs={"offered": offered}
        )
        self.sends_actions = there

    def has_changed(self) -> bool:
        """Whether anything is typed in the goal or in an action of it."""
        return bool(super().has_changed() or (self.sends_actions and self.actions.has_changed()))

    def is_valid(self) -> bool:
        """The goal and every action of it."""
        return bool(super().is_valid() and (not self.sends_actions or self.actions.is_valid()))

    def clean(self) -> dict[str, Any]:
        """A goal has words and an area, or nothing at all."""
        data = super().clean() or self.cleaned_data
        acts = self.sends_actions and self.actions.is_valid() and self.actions.drafts()
        if data.get("words") and not data.get("area"):
            self.add_error("area", _("Choose the area."))
        if (data.get("area") or data.get("due_on") or acts) and not data.get("words"):
            self.add_error("words", _("Write the goal, or empty the row."))
        return data

    def draft(self) -> GoalDraft:
        """The goal, as the services take it."""
        data, actions = self.cleaned_data, self.actions.drafts() if self.sends_actions else []
        return GoalDraft(data["area"], data["words"], data.get("due_on"), actions, data.get("follows"))


class GoalsFormSet(BaseFormSet):
    """Goals of a plan, in order."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that takes a row away in our words."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this goal away")

    def drafts(self) -> list[GoalDraft]:
        """Goals written, those marked for removal left out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.draft() for form in kept if form.cleaned_data.get("words")]


def goals_formset(offered: Offered, data: Any = None, *, rows: int = 0, initial: Any = None) -> GoalsFormSet:
    """Formset of goals: as typed in `data`, or those in `initial` with `rows` empty ones after them."""
    factory = formset_factory(
        GoalForm, formset=GoalsFormSet, extra=rows, can_delete=True, max_num=MOST_GOALS, absolute_max=40,
        validate_max=True,
    )  # fmt: skip
    made = factory(data, prefix="goals", initial=initial, form_kwargs={"offered": offered})
    return cast(GoalsFormSet, made)


def initial_goals(goals: Iterable[GoalDraft]) -> list[dict[str, Any]]:
    """What the rows show of a plan that is written already."""
    return [
        {
            "words": goal.words, "area": goal.area, "due_on": goal.due_on, "follows": goal.follows,
            "actions": [_initial_action(one) for one in goal.actions],
        }
        for goal in goals
    ]  # fmt: skip


def _initial_action(one: ActionDraft) -> dict[str, Any]:
    return {
        "words": one.words, "who": str(one.owner.pk) if one.owner else one.who, "who_words": one.who_words,
        "starts_on": one.starts_on, "due_on": one.due_on, "follows": one.follows,
        "link": f"{one.link_kind}:{one.link_id}" if one.link_id else "",
    }  # fmt: skip
