"""The forms of the own page."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.core.once import RecordIdField
from lgnet.core.periods import FIRST_YEAR
from lgnet.people.own_entry import LONGEST_CODE

LAST_YEAR = 9000  # a moment later than that is none that the calendar can count with


class EnterForm(LgForm):
    """Code and PIN of the card. The PIN is never written back into the page."""

    code = forms.CharField(
        label=_("Code on the card"), max_length=LONGEST_CODE, error_messages={"required": _("Write the code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )  # fmt: skip
    pin = forms.CharField(
        label=_("PIN"), max_length=40, error_messages={"required": _("Write the PIN.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"}),
    )  # fmt: skip


class BookForm(LgForm):
    """A time chosen. It comes from a button, so that whatever is no moment means: choose again."""

    record_id = RecordIdField()
    starts_at = forms.CharField(max_length=40, error_messages={"required": _("Choose one of the free times.")})

    def clean_starts_at(self) -> datetime:
        """The moment of the button."""
        try:
            moment = datetime.fromisoformat(self.cleaned_data["starts_at"])
        except ValueError:
            moment = None
        if moment is None or timezone.is_naive(moment) or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(_("Choose one of the free times."))
        return moment
