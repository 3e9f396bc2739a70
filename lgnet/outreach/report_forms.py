"""What a reader of the street report chooses, in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team, Zone
from lgnet.catalogue.report_forms import ReportFilter
from lgnet.network.models import Partner
from lgnet.outreach.report_selection import Selection, select


class StreetReportFilter(ReportFilter):
    """City, unit, zone and days, and the hour of the map."""

    team_kind = Team.Kind.MOBILE_UNIT
    exact_only = ("team", "zone", "until", "hour")
    field_order = ("partner", "team", "zone", "since", "until")

    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("all"))
    hour = forms.TypedChoiceField(
        choices=[(str(hour), str(hour)) for hour in range(24)], coerce=int, empty_value=None, required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip

    def offer_choices(self, partners: list[Partner]) -> None:
        """Units and zones."""
        super().offer_choices(partners)
        fields: dict[str, Any] = self.fields
        fields["team"].label = _("Unit")
        fields["zone"].queryset = Zone.objects.filter(partner__in=partners)

    def selection(self) -> Selection | None:
        """What was chosen; None when it cannot be read, which the fields tell."""
        chosen = self.chosen()
        if chosen is None:
            return None
        data = self.cleaned_data
        return select(self.reach, **chosen, zone=data.get("zone"), hour=data.get("hour"))
