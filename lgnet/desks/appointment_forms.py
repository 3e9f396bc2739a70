"""Forms of booking: which times are looked for, the time taken, why cancelled, who waits."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.forms import DayField, LgForm
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.desks.appointment_models import Appointment, Opening
from lgnet.desks.appointment_slots import read_key

WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week; Monday is 0."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"choices": list(enumerate(WEEKDAYS)), "coerce": int, "required": False}
        super().__init__(**usual | options)


class SlotSearchForm(LgForm):
    """From which day, with whom, in which language, with a mediator; all in the address."""

    first = DayField(label=pgettext_lazy("first day", "From"), required=False)
    operator = forms.TypedChoiceField(
        label=pgettext_lazy("who receives", "With"), required=False, coerce=uuid.UUID, empty_value=None
    )
    language = forms.ChoiceField(label=_("In this language"), required=False)
    mediator = forms.BooleanField(label=_("With a mediator"), required=False)

    def __init__(self, *args: Any, openings: Sequence[Opening], **options: Any) -> None:
        """With whom, in which language: as the openings have it; what leaves no choice is not asked."""
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        operators = {str(one.operator_id): one.operator.full_name for one in openings}
        spoken = {self.data.get("language"), *(code for one in openings for code in one.languages)}
        languages = [(code, name) for code, name in language_choices() if code in spoken]
        fields["operator"].choices = [("", _("whoever is free")), *operators.items()]
        fields["language"].choices = [("", _("any")), *languages]
        if len(operators) <= 1:
            del fields["operator"]
        if not languages:
            del fields["language"]
        if not any(one.mediator_id for one in openings) and "mediator" not in self.data:
            del fields["mediator"]

    def given(self) -> dict[str, Any]:
        """What is asked for; what makes no sense is left out, and told at its field."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})


class SlotForm(LgForm):
    """The time taken; each time on the page is a button that sends it."""

    record_id = RecordIdField()
    slot = forms.CharField(label=_("Time"), max_length=80, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note for who receives the person"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def clean_slot(self) -> dict[str, Any]:
        """The opening and the moment."""
        found = read_key(self.cleaned_data["slot"])
        if found is None:
            raise forms.ValidationError(_("Choose a time."))
        return {"opening_id": found[0], "starts_at": found[1]}


class CancelForm(LgForm):
    """Why nobody is expected any more."""

    reason = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect,
        choices=[(code, label) for code, label in Appointment.Reason.choices if code != Appointment.Reason.NO_ANSWER],
    )  # fmt: skip


class WishForm(LgForm):
    """From when, and on which days, the person can come."""

    record_id = RecordIdField()
    from_day = DayField(label=_("Can come from"), initial=timezone.localdate)
    weekdays = WeekdaysField(label=_("Days that suit"), help_text=_("Leave empty when every day suits."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
