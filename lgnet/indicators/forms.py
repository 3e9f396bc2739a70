"""What a reader chooses: partner, quarter, and as known on which day."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lgnet.core.periods import FIRST_YEAR, Quarter, quarters_between
from lgnet.core.tables import FilterForm
from lgnet.indicators.boards import quarter_name
from lgnet.indicators.selectors import Choice

YEARS = 4  # of quarters offered; an earlier one is reached by its address


_SELECTED = SafeString(" selected")


class LightSelect(forms.Select):
    """A select drawn at once; Django runs a template for each of its dozens of options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The element, with the option of `value` selected."""
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, _SELECTED if str(key) == str(value or "") else "", label) for key, label in self.choices),
        )  # fmt: skip
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, options)


class ChoiceForm(FilterForm):
    """Partner and quarter; the partner only where there is more than one to see."""

    q = None  # type: ignore[assignment]  # nothing is searched by words here
    partner = forms.ChoiceField(label=_("City"), required=False, widget=LightSelect)
    quarter = forms.ChoiceField(label=_("Quarter"), required=False, widget=LightSelect)

    def __init__(self, choice: Choice, data: dict[str, str] | None = None) -> None:
        chosen = {"partner": choice.partner.slug if choice.partner else "", "quarter": str(choice.quarter)}
        super().__init__(chosen | (data or {}))
        partners = [(one.slug, one.short_name) for one in choice.partners]
        whole = [("", _("Whole network"))] if choice.sees_network else []
        self.fields["partner"].choices = whole + partners  # type: ignore[attr-defined]
        if len(whole + partners) < 2:
            del self.fields["partner"]
        current = Quarter.of(timezone.localdate())
        offered = {*quarters_between(Quarter(current.year - YEARS, 1).first_day, current.first_day), choice.quarter}
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            (str(quarter), quarter_name(quarter)) for quarter in sorted(offered, reverse=True)
        ]


class GroupsForm(ChoiceForm):
    """The same, or since the beginning."""

    def __init__(self, choice: Choice, *, is_quarter: bool) -> None:
        super().__init__(choice, {} if is_quarter else {"quarter": ""})
        self.is_quarter = is_quarter
        quarters: Any = self.fields["quarter"]
        quarters.choices = [("", _("Since the beginning")), *quarters.choices]


class EvidenceForm(ChoiceForm):
    """The same, and as known on a past day."""

    known = forms.DateField(label=_("As known at the end of"), required=False, help_text=_("Empty: as known now"))

    def clean_known(self) -> Any:
        """A day that is over and not before the first records."""
        day = self.cleaned_data["known"]
        if day and not (day.year >= FIRST_YEAR and day < timezone.localdate()):
            raise forms.ValidationError(_("Choose a day that is over."))
        return day

    @property
    def as_known(self) -> datetime | None:
        """The end of the day asked for; None for now."""
        day = self.cleaned_data.get("known") if self.is_valid() else None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
