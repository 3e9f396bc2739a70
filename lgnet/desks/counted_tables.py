"""Columns and filters of the list of counted services."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.counted_selectors import counting_teams
from lgnet.desks.tables import ALL
from lgnet.network.models import User


class CountedFilter(FilterForm):
    """Name, service, desk, days, with or without a name."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    service = forms.ModelChoiceField(
        ServiceType.objects.filter(is_active=True), label=_("Service"), required=False, empty_label=_("all")
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)
    who = forms.ChoiceField(
        label=_("Who"), required=False, choices=[ALL, ("known", _("registered")), ("unknown", _("name not asked"))]
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["team"].queryset = counting_teams(user)  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(
                Q(person__nickname__icontains=text)
                | Q(person__given_names__icontains=text)
                | Q(person__family_names__icontains=text)
                | Q(person__pseudonym__icontains=text)
            )
        if since := data.get("since"):
            rows = rows.filter(counted_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(counted_at__lt=midnight(until, days_later=1))
        if who := data.get("who"):
            rows = rows.filter(person__isnull=who == "unknown")
        exact = {"service_type": data.get("service"), "team": data.get("team")}
        return rows.filter(**{name: value for name, value in exact.items() if value})


def counted_columns() -> list[Column]:
    """When, what, how much, to whom, at which desk."""
    return [
        Column("counted_at", _("Given"), lambda c: c.counted_at, sort="counted_at"),
        Column("service", _("Service"), lambda c: c.service_type.name, sort="service_type__name_it"),
        Column("quantity", _("How many"), lambda c: c.quantity, sort="quantity"),
        Column(
            "person", _("Person"), lambda c: c.person.name_as_used if c.person else _("name not asked"),
            link=lambda c: address_of("person_detail", c.person_id) if c.person else None,
            sort="person__family_names",
        ),
        Column("pseudonym", _("Code"), lambda c: c.person.pseudonym if c.person else "", code=True, export_only=True),
        Column("team", _("Desk"), lambda c: c.team.name, sort="team__name"),
        Column("recorded_by", _("Recorded by"), lambda c: c.recorded_by.full_name),
    ]  # fmt: skip
