"""Forms about devices, about what needs attention, and for choosing between two values."""

from json import dumps
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import LgForm
from lgnet.network.models import User
from lgnet.outreach.change_forms import ContactChangeForm
from lgnet.outreach.corrections import FIELDS, read_moment
from lgnet.outreach.forms import ContactForm
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.outreach.sync.kinds import corrected


class ReasonForm(LgForm):
    """Why something is done that others will ask about."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class MendContactForm(ContactForm):
    """A new contact that the server could not accept, as it was typed; whom it was with stays unless it is changed."""

    def __init__(self, *args: Any, operation: Operation, **options: Any) -> None:
        changes = {name: value for name, value in operation.changes.items() if name in ContactForm.base_fields}
        if moment := read_moment(changes.get("occurred_at")):
            changes["occurred_at"] = corrected(moment, operation)
        super().__init__(*args, initial=changes, **options)
        del self.fields["record_id"]
        for name in ("earlier", "person"):
            self.fields[name].widget = forms.HiddenInput()
        for name in ("latitude", "longitude"):
            if changes.get(name):  # what was sent may be what has to be mended
                self.fields[name].widget = forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"})


class ChoiceForm(LgForm):
    """Which of two values the record has from now on, or a third one."""

    choice = forms.ChoiceField(
        label=_("Which one is right?"), widget=forms.RadioSelect, choices=Conflict.Choice.choices,
        error_messages={"required": _("Choose one of the values.")},
    )  # fmt: skip
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, conflict: Conflict, seen: Any, user: User, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = seen
        page = ContactChangeForm(user=user, contact=contact)
        if conflict.field in page.fields:
            field = page.fields[conflict.field]
            field.required, field.label = False, _("Something else")
            self.fields["value"] = field
            self.initial["value"] = page.initial[conflict.field]
        else:
            choices = [pair for pair in Conflict.Choice.choices if pair[0] == Conflict.Choice.SERVER]
            self.fields["choice"].choices = choices  # type: ignore[attr-defined]

    def show_again(self, seen: Any) -> None:
        """Take what the record has now as seen: the page shows it."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = dumps(seen)
        self.data = data

    def typed(self) -> Any:
        """The third value as the form of the page sends it."""
        field = self["value"] if "value" in self.fields else None
        return field.value() if field else None


def sent_fields(data: Any, form: forms.Form) -> dict[str, Any]:
    """What a form received, field by field as the app would send it."""
    names = [name for name in form.fields if name in data and name != "version"]
    lists = {name for name in names if isinstance(form.fields[name], forms.MultipleChoiceField)}
    known = set(FIELDS) | set(form.fields)
    return {name: data.getlist(name) if name in lists else data.get(name) for name in names if name in known} | {
        name: [] for name, field in form.fields.items()
        if isinstance(field, forms.MultipleChoiceField) and name not in data
    }  # fmt: skip
