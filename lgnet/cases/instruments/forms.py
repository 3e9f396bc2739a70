"""The form of a sheet, made from its questions; and the form that loads an instrument."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.codes import AssessmentKind
from lgnet.cases.instruments.definition import NO, YES, Answer, Answers, Definition, Question, QuestionType
from lgnet.core.forms import DayField, LgForm, LongTextField, style

T = QuestionType
SEEN_AT_ONCE = 6  # options; more are a list to open
LONGEST = 500  # characters of a short answer


def sheet_form(definition: Definition, answers: Answers, data: Mapping[str, Any] | None = None) -> "SheetForm":
    """The form with every question, filled with these answers, or with what was sent."""
    return SheetForm(data, definition=definition, answers=answers)


class SheetForm(LgForm):
    """All questions of an instrument; nothing is mandatory, because nothing has to be known."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Mapping[str, Any] | None, *, definition: Definition, answers: Answers) -> None:
        self.questions = {one.key: one for one in definition.questions() if one.is_answered}
        initial = {name_of(key): answers.get(key, "") for key in self.questions}
        super().__init__(data, initial=initial)
        for key, question in self.questions.items():
            self.fields[name_of(key)] = field = _field(question)
            style(field)

    def answered(self) -> dict[str, Answer | None]:
        """The answers that could be read, by key; of those that were not asked on the page nothing is told."""
        found: dict[str, Answer | None] = {}
        for key in self.questions:
            name = name_of(key)
            was_there = name in self.data or f"{name}-asked" in self.data
            if was_there and name in self.cleaned_data:
                found[key] = _stored(self.cleaned_data[name])
        return found


def name_of(key: str) -> str:
    """The name of the field of a question."""
    return f"q-{key}"


def _field(question: Question) -> forms.Field:
    usual: dict[str, Any] = {"label": str(question.words), "help_text": str(question.help), "required": False}
    options: list[tuple[str, Any]] = [(option.code, str(option.words)) for option in question.options]
    unknown = ("", _("not known"))
    if question.type == T.YES_NO:
        options = [(YES, _("yes")), (NO, _("no"))]
    if question.type == T.CHOICES:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **usual)
    if options and len(options) <= SEEN_AT_ONCE:
        return forms.ChoiceField(choices=[*options, unknown], widget=forms.RadioSelect, **usual)
    if options:
        return forms.ChoiceField(choices=[unknown, *options], **usual)
    return _written(question.type, usual)


def _written(kind: QuestionType, usual: dict[str, Any]) -> forms.Field:
    """The field of an answer that is written, not chosen."""
    if kind == T.LONG_TEXT:
        return LongTextField(rows=3, **usual)
    if kind == T.NUMBER:
        return forms.DecimalField(max_digits=12, decimal_places=2, **usual)
    if kind == T.DATE:
        return DayField(**usual)
    return forms.CharField(max_length=LONGEST, widget=forms.TextInput(attrs={"dir": "auto"}), **usual)


def _stored(value: Any) -> Answer | None:
    """A value as sheets keep it."""
    if value in (None, "", []):
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, list) else str(value)


class FinishForm(LgForm):
    """On which day the assessment was done."""

    done_on = DayField(label=_("Done on"), initial=timezone.localdate)


class InstrumentForm(LgForm):
    """An instrument in a spreadsheet."""

    kind = forms.ChoiceField(label=_("What it is for"), choices=AssessmentKind.choices, initial=AssessmentKind.SCALE)
    file = forms.FileField(label=_("File"), help_text=_("XLSX or CSV, in the form of the example below."))

    def clean_file(self) -> bytes:
        """The content. Raises ValidationError for an empty file."""
        content: bytes = self.cleaned_data["file"].read()
        if not content:
            raise ValidationError(_("The file is empty."))
        return content
