"""The form of a look at the title to stay."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.once import RecordIdField
from lgnet.people.checks import Seen, proposed_for
from lgnet.people.codes import TitleType
from lgnet.people.document_models import Document
from lgnet.people.eligibility import Proposal
from lgnet.people.forms import text_line
from lgnet.people.models import EligibilityCheck, Person

SEEN = tuple(Seen.__dataclass_fields__)


class EligibilityForm(LgForm):
    """What was read on the papers, what the rules propose, what is decided."""

    record_id = RecordIdField()
    checked_on = DayField(label=_("Seen on"), initial=timezone.localdate)
    title_type = forms.ChoiceField(label=_("Title to stay"), choices=[("", _("Choose")), *TitleType.choices])
    issued_on = DayField(label=_("Issued on"), required=False)
    expires_on = DayField(label=_("Valid until"), required=False)
    number_masked = forms.CharField(
        label=_("Last characters of the number"), max_length=8, required=False, widget=text_line(),
        help_text=_("At most eight: enough to recognise the document, not to copy it."),
    )  # fmt: skip
    is_renewal_receipt = forms.BooleanField(label=_("The receipt of a renewal was seen"), required=False)
    renewal_asked_on = DayField(label=_("Renewal asked for on"), required=False)
    receipt_ends_on = DayField(
        label=_("Receipt valid until"), required=False, help_text=_("Only if a day is written on it.")
    )
    converted_from = forms.ChoiceField(
        label=_("Converted from"), choices=[("", _("no conversion")), *TitleType.choices], required=False,
        help_text=_("The title before, when it becomes one of another type: from study to work, for example."),
    )  # fmt: skip
    conversion_asked_on = DayField(label=_("Conversion asked for on"), required=False)
    converted_on = DayField(label=_("Conversion granted on"), required=False)
    evidence = forms.CharField(
        label=_("What was seen"), max_length=300, required=False, widget=text_line(),
        help_text=_("For example: the original, a photograph, a page of the portal."),
    )  # fmt: skip
    document = forms.ModelChoiceField(
        Document.objects.none(), label=_("Document kept in the file"), required=False, empty_label=_("none")
    )
    verdict = forms.ChoiceField(
        label=_("For the fund, the person is"), choices=EligibilityCheck.Verdict.choices, widget=forms.RadioSelect,
        help_text=_("Who is not eligible is helped all the same, and counted apart."),
        error_messages={"required": _("Confirm what the rules say, or decide otherwise and say why.")},
    )  # fmt: skip
    decided_reason = forms.CharField(
        label=_("Why it is decided otherwise"), max_length=300, required=False, widget=text_line(),
        help_text=_("Only if it is not what the rules say."),
    )  # fmt: skip
    note = LongTextField(label=_("Note"), required=False)

    def __init__(self, *args: Any, documents: list[Document] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["document"])
        field.queryset = Document.objects.filter(pk__in=[document.pk for document in documents or ()])

    def proposal(self, person: Person) -> Proposal | None:
        """What the rules say of what was typed so far, if that can be read."""
        if not self.is_bound:
            return None
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        typed, day = self.cleaned_data, self.cleaned_data.get("checked_on")
        if not typed.get("title_type") or not isinstance(day, date):
            return None
        return proposed_for(person, Seen(**{name: typed[name] for name in SEEN if name in typed}), day)
