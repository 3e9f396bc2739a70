"""Forms of the quick screen, and of what a city counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import LgForm
from lgnet.core.once import RecordIdField
from lgnet.desks.counted_services import MOST
from lgnet.people.models import Person


class TapForm(LgForm):
    """One tap: a service was given, to a person or to somebody whose name is not asked."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none())
    service_type = forms.ModelChoiceField(ServiceType.objects.filter(is_active=True))
    person = forms.ModelChoiceField(Person.objects.none(), required=False)
    quantity = forms.IntegerField(min_value=1, max_value=MOST, required=False)

    def __init__(self, *args: Any, teams: Any, persons: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["person"].queryset = persons  # type: ignore[attr-defined]

    def clean_quantity(self) -> int:
        """One, if nothing is said."""
        return self.cleaned_data["quantity"] or 1


class CountedForm(LgForm):
    """Whether a city counts a service, and how often a day is usual."""

    is_counted = forms.BooleanField(label=_("Counted on the quick screen"), required=False)
    daily_limit = forms.IntegerField(
        label=_("Times a day for one person"), required=False, min_value=1, max_value=MOST,
        help_text=_("Beyond it the screen warns; nobody is refused. Leave empty for no limit."),
    )  # fmt: skip
