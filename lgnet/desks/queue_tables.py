"""Columns and filters of the list of tickets."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import teams_at
from lgnet.core.dates import whole_minutes
from lgnet.core.forms import DayField
from lgnet.core.languages import language_name
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.queue_models import Ticket
from lgnet.network.models import User
from lgnet.network.roles import Permission

ALL = ("", _("all"))
STATUS_KINDS = {"waiting": "warning", "called": "info", "served": "success", "absent": "danger", "left": "neutral"}


class TicketFilter(FilterForm):
    """Number, desk, days, what was asked, how it ended."""

    q = forms.IntegerField(label=_("Number"), required=False, min_value=1, max_value=9999)  # type: ignore[assignment]
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Desk"), required=False, empty_label=_("all"))
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)
    topic = forms.ChoiceField(label=_("Asks for"), required=False, choices=[ALL, *ServiceType.Area.choices])
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *Ticket.Status.choices])

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        desks = teams_at(user, Permission.RECORD_VISIT, kind=Team.Kind.DESK)
        self.fields["team"].queryset = desks  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tickets asked for."""
        data = self.cleaned_data
        exact = {"number": data.get("q"), "team": data.get("team"), "topic": data.get("topic")}
        exact |= {"status": data.get("status"), "day__gte": data.get("since"), "day__lte": data.get("until")}
        return rows.filter(**{name: value for name, value in exact.items() if value})


def minutes(ticket: Any) -> int | None:
    """Whole minutes from the ticket to the first call."""
    return whole_minutes(ticket.wait) if ticket.wait is not None else None


def ticket_columns() -> list[Column]:
    """Day, number, what was asked, how long the wait was, and how it ended. Why somebody came first is not in it."""
    return [
        Column("day", _("Day"), lambda t: t.day, sort="day"),
        Column("number", _("Number"), lambda t: t.number, sort="number"),
        Column("team", _("Desk"), lambda t: t.team.name, sort="team__name"),
        Column("topic", _("Asks for"), lambda t: t.get_topic_display() if t.topic else ""),
        Column("language", _("Language"), lambda t: language_name(t.language) if t.language else ""),
        Column("issued_at", _("Ticket at"), lambda t: t.issued_at, sort="issued_at"),
        Column("called_at", _("Called at"), lambda t: t.called_at, sort="called_at"),
        Column("wait", _("Wait, minutes"), minutes, sort="wait"),
        Column("counter", _("Counter"), lambda t: t.counter.name if t.counter else ""),
        Column(
            "status", _("State"), lambda t: t.get_status_display(), badge=lambda t: STATUS_KINDS[t.status],
            sort="status",
        ),
        Column("source", _("Given by"), lambda t: t.get_source_display(), export_only=True),
        Column("called_by", _("Called by"), lambda t: t.called_by.full_name if t.called_by else "", export_only=True),
    ]  # fmt: skip
