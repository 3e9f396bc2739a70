"""The coordinator's board, and the people whom the units have not met for two weeks."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lgnet.core.report_tables import hour_name
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import outing_board as board
from lgnet.outreach.outing_selectors import visible_units
from lgnet.outreach.outing_tables import STATE_KINDS, NotMetFilter, not_met_columns
from lgnet.outreach.selectors import names_of, not_met_for
from lgnet.people.lists import person_table_response
from lgnet.people.selectors import log_listing

NOT_MET_DAYS = 14
SHOWN = 8  # rows of a kind; the rest is one tap away


@require_GET
def outing_board(request: StaffRequest) -> HttpResponse:
    """Tonight's outings, contacts so far by zone and hour, people not met for two weeks, cards without an answer.

    For the page that renews itself only what changes by the minute, and nobody's name: a look is logged once.
    """
    if not can(request.user, Permission.PLAN_OUTINGS):
        raise PermissionDenied
    context = _live(request)
    if request.htmx and request.htmx.target == "board-live":
        return render(request, "outreach/_board_live.html", context)
    return render(request, "outreach/outing_board.html", context | _waiting(request.user))


def _live(request: StaffRequest) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    outings = list(board.outings_on_board(user, now))
    grid, asked = board.contacts_by_hour(user, now, outings), request.GET.get("hour", "")
    shown = {hour.hour for hour in grid.hours}
    hour = int(asked) if asked.isdecimal() and len(asked) < 3 and int(asked) in shown else None
    return {
        "outings": outings, "kinds": STATE_KINDS, "grid": grid, "now": now, "hours": _hour_links(grid, hour),
        "since": timezone.localdate(now - board.LOOK_BACK), "cities": board.board_maps(user, now, outings, grid, hour),
    }  # fmt: skip


def _hour_links(grid: board.Grid, chosen: int | None) -> list[dict[str, Any]]:
    url = reverse("outing_board")
    every = {"label": _("Whole night"), "url": f"{url}#map", "is_here": chosen is None}
    hours = (moment.hour for moment in grid.hours)
    return [
        every,
        *({"label": hour_name(h), "url": f"{url}?hour={h}#map", "is_here": h == chosen} for h in hours),
    ]


def _waiting(user: User) -> dict[str, Any]:
    """Whom the units have not met, and whose card has no answer: logged."""
    missed = list(names_of(not_met_for(user, visible_units(user), NOT_MET_DAYS))[: SHOWN + 1])
    waiting = list(board.unanswered_from_street(user)[: SHOWN + 1])
    shown: list[Any] = [*missed[:SHOWN], *waiting[:SHOWN]]
    log_listing(user, {row.person.pk: row.person for row in shown if row.person}.values())
    return {
        "missed": missed[:SHOWN], "waiting": waiting[:SHOWN],
        "more_missed": len(missed) > SHOWN, "more_waiting": len(waiting) > SHOWN,
    }  # fmt: skip


@require_GET
def not_met_list(request: StaffRequest) -> HttpResponse:
    """People whom the units know and have not met for two weeks: filters, export."""
    user = request.user
    if not can(user, Permission.VIEW_CONTACTS):
        raise PermissionDenied
    table = Table(
        request, names_of(not_met_for(user, visible_units(user), NOT_MET_DAYS)), not_met_columns(),
        title=_("Not met for two weeks"), filters=NotMetFilter(request.GET or None, user=user),
        default_sort="occurred_at", empty_text=_("Everybody the units know was met in the last two weeks."),
        person_of=lambda contact: contact.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "outreach/not_met_list.html", object_type="outreach.contact",
        permission=Permission.VIEW_CONTACTS,
    )  # fmt: skip
