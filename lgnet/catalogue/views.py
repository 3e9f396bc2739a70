"""The public facts of the project and of every partner, for everybody; teams and who works in them, for managers."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue import selectors, services
from lgnet.catalogue.codes import MODULES
from lgnet.catalogue.forms import AddColleagueForm, ChooseTeamForm, LeaveForm, TeamEditForm, TeamForm
from lgnet.catalogue.models import Team, TeamMembership
from lgnet.catalogue.tables import STATE_KINDS, STATES, TeamFilter, team_columns, team_state
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.ids import uuid7
from lgnet.core.tables import Column, FilterForm, Table, table_response
from lgnet.network.access import access_of, can
from lgnet.network.exports import log_export
from lgnet.network.models import Aim, Partner, User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission

SUGGESTED = 5  # colleagues in no team that are seen at once; the others are one tap away


def _modules(partner: Partner) -> str:
    return ", ".join(str(MODULES.get(code, code)) for code in partner.modules)


COLUMNS = (
    Column("name", _("Partner"), lambda p: p.name, link=lambda p: p.get_absolute_url(), sort="name"),
    Column("kind", _("Kind"), lambda p: p.get_kind_display(), sort="kind"),
    Column("region", _("Region"), lambda p: p.region, sort="region"),
    Column("istat", _("ISTAT code"), lambda p: p.istat_code, sort="istat_code"),
    Column("modules", _("Services"), _modules),
)


class PartnerFilter(FilterForm):
    """Partners by a word in their name or region."""

    def apply(self, rows: QuerySet[Partner]) -> QuerySet[Partner]:
        """Return the partners whose name or region contains the word."""
        q = self.cleaned_data.get("q") or ""
        return rows.filter(Q(name__icontains=q) | Q(region__icontains=q)) if q else rows


def partner_list(request: HttpRequest) -> HttpResponse:
    """The partners of the project."""
    filters = PartnerFilter(request.GET or None)
    table = Table(
        request, selectors.partners(), COLUMNS, title=_("Partners"), filters=filters, default_sort="name",
        empty_text=_("No partner has this word in its name or region."),
    )  # fmt: skip
    return table_response(request, table, "catalogue/partner_list.html")


def partner_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner: services, sites, teams, targets and results with their sources."""
    partner = selectors.get_partner(slug)
    modules = [MODULES.get(code, code) for code in partner.modules]
    figures = list(partner.figures.all())
    return render(
        request,
        "catalogue/partner_detail.html",
        {
            "partner": partner,
            "modules": modules,
            "targets": [figure for figure in figures if figure.is_target],
            "results": [figure for figure in figures if not figure.is_target],
        },
    )


def project_page(request: HttpRequest) -> HttpResponse:
    """The project: its facts, specific objectives and expected results."""
    aims = selectors.aims()
    return render(
        request,
        "catalogue/project_page.html",
        {
            "project": selectors.project(),
            "objectives": aims[Aim.Kind.OBJECTIVE],
            "results": aims[Aim.Kind.RESULT],
            "partner_count": selectors.partners().count(),
        },
    )


# -- teams -----------------------------------------------------------------------------------------------------------


@require_GET
def team_list(request: StaffRequest) -> HttpResponse:
    """Teams of the partners whose staff the reader manages, and the colleagues who are in none of them."""
    user = request.user
    _managers_only(user)
    table = Table(
        request, selectors.listed_teams(user), team_columns(user), title=_("Teams"), default_sort="name",
        filters=TeamFilter(request.GET, user=user), new_url="team_new", new_label=_("New team"),
        empty_text=_("Nothing can be recorded before there is a team with somebody in it. Make the first one."),
    )  # fmt: skip
    return table_response(
        request, table, "catalogue/team_list.html", _suggestions(user),
        on_export=lambda count: log_export(user, services.TEAM, Permission.MANAGE_STAFF, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def team_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One team: who works in it, will and did, and putting somebody in it."""
    team = selectors.get_team(request.user, pk)
    free, busy = selectors.colleagues_for(team)
    form = AddColleagueForm(request.POST or None, team=team, free=free, busy=busy)
    if form.is_valid():
        place = run_service(form, services.join_team, by=request.user, team=team, **form.cleaned_data)
        if place:
            messages.success(request, _joined(place))
            return redirect("team_detail", pk)
    context = {"team": team, "form": form, "may_add": bool(free or busy), **_people(team)}
    context["several_partners"] = _has_several_partners(request.user)
    return render(request, "catalogue/team_detail.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: StaffRequest) -> HttpResponse:
    """Make a team."""
    _managers_only(request.user)
    partners = list(selectors.managed_partners(request.user))
    form = TeamForm(request.POST or None, partners=partners, initial={"kind": request.GET.get("kind", "")})
    if form.is_valid():
        team = run_service(form, services.create_team, by=request.user, **form.cleaned_data)
        if team:
            text = _("People can be sent to it now.") if team.is_outside else _("Now put its people in it.")
            messages.success(request, _("%(name)s is made.") % {"name": team.name} + f" {text}")
            return redirect("team_detail", team.pk)
    return render(request, "catalogue/team_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a team, or close it."""
    team = selectors.get_team(request.user, pk)
    form = TeamEditForm(request.POST or None, instance=team, kind_is_fixed=team.memberships.exists())
    if form.is_valid() and done(form, services.change_team, by=request.user, team=team, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("team_detail", pk)
    context = {"form": form, "team": team}
    return render(request, "catalogue/team_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team_join(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a colleague in a team, chosen here or in the list of those in none."""
    colleague = selectors.get_colleague(request.user, pk)
    teams = list(selectors.teams_for(request.user, colleague))
    usual = _usual(teams, selectors.usual_kinds(colleague))
    form = ChooseTeamForm(
        request.POST or None, teams=teams, known=selectors.managed_teams(request.user),
        initial={"team": usual and usual.pk},
    )  # fmt: skip
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("team", "starts_on", "ends_on", "record_id")}
        place = run_service(form, services.join_team, by=request.user, user=colleague, **given)
        if place:
            messages.success(request, _joined(place))
            to_list = form.cleaned_data["back"] == "list"
            return redirect("team_list") if to_list else redirect("staff_detail", pk)
    context = {"form": form, "colleague": colleague, "teams": teams}
    return render(request, "catalogue/team_join.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def team_leave(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a colleague out of a team, now or on a later day."""
    place = selectors.get_team_membership(request.user, pk)
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        left = run_service(form, services.leave_team, by=request.user, membership=place, **form.cleaned_data)
        if left:
            messages.success(request, _left(left))
            return redirect("team_detail", place.team_id)
    context = {"form": form, "place": place}
    return render(request, "catalogue/team_leave.html", context, status=422 if form.is_bound else 200)


@require_POST
def team_stay(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Undo taking a colleague out."""
    place = selectors.get_team_membership(request.user, pk)
    try:
        messages.success(request, _joined(services.stay_in_team(by=request.user, membership=place)))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("team_detail", place.team_id)


@dataclass(frozen=True)
class Suggestion:
    """A colleague in no team, with the teams to choose from.

    The `usual` one for the role is chosen already; `missing` is its kind where the city has none.
    """

    colleague: selectors.Colleague
    teams: list[Team]
    usual: Team | None
    missing: Team.Kind | None
    record_id: uuid.UUID


def _suggestions(user: User) -> dict[str, Any]:
    colleagues = selectors.colleagues_without_team(user)
    teams: dict[uuid.UUID, list[Team]] = {}
    for team in selectors.teams_to_join(user).order_by("name") if colleagues else ():
        teams.setdefault(team.partner_id, []).append(team)
    shown = []
    for one in colleagues:
        known, planned = teams.get(one.partner.pk, []), {place.team_id for place in one.planned}
        others = [team for team in known if team.pk not in planned]
        missing = None if _usual(known, one.kinds) else min(one.kinds)
        shown.append(Suggestion(one, others, _usual(others, one.kinds), missing, uuid7()))
    return {
        "suggestions": shown[:SUGGESTED],
        "more_suggestions": shown[SUGGESTED:],
        "without_team": len(colleagues),
        "several_partners": _has_several_partners(user),
    }


def _has_several_partners(user: User) -> bool:
    return len(access_of(user).partner_ids(Permission.MANAGE_STAFF)) > 1


def _usual(teams: list[Team], kinds: set[Team.Kind]) -> Team | None:
    return next((team for team in teams if team.kind in kinds), None)


def _people(team: Team) -> dict[str, Any]:
    places = selectors.people_of(team)
    current = [place for place in places if place.membership.state == "current"]
    here = [place for place in current if place.roles]
    state = team_state(team, people=len(here))
    return {
        "here": here,
        "idle": [place for place in current if not place.roles],
        "planned": [place for place in places if place.membership.state == "planned"],
        "past": selectors.past_people_of(team)[: selectors.PAST_SHOWN],
        "state": STATES[state],
        "state_kind": STATE_KINDS[state],
    }


def _joined(place: TeamMembership) -> str:
    text = _now("%(name)s is in %(team)s.")
    if place.state == "planned":
        text = _now("%(name)s will be in %(team)s from %(day)s.")
    day = date_format(place.starts_on, "SHORT_DATE_FORMAT")
    return text % {"name": place.user.full_name, "team": place.team.name, "day": day}


def _left(place: TeamMembership) -> str:
    names = {"name": place.user.full_name, "team": place.team.name}
    if place.state == "ended" or place.ends_on is None:
        return _now("%(name)s is no longer in %(team)s. Today it can still be undone.") % names
    day = date_format(place.ends_on, "SHORT_DATE_FORMAT")
    return _now("%(name)s is in %(team)s until %(day)s.") % (names | {"day": day})


def _managers_only(user: User) -> None:
    if not can(user, Permission.MANAGE_STAFF):
        raise PermissionDenied
