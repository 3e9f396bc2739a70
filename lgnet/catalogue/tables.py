"""Columns and filters of the list of teams."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import current_team_memberships, managed_partners
from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User

ALL = ("", _("all"))
STATES = {"open": _("active"), "empty": _("nobody in it"), "closed": _("not active")}
STATE_KINDS = {"open": "success", "empty": "warning", "closed": "neutral"}


def team_state(team: Team, *, people: int) -> str:
    """The key in STATES of a team in which so many people of the network work today."""
    if not team.is_active:
        return "closed"
    return "open" if people or team.is_outside else "empty"


def _state(team: Any) -> str:
    return team_state(team, people=team.people)


class TeamFilter(FilterForm):
    """Team, site or somebody in it; kind; partner where there are several; state, closed ones only when asked for."""

    q = forms.CharField(label=_("Team, site or colleague"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ALL, *Team.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", STATES["open"]), ("empty", STATES["empty"]), ("closed", STATES["closed"]), ("all", _("all"))],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        partners = [(str(partner.pk), partner.short_name) for partner in managed_partners(user)]
        if len(partners) > 1:
            field = forms.ChoiceField(label=_("Partner"), required=False, choices=[ALL, *partners])
            field.widget.attrs["class"] = "form-select"
            self.fields["partner"] = field

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the teams asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            called = current_team_memberships().filter(team=OuterRef("pk"), user__full_name__icontains=text)
            rows = rows.filter(Q(name__icontains=text) | Q(site__name__icontains=text) | Exists(called))
        if kind := data.get("kind"):
            rows = rows.filter(kind=kind)
        if partner := data.get("partner"):
            rows = rows.filter(partner=partner)
        match data.get("state"):
            case "all":
                return rows
            case "closed":
                return rows.filter(is_active=False)
            case "empty":
                return rows.filter(is_active=True, people=0).exclude(kind=Team.Kind.OUTSIDE)
        return rows.filter(is_active=True)


def team_columns(user: User) -> list[Column]:
    """What it is called, what it does where, how many work in it today; of which city, if there are several."""
    one_city = managed_partners(user).count() < 2
    return [
        Column("name", _("Name"), lambda t: t.name, sort="name", link=lambda t: address_of("team_detail", t.pk)),
        Column("kind", _("Kind"), lambda t: t.get_kind_display(), sort="kind"),
        Column("site", _("Site"), lambda t: t.site.name if t.site else "", sort="site__name"),
        Column(
            "partner", _("Partner"), lambda t: t.partner.short_name, sort="partner__short_name", export_only=one_city
        ),
        Column("schedule", _("Days and hours"), lambda t: t.schedule, export_only=True),
        Column("crew", _("Professions"), lambda t: t.crew, export_only=True),
        Column("reach", _("Address and telephone"), lambda t: t.reach, export_only=True),
        Column("people", _("People today"), lambda t: t.people, sort="people"),
        Column("state", _("State"), lambda t: STATES[_state(t)], badge=lambda t: STATE_KINDS[_state(t)]),
    ]  # fmt: skip
