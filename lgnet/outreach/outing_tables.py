"""Columns and filters of the lists of outings, stops and of people not met."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.tables import days_since
from lgnet.catalogue.models import Team, Zone
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User
from lgnet.outreach.models import CrewMember, Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.outing_selectors import in_state, visible_stops, visible_units
from lgnet.outreach.shifts import crew_hours, member_words, time_out

ALL = ("", _("all"))
STATE_KINDS = {
    OutingState.PLANNED: "info", OutingState.RUNNING: "success", OutingState.OVER: "neutral",
    OutingState.MISSED: "warning", OutingState.CANCELLED: "danger",
}  # fmt: skip


def hours(outing: Outing) -> str:
    """From hour to hour, as it was or as it is planned; the next day is told."""
    start, end = timezone.localtime(outing.begins_at), timezone.localtime(outing.finishes_at)
    days = (end.date() - start.date()).days
    return f"{start:%H:%M}–{end:%H:%M}" + (f" (+{days})" if days else "")


def crew_names(outing: Outing) -> str:
    """Everybody who goes along, with the hours where they are not the whole outing."""
    return ", ".join(member_words(member) for member in outing.crew.all())


def stop_names(outing: Outing) -> str:
    """The stops in order."""
    return ", ".join(row.stop.name for row in outing.stops.all())


class OutingFilter(FilterForm):
    """Stop or crew, unit, state, days."""

    q = forms.CharField(label=_("Stop, zone or crew"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *OutingState.choices])
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = visible_units(user)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the outings asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            crew = CrewMember.objects.filter(Q(user__full_name__icontains=text) | Q(name__icontains=text))
            there = PlannedStop.objects.filter(Q(stop__name__icontains=text) | Q(stop__zone__name__icontains=text))
            here = {"outing": OuterRef("pk")}
            rows = rows.filter(Exists(crew.filter(**here)) | Exists(there.filter(**here)))
        if team := data.get("team"):
            rows = rows.filter(team=team)
        if state := data.get("state"):
            rows = rows.filter(in_state(state))
        if since := data.get("since"):
            rows = rows.filter(starts_at__gte=midnight(since))
        if until := data.get("until"):
            rows = rows.filter(starts_at__lt=midnight(until, days_later=1))
        return rows


def outing_columns() -> list[Column]:
    """When, which unit, where it stands, who and where, and what came of it."""
    return [
        Column(
            "day", _("Day"), lambda o: timezone.localdate(o.begins_at), sort="starts_at",
            link=lambda o: address_of("outing_detail", o.pk),
        ),
        Column("hours", _("Hours"), hours, code=True),
        Column("team", _("Unit"), lambda o: o.team.name, sort="team__name"),
        Column("state", _("State"), lambda o: o.state.label, badge=lambda o: STATE_KINDS[o.state]),
        Column("crew", _("Crew"), crew_names),
        Column("stops", _("Stops"), stop_names),
        Column("contacts", _("Contacts"), lambda o: o.contacts_made, sort="-contacts_made"),
        Column("kilometres", _("Kilometres"), lambda o: o.kilometres, export_only=True),
        Column("starts_at", _("Planned from"), lambda o: o.starts_at, export_only=True),
        Column("ends_at", _("Planned to"), lambda o: o.ends_at, export_only=True),
        Column("started_at", _("Started at"), lambda o: o.started_at, export_only=True),
        Column("ended_at", _("Ended at"), lambda o: o.ended_at, export_only=True),
        Column("crew_hours", _("Hours of each of the crew"), lambda o: crew_hours(o.crew.all()), export_only=True),
        Column(
            "person_hours", _("Hours of the crew in all"), export_only=True,
            value=lambda o: round(sum(time_out(one).total_seconds() for one in o.crew.all()) / 3600, 2),
        ),
        Column("weather", _("Weather"), lambda o: o.get_weather_display(), export_only=True),
        Column("cancel_reason", _("Why it was cancelled"), lambda o: o.cancel_reason, export_only=True),
    ]  # fmt: skip


class StopFilter(FilterForm):
    """Name or way, zone, published or not; stops out of use only when asked for."""

    q = forms.CharField(label=_("Name or way"), required=False, max_length=80)
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("all"))
    published = forms.ChoiceField(
        label=_("Published"), required=False, choices=[ALL, ("yes", _("published")), ("no", _("not published"))]
    )
    use = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("in use")), ("no", _("out of use")), ("all", _("all"))]
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["zone"].queryset = Zone.objects.filter(pk__in=visible_stops(user).values("zone"))

    def apply(self, rows: QuerySet[Stop]) -> QuerySet[Stop]:
        """Keep the stops asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(name__icontains=text) | Q(directions__icontains=text))
        if zone := data.get("zone"):
            rows = rows.filter(zone=zone)
        if published := data.get("published"):
            rows = rows.filter(is_published=published == "yes")
        if data.get("use") == "all":
            return rows
        return rows.filter(is_active=data.get("use") != "no")


def stop_columns() -> list[Column]:
    """What it is called, in which zone, how one gets there, and whether the public is told."""
    return [
        Column("name", _("Name"), lambda s: s.name, sort="name", link=lambda s: address_of("stop_edit", s.pk)),
        Column("zone", _("Zone"), lambda s: s.zone.name, sort="zone__name"),
        Column("directions", _("How to get there"), lambda s: s.directions),
        Column("latitude", _("Latitude"), lambda s: s.latitude, export_only=True),
        Column("longitude", _("Longitude"), lambda s: s.longitude, export_only=True),
        Column(
            "published", _("Published"), lambda s: _("published") if s.is_published else _("not published"),
            badge=lambda s: "success" if s.is_published else "neutral", sort="is_published",
        ),
        Column("use", _("State"), lambda s: _("in use") if s.is_active else _("out of use"), sort="is_active"),
    ]  # fmt: skip


class NotMetFilter(FilterForm):
    """What they are called, unit, zone of the last contact."""

    q = forms.CharField(label=_("Called"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), required=False, empty_label=_("all"))
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("all"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = visible_units(user)
        fields["zone"].queryset = Zone.objects.filter(partner__in=visible_units(user).values("partner"))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the people asked for, by their last contact."""
        data = self.cleaned_data
        if text := data.get("q"):
            person = Q(person__nickname__icontains=text) | Q(person__given_names__icontains=text)
            rows = rows.filter(Q(nickname__icontains=text) | person | Q(person__family_names__icontains=text))
        if team := data.get("team"):
            rows = rows.filter(team=team)
        if zone := data.get("zone"):
            rows = rows.filter(zone=zone)
        return rows


def not_met_columns() -> list[Column]:
    """Who, when and where for the last time, by which unit."""
    return [
        Column(
            "who", _("Who"), lambda c: c.called or _("somebody with a card"),
            link=lambda c: address_of("contact_detail", c.pk),
        ),
        Column("occurred_at", _("Last met"), lambda c: c.occurred_at, sort="occurred_at"),
        Column("days", _("Days ago"), lambda c: days_since(c.occurred_at), sort="-occurred_at"),
        Column("zone", _("Zone"), lambda c: c.zone.name, sort="zone__name"),
        Column("team", _("Unit"), lambda c: c.team.name, sort="team__name"),
    ]  # fmt: skip
