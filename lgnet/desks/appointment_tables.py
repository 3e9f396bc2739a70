"""Columns and filters of the lists of appointments and of who waits for one."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import Team
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.appointment_forms import WEEKDAYS
from lgnet.desks.appointment_models import Appointment, AppointmentKind, AppointmentWish
from lgnet.desks.appointment_selectors import teams_seen
from lgnet.network.models import User

ALL = ("", _("all"))
S = Appointment.Status
STATE_KINDS = {
    S.OFFERED: "warning", S.BOOKED: "info", S.CONFIRMED: "info", S.ARRIVED: "success", S.KEPT: "success",
    S.MISSED: "danger", S.CANCELLED: "neutral",
}  # fmt: skip


def hours(appointment: Appointment) -> str:
    """From hour to hour, in Rome."""
    begin, end = timezone.localtime(appointment.starts_at), timezone.localtime(appointment.ends_at)
    return f"{begin:%H:%M}–{end:%H:%M}"


def _named(text: str) -> Q:
    return (
        Q(person__nickname__icontains=text) | Q(person__given_names__icontains=text)
        | Q(person__family_names__icontains=text) | Q(person__pseudonym__iexact=text)
    )  # fmt: skip


class AppointmentFilter(FilterForm):
    """Name, team, kind by its area, state, days."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Service"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *Appointment.Status.choices])
    way = forms.ChoiceField(label=_("How"), required=False, choices=[ALL, *AppointmentKind.Way.choices])
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams_seen(user)

    def apply(self, rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
        """Keep the appointments asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(_named(text))
        exact = {"team": data.get("team"), "status": data.get("state"), "kind__way": data.get("way")}
        rows = rows.filter(**{name: value for name, value in exact.items() if value})
        if since := data.get("since"):
            rows = rows.filter(starts_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(starts_at__lt=midnight(until, days_later=1))
        return rows


EXPORTED = ("kind__way", "by_person", "booked_at", "sequence", "reason")  # fields that only files of the list tell


def appointment_columns() -> list[Column]:
    """When, who, what, with whom, and how it stands."""
    return [
        Column(
            "day", _("Day"), lambda a: timezone.localdate(a.starts_at), sort="starts_at",
            link=lambda a: address_of("appointment_detail", a.pk),
        ),
        Column("hours", _("Hours"), hours, code=True),
        Column("person", _("Person"), lambda a: a.person.name_as_used, sort="person__family_names"),
        Column("kind", _("Appointment"), lambda a: a.kind.name),
        Column("team", _("Service"), lambda a: a.team.name, sort="team__name"),
        Column("operator", _("With"), lambda a: a.operator.full_name, sort="operator__full_name"),
        Column(
            "state", _("State"), lambda a: a.get_status_display(), sort="status",
            badge=lambda a: STATE_KINDS[S(a.status)],
        ),
        Column("pseudonym", _("Code"), lambda a: a.person.pseudonym, export_only=True),
        Column("way", _("How"), lambda a: a.kind.get_way_display(), export_only=True),
        Column("room", _("Room"), lambda a: a.room.name if a.room else "", export_only=True),
        Column("mediator", _("Mediator"), lambda a: a.mediator.full_name if a.mediator else "", export_only=True),
        Column("by_person", _("Booked by the person"), lambda a: a.by_person, export_only=True),
        Column("booked_at", _("Booked at"), lambda a: a.booked_at, sort="booked_at", export_only=True),
        Column("moved", _("Times moved"), lambda a: a.sequence, export_only=True),
        Column("reason", _("Why cancelled"), lambda a: a.get_reason_display(), export_only=True),
    ]  # fmt: skip


class WishFilter(FilterForm):
    """Name, team, whether still waiting."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Service"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *AppointmentWish.Status.choices])

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams_seen(user)

    def apply(self, rows: QuerySet[AppointmentWish]) -> QuerySet[AppointmentWish]:
        """Keep those asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(_named(text))
        exact = {"team": data.get("team"), "status": data.get("state")}
        return rows.filter(**{name: value for name, value in exact.items() if value})


def wish_columns() -> list[Column]:
    """Who waits for what, since when, for which days."""
    return [
        Column(
            "person", _("Person"), lambda w: w.person.name_as_used, sort="person__family_names",
            link=lambda w: address_of("wish_detail", w.pk),
        ),
        Column("kind", _("Appointment"), lambda w: w.kind.name),
        Column("team", _("Service"), lambda w: w.team.name, sort="team__name"),
        Column("asked", _("Waiting since"), lambda w: timezone.localdate(w.created_at), sort="created_at"),
        Column("from", _("Can come from"), lambda w: w.from_day, sort="from_day"),
        Column("days", _("Days that suit"), weekday_words),
        Column(
            "state", _("State"), lambda w: w.get_status_display(), sort="status",
            badge=lambda w: "info" if w.status in AppointmentWish.OPEN else "neutral",
        ),
    ]  # fmt: skip


def weekday_words(row: Any) -> str:
    """The days of the week of an opening or a wish in words, or that all suit."""
    return ", ".join(str(WEEKDAYS[day]) for day in row.weekdays) if row.weekdays else str(_("every day"))
