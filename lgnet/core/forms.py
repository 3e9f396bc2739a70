"""Forms of the platform: the design system's classes, dates as the browser writes them, services run safely."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from lgnet.core.errors import DomainError

Result = TypeVar("Result")

_CLASSES: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple), "form-check-input"),
    ((forms.Select,), "form-select"),
    ((forms.HiddenInput, forms.MultipleHiddenInput), ""),
)


class _Styled:
    """Gives every widget its class, dates their calendar, and errors and help their ids."""

    use_required_attribute = False  # the server tells what is missing, in the reader's language
    label_suffix = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        for field in self.fields.values():  # type: ignore[attr-defined]
            style(field)


def style(field: forms.Field) -> None:
    """Give a field's widget the classes of the design system; a date gets the browser's own calendar."""
    widget = field.widget
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type = "date"
    if isinstance(widget, forms.DateInput) and widget.format is None:
        widget.format = "%Y-%m-%d"  # what type=date needs, whatever the language
    wanted = next((name for kinds, name in _CLASSES if isinstance(widget, kinds)), "form-control")
    if wanted and wanted not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {wanted}".strip()


class LgForm(_Styled, forms.Form):
    """A form of the platform."""


class LgModelForm(_Styled, forms.ModelForm):
    """A form of the platform for a model."""


def run_service(form: forms.BaseForm, service: Callable[..., Result], **arguments: Any) -> Result | None:
    """Call `service(**arguments)`; a broken rule becomes an error at its field, or of the form, and gives None."""
    try:
        return service(**arguments)
    except DomainError as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error))
        return None


def done(form: forms.BaseForm, service: Callable[..., object], **arguments: Any) -> bool:
    """Call the service as `run_service` does, where its result does not matter; False when a rule was broken."""
    return run_service(form, service, **arguments) is not None
