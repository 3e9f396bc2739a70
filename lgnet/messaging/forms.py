"""Forms of messaging: quiet hours, a test message."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.core.forms import LgForm
from lgnet.core.once import RecordIdField
from lgnet.messaging.models import Channel


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S"])


class QuietHoursForm(LgForm):
    """From when to when nothing is sent."""

    starts = _clock(pgettext_lazy("time of day", "from"))
    ends = _clock(pgettext_lazy("time of day", "to"))


class TestMessageForm(LgForm):
    """A message to oneself."""

    __test__ = False

    record_id = RecordIdField()
    channel = forms.ChoiceField(label=_("How"), choices=Channel.choices, widget=forms.RadioSelect)
    to = forms.CharField(label=_("Your own number or address"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """An e-mail needs an address that can be one."""
        data = super().clean() or {}
        if data.get("channel") == Channel.EMAIL and data.get("to"):
            try:
                validate_email(data["to"])
            except ValidationError as problem:
                self.add_error("to", problem)
        return data
