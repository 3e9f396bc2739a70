"""Columns, filters and the form of the list of titles that end."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import TitleStep
from lgnet.cases.titles import next_thing, pressing, to_tell
from lgnet.catalogue.models import Team
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField, LgForm
from lgnet.core.once import RecordIdField
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.people.document_tables import time_left, urgency
from lgnet.people.forms import text_line
from lgnet.people.models import FileMember
from lgnet.people.selectors import search_persons

ALL = ("", _("all"))
NOTHING_DONE = "none"
STATES: dict[str, Promise] = {TitleStep.State(value): label for value, label in TitleStep.State.choices}
STATE_KINDS = {"told": "info", "booked": "info", "asked": "success", "not_reached": "warning"}


class TitleFilter(FilterForm):
    """When it ends, what was done about it, whose."""

    q = forms.CharField(label=_("Name, birth, code, number"), required=False, max_length=200)
    within = forms.ChoiceField(
        label=_("Ends"), required=False,
        choices=[
            ("", _("in the next 90 days, or ended lately")), ("30", _("in the next 30 days")),
            ("60", _("in the next 60 days")), ("90", _("in the next 90 days")), ("ended", _("has ended")),
            ("all", _("all")),
        ],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("What was done"), required=False,
        choices=[ALL, (NOTHING_DONE, _("to be told")), *TitleStep.State.choices],
    )  # fmt: skip
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("all"))
    city = forms.ModelChoiceField(Partner.objects.none(), label=_("City"), required=False, empty_label=_("all"))
    mine = forms.BooleanField(label=_("of my cases"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        partners = access_of(user).partner_ids(Permission.VIEW_PEOPLE)
        teams = Team.objects.filter(partner__in=partners, is_active=True).exclude(kind=Team.Kind.OUTSIDE)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams.order_by("name")
        if len(partners) > 1:
            cities = Partner.objects.filter(pk__in=partners).order_by("short_name")
            cast(forms.ModelChoiceField, self.fields["city"]).queryset = cities
        else:
            del self.fields["city"]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was asked for."""
        data = self.cleaned_data
        rows = _when(rows, data.get("within") or "")
        if state := data.get("state"):
            rows = to_tell(rows) if state == NOTHING_DONE else rows.filter(state=state)
        if team := data.get("team"):
            open_now = FileMember.objects.filter(team=team).filter(_current())
            rows = rows.filter(person__in=open_now.values("person"))
        if city := data.get("city"):
            rows = rows.filter(partner=city)
        if text := data.get("q"):
            found = search_persons(self.user, text)
            self.more = found.cut
            rows = rows.filter(person__in=list(found.keys))
        return rows.filter(mine=True) if data.get("mine") else rows


def _current() -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())


def _when(rows: QuerySet[Any], within: str) -> QuerySet[Any]:
    today = timezone.localdate()
    if within == "ended":
        return rows.filter(last_day__lt=today)
    if within == "all":
        return rows
    if within:
        return rows.filter(last_day__gte=today, last_day__lte=today + timedelta(days=int(within)))
    return pressing(rows)


class _End:
    """A last day as the words of documents read it."""

    def __init__(self, row: Any) -> None:
        self.expires_on = row.last_day


def left(row: Any) -> str:
    """How long it is still good, in words."""
    return time_left(_End(row))


def left_kind(row: Any) -> str:
    """The colour word of `left`."""
    return urgency(_End(row))


def state_words(row: Any) -> str:
    """What was done last, or that the person is to be told."""
    return str(STATES[row.state]) if row.state else str(_("to be told"))


def title_columns(*, several_cities: bool) -> list[Column]:
    """Whose title ends when, what to do next, what was done."""
    columns = [
        Column("last_day", _("Valid until"), lambda row: row.last_day, sort="last_day"),
        Column("left", _("Time left"), left, badge=left_kind),
        Column("person", _("Person"), lambda row: row.person.name_as_used, sort="person__family_names",
               link=lambda row: address_of("title_detail", row.pk)),
        Column("code", _("Code"), lambda row: row.person.pseudonym, code=True),
        Column("title", _("Title to stay"), lambda row: row.get_title_type_display(), sort="title_type"),
        Column("next", _("What to do next"), lambda row: str(next_thing(row, row.last_day))),
        Column("state", _("What was done"), state_words, sort="state",
               badge=lambda row: STATE_KINDS.get(row.state, "danger")),
        Column("stepped_on", _("On"), lambda row: row.stepped_on, sort="stepped_on"),
    ]  # fmt: skip
    if several_cities:
        columns.append(Column("city", _("City"), lambda row: row.partner.short_name, sort="partner__short_name"))
    return columns


class TitleStepForm(LgForm):
    """What was done about it: told by default, today, by telephone."""

    record_id = RecordIdField()
    state = forms.ChoiceField(
        label=_("What was done"), choices=TitleStep.State.choices, widget=forms.RadioSelect,
        initial=TitleStep.State.TOLD,
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("How"), choices=[("", _("Choose")), *TitleStep.Way.choices], required=False, initial=TitleStep.Way.PHONE
    )
    done_on = DayField(label=_("On"), initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, widget=text_line())
