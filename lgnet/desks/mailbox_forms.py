"""Forms of the mail kept for people."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team
from lgnet.core.forms import DayField, LgForm
from lgnet.core.once import RecordIdField
from lgnet.desks.mailbox_services import USUAL_TERM
from lgnet.desks.models import Letter, Mailbox


class RenewForm(LgForm):
    """Until when the mail is kept, the number of the box, the agreement."""

    number = forms.CharField(label=_("Number of the box"), max_length=20, required=False)
    ends_on = DayField(label=_("Last day"))
    signed_on = DayField(label=_("Agreement signed on"), required=False)


class MailboxForm(RenewForm):
    """Keep the mail of a person from now on."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Mailbox.Kind.choices, widget=forms.RadioSelect)
    starts_on = DayField(label=_("First day"))

    field_order = ("record_id", "team", "kind", "number", "starts_on", "ends_on", "signed_on")

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        today = timezone.localdate()
        initial = {"kind": Mailbox.Kind.POSTE_RESTANTE, "starts_on": today, "ends_on": today + USUAL_TERM}
        super().__init__(*args, initial=initial, **options)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].initial = teams[0].pk
            self.fields["team"].widget = forms.HiddenInput()


class LetterForm(LgForm):
    """A letter or parcel came."""

    record_id = RecordIdField()
    arrived_on = DayField(label=_("Arrived on"), initial=timezone.localdate)
    sender = forms.CharField(
        label=_("Sender"), max_length=120, required=False,
        help_text=_("Only if it helps to find the letter. The message to the person never says it."),
    )  # fmt: skip
    is_registered = forms.BooleanField(label=_("Registered letter"), required=False)


class HandoverForm(LgForm):
    """Letters are given to the person, or to whom the person sent."""

    record_id = RecordIdField()
    letters = forms.ModelMultipleChoiceField(
        Letter.objects.none(), label=_("Letters"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one letter.")},
    )  # fmt: skip
    handed_to = forms.CharField(
        label=_("To whom, if not to the person"), max_length=120, required=False,
        help_text=_("Somebody with a written authorisation: write the name."),
    )  # fmt: skip
    signed_on_paper = forms.BooleanField(label=_("Signed for on paper"), required=False)

    def __init__(self, *args: Any, waiting: list[Letter], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["letters"]
        field.queryset = Letter.objects.filter(pk__in=[letter.pk for letter in waiting])  # type: ignore[attr-defined]
        field.choices = [(letter.pk, letter_words(letter)) for letter in waiting]  # type: ignore[attr-defined]
        field.initial = [letter.pk for letter in waiting]


def letter_words(letter: Letter) -> str:
    """A letter in one line: its day, its sender if known, whether it is registered."""
    parts = [date_format(letter.arrived_on, "SHORT_DATE_FORMAT"), letter.sender]
    parts.append(str(_("Registered letter")) if letter.is_registered else "")
    return " · ".join(part for part in parts if part)
