"""Forms and columns of transfers to another city."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.forms import PeopleOfCaseForm
from lgnet.cases.models import Transfer
from lgnet.cases.transfer_arrivals import Welcome
from lgnet.cases.transfer_models import ANSWER_DAYS, Part
from lgnet.cases.transfers import MOST_DAYS, Agreement, Proposal
from lgnet.catalogue.models import Team
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import Partner
from lgnet.people.models import Document, Person

STATE_KINDS = {
    "draft": "warning", "sent": "info", "acknowledged": "success", "refused": "danger", "withdrawn": "neutral",
}  # fmt: skip
ALWAYS = Part.IDENTITY
CHOSEN = [(part.value, part.label) for part in Part if part != ALWAYS]


class ProposalForm(LgForm):
    """To which city, why, what goes along."""

    record_id = RecordIdField()
    to_partner = forms.ModelChoiceField(Partner.objects.none(), label=_("To which city"), empty_label=_("Choose"))
    why = LongTextField(label=_("Why the person moves"), rows=3)
    parts = forms.MultipleChoiceField(
        label=_("What goes along"), choices=CHOSEN, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Who the person is goes along always. Notes never do."),
    )  # fmt: skip
    document_classes = forms.MultipleChoiceField(
        label=_("Documents that go along"), choices=Document.Access.choices, widget=forms.CheckboxSelectMultiple,
        required=False, help_text=_("By who may read them. Only those that you may read yourself go along."),
    )  # fmt: skip
    answer_days = forms.IntegerField(
        label=_("The other city answers within (days)"), min_value=1, max_value=MOST_DAYS, initial=ANSWER_DAYS
    )

    def __init__(self, *args: Any, cities: QuerySet[Partner], **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["to_partner"])
        field.queryset = cities
        field.label_from_instance = lambda city: city.short_name  # type: ignore[method-assign, assignment]

    def proposal(self) -> Proposal:
        """What was written, for the service."""
        return Proposal(**{name: value for name, value in self.cleaned_data.items() if name != "record_id"})


class AgreementForm(LgForm):
    """The person was asked, and agrees."""

    agreed_on = DayField(label=_("Asked on"), initial=timezone.localdate)
    language = forms.ChoiceField(label=_("In which language"))
    with_interpreter = forms.BooleanField(label=_("An interpreter or mediator was there"), required=False)
    paper = forms.ModelChoiceField(
        Document.objects.none(), label=_("Signed paper"), required=False, empty_label=_("none"),
        help_text=_("If the person has signed one, keep it among the documents first."),
    )  # fmt: skip
    agrees = forms.BooleanField(label=_("The person knows what goes to which city, and agrees"))

    def __init__(self, *args: Any, documents: Iterable[Document], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choose the language")), *language_choices()]
        cast(forms.ChoiceField, self.fields["language"]).choices = choices
        ids = [document.pk for document in documents]
        cast(forms.ModelChoiceField, self.fields["paper"]).queryset = Document.objects.filter(pk__in=ids)

    def agreement(self) -> Agreement:
        """What was written, for the service."""
        return Agreement(**{name: value for name, value in self.cleaned_data.items() if name != "agrees"})


class RefusalForm(LgForm):
    """Why the other city cannot take the person in charge."""

    reason = LongTextField(label=_("Why"), rows=3, max_length=500)


NEW = "new"


class WelcomeForm(PeopleOfCaseForm):
    """Who takes the person in charge here, and whether she or he is known already."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    who = forms.ChoiceField(label=_("Is this person known here already?"), widget=forms.RadioSelect, initial=NEW)
    field_order = ("team", "manager", "members", "who")

    def __init__(self, *args: Any, teams: QuerySet[Team], alike: Iterable[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams
        self.alike = {str(person.pk): person for person in alike}
        here = [(key, f"{person.name_as_used} · {person.pseudonym}") for key, person in self.alike.items()]
        cast(forms.ChoiceField, self.fields["who"]).choices = [(NEW, _("no, a new file begins")), *here]

    def welcome(self) -> Welcome:
        """What was chosen, for the service."""
        data = self.cleaned_data
        return Welcome(data["team"], data["manager"], self.chosen_members(), self.alike.get(data["who"]))


class TransferFilter(FilterForm):
    """From us or to us, in which state, late."""

    q = forms.CharField(label=_("City"), required=False, max_length=80)
    direction = forms.ChoiceField(
        label=_("Direction"), required=False,
        choices=[("", _("all")), ("out", _("to other cities")), ("in", _("from other cities"))],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), ("late", _("late: the answer is overdue")), *Transfer.Status.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, here: frozenset[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.here = here

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the transfers asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(to_partner__short_name__icontains=text) | Q(partner__short_name__icontains=text))
        if direction := data.get("direction"):
            rows = rows.filter(partner__in=self.here) if direction == "out" else rows.exclude(partner__in=self.here)
        if (state := data.get("state")) == "late":
            return rows.filter(status=Transfer.Status.SENT, due_on__lt=timezone.localdate())
        return rows.filter(status=state) if state else rows


def transfer_columns(here: frozenset[Any]) -> list[Column]:
    """Who (of other cities the initials), from where to where, in which state, until when."""

    def link(row: Transfer) -> str:
        return reverse("transfer_detail" if row.partner_id in here else "transfer_incoming", args=[row.pk])

    def who(row: Transfer) -> str:
        if row.partner_id in here:
            return row.person.name_as_used
        return row.shown_initials or str(_("somebody"))

    return [
        Column("who", _("Who"), who, link=link),
        Column("from", _("From"), lambda row: row.partner.short_name, sort="partner__short_name"),
        Column("to", _("To"), lambda row: row.to_partner.short_name, sort="to_partner__short_name"),
        Column(
            "status", _("State"), lambda row: row.get_status_display(), badge=lambda row: STATE_KINDS[row.status],
            sort="status",
        ),
        Column("sent_at", _("Sent"), lambda row: row.sent_at, sort="sent_at"),
        Column(
            "due_on", _("Answer by"), lambda row: row.due_on if row.is_waiting else None, sort="due_on",
            badge=lambda row: "danger" if row.is_late else "",
        ),
        Column("ended_at", _("Ended"), lambda row: row.ended_at, sort="ended_at"),
    ]  # fmt: skip
