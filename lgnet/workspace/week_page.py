"""The week of who is signed in, or of a team she or he works in: everything with a day, from every service.

A service adds its lines with one function of `week_lines` (it takes the week asked for, and reads as the reader may).
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of, team_members
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.people.selectors import log_listing
from lgnet.workspace import week_lines, week_plans
from lgnet.workspace.week import Asked, Line, monday_of

_LINES: tuple[Callable[[Asked], Iterable[Line]], ...] = (
    week_lines.shifts,
    week_lines.appointments,
    week_lines.tasks,
    week_plans.meetings,
    week_lines.goals,
    week_plans.actions,
    week_plans.reviews,
    week_lines.follow_ups,
    week_lines.referrals,
)


@require_GET
def week(request: StaffRequest) -> HttpResponse:
    """Seven days: columns on a wide screen, one list on a phone; earlier and later by link and by the arrow keys."""
    teams = list(Team.objects.filter(pk__in=team_ids_of(request.user)).order_by("name"))
    team = _team_asked(teams, request.GET.get("whose", ""))
    asked = asked_week(request.user, team, monday_of(request.GET.get("day", "")))
    context = {
        "days": days_of(asked), "teams": teams, "team": team, "users": asked.users, "first": asked.first,
        "last": asked.last, "before": asked.first - timedelta(days=7), "after": asked.first + timedelta(days=7),
        "whose": f"whose={team.pk}&" if team else "",
    }  # fmt: skip
    return render(request, "workspace/week.html", context)


def asked_week(reader: User, team: Team | None, first: date) -> Asked:
    """The own week, or that of everybody in a team that works today."""
    if team is None:
        return Asked(reader, (reader,), team_ids_of(reader), first)
    return Asked(reader, tuple(team_members(team)), frozenset([team.pk]), first, is_own=False)


def days_of(asked: Asked) -> list[dict[str, Any]]:
    """The seven days with their lines, those without an hour first. The persons named are logged."""
    lines = [line for give in _LINES for line in give(asked)]
    log_listing(asked.reader, {line.person.pk: line.person for line in lines if line.person}.values())
    lines.sort(key=lambda line: (line.clock, line.title))
    days = [asked.first + timedelta(days=number) for number in range(7)]
    today = timezone.localdate()
    return [
        {"day": day, "is_today": day == today, "lines": [line for line in lines if line.day == day]} for day in days
    ]


def _team_asked(teams: list[Team], asked: str) -> Team | None:
    """The team of the address, if it is one of the own; nothing asks for the own week. Raises Http404."""
    if not asked:
        return None
    try:
        pk = uuid.UUID(asked)
    except ValueError:
        raise Http404 from None
    team = next((team for team in teams if team.pk == pk), None)
    if team is None:
        raise Http404
    return team
