"""Columns and filters of the list of arrivals."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import team_ids_of, teams_at
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.models import Visit
from lgnet.network.models import User
from lgnet.network.roles import Permission

ALL = ("", _("all"))


class VisitFilter(FilterForm):
    """Desk, days, what was asked and whether there was a card."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)
    topic = forms.ChoiceField(label=_("Asks for"), required=False, choices=[ALL, *ServiceType.Area.choices])
    card = forms.ChoiceField(
        label=_("Card"), required=False, choices=[ALL, ("yes", _("came with a card")), ("no", _("came without"))]
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        desks = teams_at(user, Permission.RECORD_VISIT, kind=Team.Kind.DESK)
        self.fields["team"].queryset = desks  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        """Keep the arrivals asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(
                Q(person__nickname__icontains=text)
                | Q(person__given_names__icontains=text)
                | Q(person__family_names__icontains=text)
            )
        if team := data.get("team"):
            rows = rows.filter(team=team)
        if since := data.get("since"):
            rows = rows.filter(arrived_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(arrived_at__lt=midnight(until, days_later=1))
        if topic := data.get("topic"):
            rows = rows.filter(topic=topic, team__in=team_ids_of(self.user))  # what was asked is for who works there
        if card := data.get("card"):
            rows = rows.filter(referral__isnull=card == "no")
        return rows


def visit_columns(user: User) -> list[Column]:
    """When, who, at which desk, with or without a card; what was asked only for who works at that desk."""
    teams = team_ids_of(user)
    return [
        Column(
            "arrived_at", _("Arrived"), lambda v: v.arrived_at, link=lambda v: _page(v, teams), sort="arrived_at",
        ),
        Column(
            "person", _("Person"), name_of, sort="person__family_names",
            link=lambda v: address_of("person_detail", v.person_id) if v.person else None,
        ),
        Column("pseudonym", _("Code"), lambda v: v.person.pseudonym if v.person else "", code=True),
        Column("team", _("Desk"), lambda v: v.team.name, sort="team__name"),
        Column("topic", _("Asks for"), lambda v: v.get_topic_display() if v.team_id in teams else ""),
        Column("minutes", _("Minutes"), lambda v: v.minutes if v.team_id in teams else None, export_only=True),
        Column("card", _("Came with a card"), lambda v: v.referral_id is not None),
        Column("recorded_by", _("Recorded by"), lambda v: v.recorded_by.full_name, export_only=True),
    ]  # fmt: skip


def _page(visit: Visit, teams: frozenset[uuid.UUID]) -> str | None:
    return address_of("visit_detail", visit.pk) if visit.team_id in teams else None


def name_of(row: Any) -> str:
    """The person of a visit or request as used, or that the person does not say who it is."""
    return row.person.name_as_used if row.person else str(_("does not say who it is"))
