"""Columns, filters and forms of team meetings."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.meeting_models import TeamMeeting
from lgnet.cases.meetings import MOST_AT_ONCE
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField, LgForm, LongTextField, MomentField
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User

STATE_KINDS = {"planned": "info", "running": "warning", "closed": "success", "called_off": "neutral"}
USUALLY_DUE = timedelta(days=14)


class MeetingFilter(FilterForm):
    """Which team, whether it was, and a word of place or chair."""

    q = forms.CharField(label=_("Place or who leads it"), required=False, max_length=80)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), ("open", _("to come")), *TeamMeeting.Status.choices]
    )

    def __init__(self, *args: Any, rows: QuerySet[TeamMeeting], **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(pk__in=rows.order_by().values("team")).order_by("name")
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(Q(place__icontains=text) | Q(chair__full_name__icontains=text))
        if team := data.get("team"):
            rows = rows.filter(team=team)
        if state := data.get("state"):
            rows = rows.filter(status__in=TeamMeeting.OPEN if state == "open" else [state])
        return rows


def meeting_columns(user: User) -> list[Column]:
    """When, which team, where, who leads it, how many points and decisions."""
    teams = team_ids_of(user)
    return [
        Column("starts_at", _("When"), lambda row: row.starts_at, sort="starts_at",
               link=lambda row: address_of("meeting_detail", row.pk) if row.team_id in teams else None),
        Column("team", _("Team"), lambda row: row.team.name, sort="team__name"),
        Column("place", _("Where"), lambda row: row.place),
        Column("chair", _("Leads it"), lambda row: row.chair.full_name, sort="chair__full_name"),
        Column("state", _("State"), lambda row: row.get_status_display(), sort="status",
               badge=lambda row: STATE_KINDS[row.status]),
        Column("points", _("Points"), lambda row: row.points),
        Column("decisions", _("Decisions"), lambda row: row.decisions),
    ]  # fmt: skip


class ChangeMeetingForm(LgForm):
    """When, where, who leads it."""

    starts_at = MomentField(label=_("When"))
    place = forms.CharField(
        label=_("Where"), max_length=200, required=False, help_text=_("A room, or the address of a video call.")
    )
    chair = forms.ModelChoiceField(User.objects.none(), label=_("Leads the meeting"), empty_label=None)

    def set_people(self, people: QuerySet[User]) -> None:
        """Offer those of the team to lead it."""
        cast(forms.ModelChoiceField, self.fields["chair"]).queryset = people


class MeetingForm(ChangeMeetingForm):
    """A meeting to come, or some of them."""

    field_order = ("team", "starts_at", "place", "chair", "every", "times", "record_id")

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    every = forms.TypedChoiceField(
        label=_("Repeat"), coerce=int, choices=[(0, _("only once")), (7, _("every week")), (14, _("every two weeks"))]
    )
    times = forms.IntegerField(
        label=_("How many in all"), min_value=1, max_value=MOST_AT_ONCE, initial=4, required=False,
        help_text=_("Only where it repeats."),
    )  # fmt: skip
    record_id = RecordIdField()

    def set_teams(self, teams: QuerySet[Team]) -> None:
        """Offer the teams of who plans."""
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        return self.cleaned_data | {"times": self.cleaned_data["times"] or 1}


def after_the_last(last: TeamMeeting | None) -> datetime:
    """When the next one may be: a week after the last, or tomorrow at nine."""
    now = timezone.localtime()
    if last is None:
        return (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    moment = timezone.localtime(last.starts_at)
    while moment <= now:
        moment += timedelta(days=7)
    return moment if moment > timezone.localtime(last.starts_at) else moment + timedelta(days=7)


class AgendaForm(LgForm):
    """Why a case should be talked about."""

    words = forms.CharField(label=_("Why, in a few words"), max_length=300)
    disagreement = forms.BooleanField(label=_("We judge this differently"), required=False)


class PointForm(LgForm):
    """A general point."""

    words = forms.CharField(label=_("Another point, about no case"), max_length=300)
    record_id = RecordIdField()


class DecisionForm(LgForm):
    """What, who, by when."""

    words = forms.CharField(label=_("What is decided"), max_length=300)
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=_("Choose"))
    due_on = DayField(label=_("By"))
    record_id = RecordIdField()

    def set_people(self, people: Iterable[User]) -> None:
        """Offer those who can do it."""
        pks = [user.pk for user in people]
        field = cast(forms.ModelChoiceField, self.fields["owner"])
        field.queryset = User.objects.filter(pk__in=pks).order_by("full_name")
        field.choices = [("", _("Choose")), *((user.pk, user.full_name) for user in people)]


class AddendumForm(LgForm):
    """What is added to closed minutes."""

    item = forms.ChoiceField(label=_("About"), required=False)
    words = LongTextField(label=_("What has to be added or put right"), rows=3)
    record_id = RecordIdField()

    def set_points(self, points: Iterable[tuple[str, str]]) -> None:
        """Offer the points that the writer sees."""
        cast(forms.ChoiceField, self.fields["item"]).choices = [("", _("the whole meeting")), *points]
