"""Forms of the platform: the design system's classes, dates as the browser writes them, services run safely."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from lgnet.core.errors import DomainError

Result = TypeVar("Result")

LONG_TEXT = 20_000  # characters
MINUTE = "%Y-%m-%dT%H:%M"  # as type=datetime-local writes it

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


def _never(initial: Any) -> bool:
    return False


def style(field: forms.Field) -> None:
    """Give a field's widget the classes of the design system; a date gets the browser's own calendar."""
    widget = field.widget
    if isinstance(widget, forms.Select):
        widget.use_required_attribute = _never  # type: ignore[method-assign]  # else Django reads the list once more
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type = "date"
    if isinstance(widget, forms.DateInput) and widget.format is None:
        widget.format = "%Y-%m-%d"  # what type=date needs, whatever the language
    wanted = next((name for kinds, name in _CLASSES if isinstance(widget, kinds)), "form-control")
    if wanted and wanted not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {wanted}".strip()


def offer_names(rows: QuerySet[Any], name: str, *fields: Any) -> None:
    """Let these fields choose among `rows`, known by their `name`: read once for all of them, and no more than that."""

    @cache
    def pairs() -> list[tuple[Any, str]]:
        return list(rows.values_list("pk", name))

    for field in fields:
        field.queryset = rows
        first = [] if field.empty_label is None else [("", field.empty_label)]
        field.choices = lambda first=first: [*first, *pairs()]


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")} | options)


class LongTextField(forms.CharField):
    """A text of some lines, in either direction."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        usual: dict[str, Any] = {"widget": widget, "max_length": LONG_TEXT}
        super().__init__(**usual | options)


class MomentField(forms.DateTimeField):
    """When something happened, to the minute, as a clock on the wall in Rome shows it.

    Where the clock leaves two readings, in the hour that comes twice when it is put back, the latest one that is not
    in the future is meant; in the hour that is skipped when it is put forward, the moment one hour later.
    """

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
        usual: dict[str, Any] = {"widget": widget, "input_formats": [MINUTE, f"{MINUTE}:%S"]}
        super().__init__(**usual | options)

    def to_python(self, value: Any) -> datetime | None:
        """Read the moment. Raises ValidationError when it is none."""
        if value in self.empty_values:
            return None
        if not isinstance(value, datetime):
            value = super(forms.DateTimeField, self).to_python(value)  # the formats alone, without a choice of zone
        return _moment_meant(value) if timezone.is_naive(value) else value


def _moment_meant(clock: datetime) -> datetime:
    zone = timezone.get_current_timezone()
    first, second = (clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    summer, winter = first.utcoffset(), second.utcoffset()
    if summer == winter or summer is None or winter is None:
        return first
    if summer < winter:  # the clock jumped over it
        return first.astimezone(UTC).astimezone(zone)
    return second if second <= timezone.now() else first


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
