"""The quick screen that counts what is given, its list, and what a city counts."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import service_types
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.ids import uuid7
from lgnet.core.tables import Table
from lgnet.desks import counted_selectors as selectors
from lgnet.desks import counted_services as services
from lgnet.desks.counted_forms import CountedForm, TapForm
from lgnet.desks.counted_tables import CountedFilter, counted_columns
from lgnet.desks.models import CountedService
from lgnet.network.access import can
from lgnet.network.models import Partner
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import visible_persons


@require_GET
def counted_panel(request: StaffRequest) -> HttpResponse:
    """The quick screen: the services with today's totals, one box for the person, one button without a name."""
    team = _team(request, request.GET)
    context = _screen(request, team, request.GET)
    if request.headers.get("HX-Target") in {"counted", "counted-found"}:
        return render(request, "desks/_counted.html", context)
    return render(request, "desks/counted_panel.html", context)


@require_POST
def counted_tap(request: StaffRequest) -> HttpResponse:
    """One tap: something was given."""
    team = _team(request, request.POST)
    form = TapForm(request.POST, teams=selectors.counting_teams(request.user), persons=visible_persons(request.user))
    row = None
    if form.is_valid():
        row = run_service(form, services.count_service, by=request.user, **form.cleaned_data)
    problem = "" if row else " ".join(str(text) for texts in form.errors.values() for text in texts)
    return _told(request, team, row, problem)


@require_POST
def counted_undo(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A tap was a mistake."""
    row = selectors.get_count(request.user, pk)
    try:
        services.undo_count(by=request.user, row=row)
    except DomainError as error:
        return _told(request, row.team, None, str(error))
    return _told(request, row.team, None, "", undone=row)


@require_GET
def counted_list(request: StaffRequest) -> HttpResponse:
    """What was counted at the reader's desks: filters, export."""
    user = request.user
    if not can(user, Permission.COUNT_SERVICES):
        raise PermissionDenied
    table = Table(
        request, selectors.listed_counts(user), counted_columns(), title=_("Counted services"),
        filters=CountedFilter(request.GET or None, user=user), default_sort="-counted_at",
        empty_text=_("Nothing was counted yet. Each tap on the quick screen is one row."),
        new_url="counted_panel", new_label=_("Count"), person_of=lambda row: row.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "desks/counted_list.html", object_type="desks.countedservice",
        permission=Permission.COUNT_SERVICES,
    )  # fmt: skip


@require_GET
def counted_setup(request: StaffRequest) -> HttpResponse:
    """What the reader's cities count, and how often a day is usual."""
    cities = list(selectors.cities_that_count(request.user))
    if not cities:
        raise PermissionDenied
    parts = [(city, selectors.choices_of(city.pk)) for city in cities]
    return render(request, "desks/counted_setup.html", {"parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
def counted_change(request: StaffRequest, slug: str, code: str) -> HttpResponse:
    """Say whether a city counts a service, and its limit."""
    city = selectors.cities_that_count(request.user).filter(slug=slug).first()
    choice = _choice(city, code) if city else None
    if city is None or choice is None:
        raise Http404
    initial = {"is_counted": choice.is_counted, "daily_limit": choice.daily_limit}
    form = CountedForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        about = {"partner_id": city.pk, "service_type": choice.service_type}
        if done(form, services.set_counted, by=request.user, **about, **form.cleaned_data):
            messages.success(request, _("Saved: %(service)s.") % {"service": choice.service_type.name})
            return redirect("counted_setup")
    context = {"form": form, "service": choice.service_type, "city": city}
    return render(request, "desks/counted_change.html", context, status=422 if form.errors else 200)


# -- small parts -----------------------------------------------------------------------------------------------------


def _team(request: StaffRequest, asked: QueryDict) -> Team:
    teams = list(selectors.counting_teams(request.user))
    if not teams:
        raise PermissionDenied(_("You work at no desk today. Ask the coordinator to add you to one."))
    return next((team for team in teams if str(team.pk) == asked.get("team")), teams[0])


def _choice(city: Partner, code: str) -> selectors.Choice | None:
    if not service_types().filter(code=code).exists():
        return None
    return next((row for row in selectors.choices_of(city.pk) if row.service_type.code == code), None)


def _screen(request: StaffRequest, team: Team, asked: QueryDict) -> dict[str, Any]:
    """What the quick screen shows of a team, with a service chosen and a name typed."""
    types = selectors.counted_types(team.partner_id)
    chosen = next((one for one in types if one.service_type.code == asked.get("service")), types[0] if types else None)
    text = asked.get("q", "").replace("\x00", "").strip()[:100]
    totals = selectors.totals_today(team)
    found = selectors.candidates(request.user, team, text, chosen) if chosen and text else []
    return {
        "team": team, "teams": selectors.counting_teams(request.user), "chosen": chosen, "text": text,
        "types": [(one, totals.get(one.service_type.pk, 0)) for one in types],
        "found": [(one, uuid7()) for one in found], "anonymous_id": uuid7(),
        "latest": selectors.latest_counts(request.user, team),
        "keeps": can(request.user, Permission.KEEP_DIRECTORY, partner=team.partner_id),
    }  # fmt: skip


def _told(
    request: StaffRequest, team: Team, row: CountedService | None, problem: str, undone: CountedService | None = None
) -> HttpResponse:
    """The screen again: what was counted or undone, in words, and the box empty for the next person."""
    asked = QueryDict(mutable=True)
    asked["service"] = request.POST.get("service", "")[:40]
    if problem:
        asked["q"] = request.POST.get("q", "")
    said = problem or _said(row or undone, is_undone=undone is not None)
    if request.headers.get("HX-Target") == "counted":
        context = _screen(request, team, asked) | {"said": said, "is_problem": bool(problem)}
        return render(request, "desks/_counted.html", context)
    (messages.error if problem else messages.success)(request, said)
    return redirect(f"{reverse('counted_panel')}?{urlencode({'team': str(team.pk), 'service': str(asked['service'])})}")


def _said(row: CountedService | None, *, is_undone: bool) -> str:
    if row is None:
        return ""
    name = row.person.name_as_used if row.person else _("name not asked")
    words = _("Undone: %(service)s, %(name)s.") if is_undone else _("Counted: %(service)s, %(name)s.")
    return words % {"service": row.service_type.name, "name": name}
