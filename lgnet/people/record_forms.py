"""Forms about what is added to a person's file: notice, ways to be reached, household, reasons."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import DayField, LgForm
from lgnet.people.forms import checked_number, checked_phone, language_field, text_line
from lgnet.people.models import ContactPoint, Household, Identifier, NoticeGiven


class NoticeForm(LgForm):
    """A notice given to the person."""

    kind = forms.ChoiceField(label=_("Notice"), choices=NoticeGiven.Kind.choices)
    method = forms.ChoiceField(label=_("How"), choices=NoticeGiven.Method.choices, widget=forms.RadioSelect)
    language = language_field(label=_("Language"), required=True)
    given_on = DayField(label=_("Given on"), initial=timezone.localdate)


class ContactPointForm(LgForm):
    """A way to reach the person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Number, address or words"), max_length=200, widget=text_line())
    safe = forms.ChoiceField(
        label=_("Is it safe to use?"), choices=ContactPoint.Safe.choices, widget=forms.RadioSelect,
        initial=ContactPoint.Safe.UNKNOWN, help_text=_("Somebody else may answer or read: ask the person."),
    )  # fmt: skip
    note = forms.CharField(label=_("When and how"), max_length=200, required=False, widget=text_line())

    def clean(self) -> dict[str, Any]:
        """A phone has digits, an e-mail address has its sign."""
        data = super().clean() or self.cleaned_data
        value = data.get("value") or ""
        try:
            if value and data.get("kind") == ContactPoint.Kind.PHONE:
                data["value"] = checked_phone(value)
            if value and data.get("kind") == ContactPoint.Kind.EMAIL:
                forms.EmailField().clean(value)
        except forms.ValidationError as error:
            self.add_error("value", error)
        return data


class IdentifierForm(LgForm):
    """A number given by an authority."""

    kind = forms.ChoiceField(label=_("Document or code"), choices=Identifier.Kind.choices)
    value = forms.CharField(label=_("Its number"), max_length=60, widget=text_line())

    def clean_value(self) -> str:
        """The number as it is kept."""
        return checked_number(self.cleaned_data["value"])


class HouseholdForm(LgForm):
    """With whom the person lives or is looked after."""

    household = forms.ModelChoiceField(
        Household.objects.none(), label=_("Household"), required=False, empty_label=_("none, or a new one"),
        help_text=_("Those of the persons whose file is open for you."),
    )  # fmt: skip
    new_name = forms.CharField(label=_("Name of a new household"), max_length=150, required=False, widget=text_line())
    role = forms.CharField(
        label=_("Role of the person in it"), max_length=60, required=False, widget=text_line(),
        help_text=_("For example: mother, son, partner, friend."),
    )  # fmt: skip

    def __init__(self, *args: Any, households: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["household"]).queryset = households

    def clean(self) -> dict[str, Any]:
        """One household, not two."""
        data = super().clean() or self.cleaned_data
        if data.get("household") and data.get("new_name"):
            self.add_error("new_name", _("Choose a household or name a new one, not both."))
        return data


class ReasonForm(LgForm):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label, self.fields["reason"].help_text = label, help_text
