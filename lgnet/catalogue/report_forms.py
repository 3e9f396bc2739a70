"""What a reader of a report chooses, in the address."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import Team
from lgnet.catalogue.reporting import Reach
from lgnet.core.forms import DayField
from lgnet.core.periods import Quarter, is_too_old
from lgnet.core.tables import FilterForm
from lgnet.network.models import Partner


class ReportFilter(FilterForm):
    """City, team and days; without days it is the quarter that runs.

    `team_kind` says which teams; `exact_only` names what is not chosen by whoever reads only sums.
    """

    team_kind: Team.Kind
    exact_only: tuple[str, ...] = ("team", "until")  # one quarter at a time

    q = None  # type: ignore[assignment]  # nothing is searched by words here
    partner = forms.ChoiceField(label=_("City"), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

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
        about = [partner] if partner else list(reach.partners)
        if {one.pk for one in about} <= reach.own:
            self.offer_choices(about)
        else:
            for name in self.exact_only:
                del fields[name]

    def offer_choices(self, partners: list[Partner]) -> None:
        """Fill the choices of whoever reads the records of these cities."""
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = Team.objects.filter(partner__in=partners, kind=self.team_kind)

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

    def chosen(self) -> dict[str, Any] | None:
        """City, days and team as arguments of `reporting.select`; None when they cannot be read."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        return {
            "partner": self.by_slug.get(data.get("partner") or ""), "first": data["since"],
            "last": data.get("until") or data["since"], "team": data.get("team"),
        }  # fmt: skip
