"""Forms of what is asked and answered at the desk."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.desks.models import NeededDocument, Request
from lgnet.desks.request_services import Answer, Question, answer_so_far, request_state
from lgnet.desks.visit_services import LONGEST_VISIT
from lgnet.network.models import Partner, User

NOT_SAID = ("", _("not said"))
ASKED = ("service_type", "words", "mediation", "language")


class ServiceField(forms.ModelChoiceField):
    """A service of the catalogue, grouped by area."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ServiceType.objects.filter(is_active=True), **options)

    def group(self, kept: ServiceType | None = None) -> None:
        """Offer the services by area, with `kept` even if it is no longer in the catalogue."""
        groups: dict[str, list[tuple[Any, str]]] = {}
        rows = list(ServiceType.objects.filter(is_active=True))
        if kept and kept not in rows:
            rows.append(kept)
            self.queryset = ServiceType.objects.filter(pk__in=[row.pk for row in rows])
        for row in rows:
            groups.setdefault(str(row.get_area_display()), []).append((row.pk, row.name))
        self.choices = [("", self.empty_label or "---"), *groups.items()]


class AskForm(LgForm):
    """One tap: a service is asked for."""

    record_id = RecordIdField()
    service_type = ServiceField()


class WordsForm(LgForm):
    """What the person says, as it is being typed."""

    words = LongTextField(rows=2, required=False)


class OutcomeForm(WordsForm):
    """One tap: how a request ended. What was typed beside it comes along, unless the page had no field for it."""

    outcome = forms.ChoiceField(choices=Request.Outcome.choices, required=False)
    was = forms.CharField(required=False)
    reason = forms.ChoiceField(choices=Request.Reason.choices, required=False)


class RequestForm(LgForm):
    """Everything about one request; `writes` is whether the reader works at its desk."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput(attrs={"data-draft-keep": ""}))
    service_type = ServiceField(label=_("What is asked"), empty_label=None)
    words = LongTextField(label=_("In the person's words"), rows=3, required=False)
    mediation = forms.ChoiceField(label=_("Mediator"), choices=Request.Mediation.choices, required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Request.Outcome.choices, required=False)
    reason = forms.ChoiceField(
        label=_("Why it cannot be answered"), choices=Request.Reason.choices, required=False,
        help_text=_("Only when it cannot be answered."),
    )  # fmt: skip
    answer = LongTextField(label=_("Answer given"), rows=3, required=False)
    answered_by = forms.ModelChoiceField(
        User.objects.none(), label=_("Answered by"), required=False, empty_label=_("whoever saves")
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Who keeps the promise"), required=False, empty_label=_("whoever saves"),
        help_text=_("Only for what is taken for later."),
    )  # fmt: skip
    due_on = DayField(label=_("Promised by"), required=False, help_text=_("Leave empty for one week from now."))

    def __init__(
        self, *args: Any, row: Request, colleagues: Iterable[User], writes: bool, **options: Any
    ) -> None:  # fmt: skip
        fields = ("service_type", "words", "mediation", "language", "outcome", "reason", "answer", "due_on")
        initial = {name: getattr(row, name) for name in fields}
        initial |= {"answered_by": row.answered_by_id, "owner": row.owner_id, "service_type": row.service_type_id}
        super().__init__(*args, initial=initial | {"seen": request_state(row)}, **options)
        self.row = row
        cast(ServiceField, self.fields["service_type"]).group(row.service_type)
        self.fields["language"].choices = [NOT_SAID, *language_choices()]  # type: ignore[attr-defined]
        known = {colleague.pk for colleague in colleagues} | {pk for pk in (row.owner_id, row.answered_by_id) if pk}
        for name in ("answered_by", "owner"):
            queryset = User.objects.filter(pk__in=known).order_by("full_name")
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        for name in ASKED if not writes else ():
            del self.fields[name]  # who keeps a promise answers it, and does not say what was asked

    def question(self) -> Question:
        """What is asked."""
        return Question(
            **{name: self.cleaned_data[name] for name in ("service_type", "words", "mediation", "language")}
        )

    def show_as_of(self, row: Request) -> None:
        """What is typed is kept; the next time it is saved, it takes the place of what is there now."""
        self.data = {**cast(QueryDict, self.data).dict(), "seen": request_state(row)}

    def answer_given(self) -> Answer:
        """How it ended; the page of answers stays as it was."""
        names = ("outcome", "reason", "answer", "answered_by", "owner", "due_on")
        data = {name: self.cleaned_data[name] for name in names}
        return replace(answer_so_far(self.row), **data)


class CloseForm(LgForm):
    """The visit is over."""

    minutes = forms.IntegerField(
        label=_("Minutes spent"), required=False, min_value=0, max_value=LONGEST_VISIT,
        help_text=_("Measured from the call or the arrival. Correct them if they are wrong."),
    )  # fmt: skip


class NeededDocumentForm(LgForm):
    """A line of a checklist."""

    record_id = RecordIdField()
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("City"), empty_label=None)
    service_type = ServiceField(label=_("Service"), empty_label=_("Choose a service"))
    name_it = forms.CharField(label=_("Document, in Italian"), max_length=120)
    name_en = forms.CharField(label=_("Document, in English"), max_length=120, required=False)
    position = forms.IntegerField(label=_("Place in the list"), min_value=1, max_value=99, initial=1)
    is_active = forms.BooleanField(label=_("Asked for"), required=False, initial=True)

    def __init__(self, *args: Any, cities: Any, row: NeededDocument | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partner"].queryset = cities  # type: ignore[attr-defined]
        cast(ServiceField, self.fields["service_type"]).group(row.service_type if row else None)
        if row is not None:
            del self.fields["partner"]
            for name in ("name_it", "name_en", "position", "is_active"):
                self.fields[name].initial = getattr(row, name)
            self.fields["service_type"].initial = row.service_type_id
        elif len(cities) == 1:
            self.fields["partner"].widget = forms.HiddenInput()
            self.fields["partner"].initial = cities[0].pk


def states_typed(data: Any) -> dict[uuid.UUID, str]:
    """What a checklist says of each document: fields named `document-<id>`; what is no id is left out."""
    found = {}
    for name in data:
        if name.startswith("document-"):
            try:
                found[uuid.UUID(name.removeprefix("document-"))] = str(data[name])[:10]
            except ValueError:
                continue
    return found
