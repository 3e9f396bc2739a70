"""Forms of booking: which times are looked for, the time taken, why cancelled, who waits."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.forms import DayField, LgForm
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.desks.appointment_models import Appointment
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
    """From which day, in which language, with a mediator; all in the address."""

    first = DayField(label=pgettext_lazy("first day", "From"), required=False)
    language = forms.ChoiceField(label=_("In this language"), required=False)
    mediator = forms.BooleanField(label=_("With a mediator"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("any")), *language_choices()]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


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
