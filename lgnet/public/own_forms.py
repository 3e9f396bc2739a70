"""The forms of the own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.people.own_entry import LONGEST_CODE


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
