"""Columns and filters of the lists of requests, promises and checklists."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.languages import language_choices, language_name
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.models import NeededDocument, Request
from lgnet.desks.request_forms import ServiceField
from lgnet.desks.request_selectors import desks_listed
from lgnet.desks.tables import name_of
from lgnet.network.models import User

ALL = ("", _("all"))
OUTCOME_KINDS = {
    "": "warning", "answered": "success", "referred": "success", "appointment": "success", "later": "info",
    "impossible": "neutral",
}  # fmt: skip
OPEN = "open"  # the outcome that has no word in the address


class RequestFilter(FilterForm):
    """Name or words, topic, outcome, language, desk, days."""

    q = forms.CharField(label=_("Name or words"), required=False, max_length=80)
    area = forms.ChoiceField(label=_("Topic"), required=False, choices=[ALL, *ServiceType.Area.choices])
    service = ServiceField(label=_("Service"), required=False, empty_label=_("all"))
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        outcomes = [(value or OPEN, label) for value, label in Request.Outcome.choices]
        self.fields["outcome"].choices = [ALL, *outcomes]  # type: ignore[attr-defined]
        self.fields["language"].choices = [ALL, *language_choices()]  # type: ignore[attr-defined]
        self.fields["team"].queryset = desks_listed(user)  # type: ignore[attr-defined]
        self.fields["service"].group()  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the requests asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(_called(text) | Q(words__icontains=text) | Q(answer__icontains=text))
        if outcome := data.get("outcome"):
            rows = rows.filter(outcome="" if outcome == OPEN else outcome)
        if since := data.get("since"):
            rows = rows.filter(asked_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(asked_at__lt=midnight(until, days_later=1))
        exact = {"service_type__area": data.get("area"), "service_type": data.get("service")}
        exact |= {"language": data.get("language"), "team": data.get("team")}
        return rows.filter(**{name: value for name, value in exact.items() if value})


class PromiseFilter(FilterForm):
    """Name, who keeps it, whether it is late."""

    q = forms.CharField(label=_("Name or words"), required=False, max_length=80)
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[ALL, ("mine", _("mine"))])
    when = forms.ChoiceField(
        label=_("When"), required=False, choices=[ALL, ("late", _("overdue")), ("week", _("within a week"))]
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the promises asked for."""
        data, today = self.cleaned_data, timezone.localdate()
        if text := data.get("q"):
            rows = rows.filter(_called(text) | Q(words__icontains=text))
        if data.get("whose"):
            rows = rows.filter(owner=self.user)
        if data.get("when") == "late":
            rows = rows.filter(due_on__lt=today)
        elif data.get("when"):
            rows = rows.filter(due_on__lte=today + timedelta(days=7))
        return rows


class NeededDocumentFilter(FilterForm):
    """A word of the document, the service."""

    service = ServiceField(label=_("Service"), required=False, empty_label=_("all"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["service"].group()  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the documents asked for."""
        if text := self.cleaned_data.get("q"):
            rows = rows.filter(Q(name_it__icontains=text) | Q(name_en__icontains=text))
        if service := self.cleaned_data.get("service"):
            rows = rows.filter(service_type=service)
        return rows


def _called(text: str) -> Q:
    names = ("nickname", "given_names", "family_names", "pseudonym")
    found = Q()
    for name in names:
        found |= Q(**{f"person__{name}__icontains": text})
    return found


def request_columns() -> list[Column]:
    """When, who, what was asked, how it ended, in which language; the words only in the file."""
    return [
        Column("asked_at", _("Asked"), lambda r: r.asked_at, sort="asked_at"),
        Column(
            "person", _("Person"), name_of, link=lambda r: address_of("visit_detail", r.visit_id),
            sort="person__family_names",
        ),
        Column("pseudonym", _("Code"), lambda r: r.person.pseudonym if r.person else "", code=True, export_only=True),
        Column("area", _("Topic"), lambda r: r.service_type.get_area_display(), export_only=True),
        Column(
            "service", _("What is asked"), lambda r: r.service_type.name,
            link=lambda r: address_of("request_edit", r.pk), sort="service_type__name_it",
        ),
        Column(
            "outcome", _("Outcome"), lambda r: r.get_outcome_display(), badge=lambda r: OUTCOME_KINDS[r.outcome],
            sort="outcome",
        ),
        Column("reason", _("Why not"), lambda r: r.get_reason_display() if r.reason else "", export_only=True),
        Column("language", _("Language"), lambda r: language_name(r.language) if r.language else ""),
        Column("mediation", _("Mediator"), lambda r: r.get_mediation_display(), export_only=True),
        Column("team", _("Desk"), lambda r: r.team.name, sort="team__name"),
        Column("answered_by", _("Answered by"), lambda r: r.answered_by.full_name if r.answered_by else ""),
        Column("answered_at", _("Answered"), lambda r: r.answered_at, sort="answered_at", export_only=True),
        Column("owner", _("Promised by whom"), lambda r: r.owner.full_name if r.owner else "", export_only=True),
        Column("due_on", _("Promised for"), lambda r: r.due_on, export_only=True),
        Column("minutes", _("Minutes of the visit"), lambda r: r.visit.minutes, export_only=True),
        Column("words", _("In the person's words"), lambda r: r.words, export_only=True),
        Column("answer", _("Answer given"), lambda r: r.answer, export_only=True),
    ]  # fmt: skip


def promise_columns() -> list[Column]:
    """By when, for whom, what, who keeps it, and whether it is late."""
    return [
        Column("due_on", _("Promised for"), lambda r: r.due_on, sort="due_on"),
        Column(
            "person", _("Person"), name_of, link=lambda r: address_of("visit_detail", r.visit_id),
            sort="person__family_names",
        ),
        Column(
            "service", _("What is asked"), lambda r: r.service_type.name,
            link=lambda r: address_of("request_edit", r.pk), sort="service_type__name_it",
        ),
        Column("words", _("In the person's words"), lambda r: r.words[:120]),
        Column("owner", _("Who keeps the promise"), lambda r: r.owner.full_name, sort="owner__full_name"),
        Column(
            "state", _("State"), lambda r: _("overdue") if r.is_overdue else _("in time"),
            badge=lambda r: "danger" if r.is_overdue else "success",
        ),
        Column("team", _("Desk"), lambda r: r.team.name, sort="team__name"),
        Column("promised_at", _("Since"), lambda r: r.promised_at, sort="promised_at"),
    ]  # fmt: skip


def needed_document_columns() -> list[Column]:
    """Service, place, document in both languages, whether it is asked for."""

    def edit(row: NeededDocument) -> str:
        return address_of("needed_document_edit", row.pk)

    return [
        Column("service", _("Service"), lambda d: d.service_type.name, sort="service_type__name_it"),
        Column("position", _("Place in the list"), lambda d: d.position, sort="position"),
        Column("name_it", _("Document, in Italian"), lambda d: d.name_it, link=edit, sort="name_it"),
        Column("name_en", _("Document, in English"), lambda d: d.name_en),
        Column("partner", _("City"), lambda d: d.partner.short_name, export_only=True),
        Column("is_active", _("Asked for"), lambda d: d.is_active, sort="is_active"),
    ]
