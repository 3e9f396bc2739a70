"""What a reader of the street report chooses, in the address."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import Team, Zone
from lgnet.core.forms import DayField
from lgnet.core.periods import Quarter, is_too_old
from lgnet.core.tables import FilterForm
from lgnet.network.models import Partner
from lgnet.outreach.report_selection import Reach, Selection, select

NOT_CHOSEN = ("team", "zone", "until", "hour")  # by whoever reads only sums: one quarter at a time


class ReportFilter(FilterForm):
    """City, unit, zone and days; without days it is the quarter that runs."""

    q = None  # type: ignore[assignment]  # nothing is searched by words here
    partner = forms.ChoiceField(label=_("City"), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)
    hour = forms.TypedChoiceField(
        choices=[(str(hour), str(hour)) for hour in range(24)], coerce=int, empty_value=None, required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip

    def __init__(self, asked: QueryDict, *, reach: Reach) -> None:
        today = timezone.localdate()
        usual = {"since": Quarter.of(today).first_day.isoformat(), "until": today.isoformat()}
        super().__init__(usual | {key: value for key, value in asked.items() if value})
        self.reach = reach
        self.by_slug = {partner.slug: partner for partner in reach.partners}
        fields: dict[str, Any] = self.fields
        fields["partner"].choices = [("", _("all")), *((one.slug, one.short_name) for one in reach.partners)]
        if len(reach.partners) < 2:
            del fields["partner"]
        partner = self.by_slug.get(asked.get("partner", ""))
        about = [partner.pk] if partner else [one.pk for one in reach.partners]
        if set(about) <= reach.own:
            fields["team"].queryset = Team.objects.filter(partner__in=about, kind=Team.Kind.MOBILE_UNIT)
            fields["zone"].queryset = Zone.objects.filter(partner__in=about)
        else:
            for name in NOT_CHOSEN:
                del fields[name]

    def clean_since(self) -> date | None:
        """A day that is not mistyped and not in the future."""
        day: date | None = self.cleaned_data["since"]
        if day and is_too_old(day):
            raise ValidationError(_("Check the year: this is too long ago."))
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first one, and what comes after today is not reported yet."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("since"), data.get("until")
        if first and last and last < first:
            self.add_error("until", _("The last day is before the first one."))
        elif last:
            data["until"] = min(last, timezone.localdate())
        return data

    def selection(self) -> Selection | None:
        """What was chosen; None when it cannot be read, which the fields tell."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        partner: Partner | None = self.by_slug.get(data.get("partner") or "")
        last = data.get("until") or data["since"]
        return select(
            self.reach, partner=partner, first=data["since"], last=last, team=data.get("team"),
            zone=data.get("zone"), hour=data.get("hour"),
        )  # fmt: skip
