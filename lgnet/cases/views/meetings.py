"""Pages of team meetings: the list, planning, the page of one, its minutes."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import meeting_minutes, meeting_selectors, meetings
from lgnet.cases.meeting_models import TeamMeeting
from lgnet.cases.meeting_page import Point, points_of
from lgnet.cases.meeting_paper import minutes_for
from lgnet.cases.meeting_tables import (
    AddendumForm,
    ChangeMeetingForm,
    DecisionForm,
    MeetingFilter,
    MeetingForm,
    PointForm,
    after_the_last,
    meeting_columns,
)
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.papers import pdf_response
from lgnet.core.tables import Table, table_response
from lgnet.files.serving import file_response
from lgnet.network.access import can
from lgnet.network.exports import log_export
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission

Act = Callable[..., TeamMeeting]


@require_GET
def meeting_list(request: StaffRequest) -> HttpResponse:
    """The meetings of one's teams, the next one on top; for the coordinator those of the city."""
    user = request.user
    if not (can(user, Permission.WORK_ON_CASE) or can(user, Permission.ASSIGN_CASE)):
        raise PermissionDenied
    rows, may_plan = meeting_selectors.listed_meetings(user), meeting_selectors.meeting_teams(user).exists()
    table = Table(
        request, meeting_selectors.next_first(rows), meeting_columns(user), title=_("Team meetings"),
        filters=MeetingFilter(request.GET or None, rows=rows),
        empty_text=_("No meeting yet. Plan the first one: its agenda fills by itself."),
        new_url="meeting_new" if may_plan else "", new_label=_("Plan a meeting"),
    )  # fmt: skip
    context = {"general": list(meeting_selectors.general_decisions(user)), "may_plan": may_plan}
    return table_response(
        request, table, "cases/meeting_list.html", context,
        on_export=lambda count: log_export(user, "cases.teammeeting", Permission.WORK_ON_CASE, count),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: StaffRequest) -> HttpResponse:
    """Plan a meeting, or some of them."""
    teams = meeting_selectors.meeting_teams(request.user)
    if not teams:
        raise PermissionDenied(_("You are in no team that works on cases."))
    last = meeting_selectors.own_meetings(request.user).order_by("-starts_at").first()
    initial = {"starts_at": after_the_last(last), "place": last.place if last else "", "chair": request.user.pk}
    form = MeetingForm(request.POST or None, initial=initial)
    form.set_teams(teams)
    form.set_people(meeting_selectors.colleagues_in(teams))
    plan = meetings.plan_meeting
    if form.is_valid() and (planned := run_service(form, plan, by=request.user, **form.arguments())):
        messages.success(request, _("Planned. The agenda fills by itself; you can add to it."))
        return redirect("meeting_detail", planned.pk)
    return render(request, "cases/meeting_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Move a meeting, or change where it is and who leads it."""
    meeting = meeting_selectors.get_meeting(request.user, pk)
    if meeting.status != meeting.Status.PLANNED:
        return redirect("meeting_detail", pk)
    initial = {"starts_at": timezone.localtime(meeting.starts_at), "place": meeting.place, "chair": meeting.chair_id}
    form = ChangeMeetingForm(request.POST or None, initial=initial)
    form.set_people(team_members(meeting.team))
    if form.is_valid() and done(form, meetings.change_meeting, by=request.user, meeting=meeting, **form.cleaned_data):
        messages.success(request, _("The meeting is changed."))
        return redirect("meeting_detail", pk)
    context = {"form": form, "meeting": meeting}
    return render(request, "cases/meeting_edit.html", context, status=422 if form.is_bound else 200)


@require_GET
def meeting_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A meeting: the agenda before, the minutes during, what came of it after."""
    return meeting_page(request, meeting_selectors.get_meeting(request.user, pk))


def meeting_page(request: StaffRequest, meeting: TeamMeeting, **bound: Any) -> HttpResponse:
    """The page; `bound` are forms that could not be taken, with what was typed: `point`, `addendum`, `decision`."""
    points = points_of(request.user, meeting)
    team = list(team_members(meeting.team))
    for point in points:
        point.form = _decision_form(point, team, bound.get("decision"))
    addendum = bound.get("addendum") or AddendumForm(auto_id="addendum_%s")
    addendum.set_points(point_choices(points))
    context = {
        "meeting": meeting, "points": points, "point_form": bound.get("point") or PointForm(auto_id="point_%s"),
        "addendum_form": addendum, "left": sum(point.item.state == "open" for point in points),
        "addenda": meeting.addenda.filter(item__isnull=True).select_related("by"),
        "people": meeting_selectors.who_was_there(meeting, team), "running": meeting.status == meeting.Status.RUNNING,
        "whole": meeting.minutes_id is not None and meeting_selectors.reads_every_point(request.user, meeting),
        "is_next": meeting_selectors.next_meeting(meeting.team) == meeting,
    }  # fmt: skip
    return render(request, "cases/meeting_detail.html", context, status=422 if bound else 200)


def point_choices(points: list[Point]) -> list[tuple[str, str]]:
    """The points, as somebody chooses one."""
    return [
        (str(one.item.pk), one.case.person.name_as_used if one.case else one.item.words) for one in points
    ]  # fmt: skip


def _decision_form(point: Point, team: list[User], bound: Any) -> DecisionForm | None:
    if not point.may_decide:
        return None
    if bound and bound[0].pk == point.item.pk:
        form: DecisionForm = bound[1]
    else:
        form = DecisionForm(auto_id=f"decide-{point.item.pk}_%s")
    form.set_people(point.workers if point.case else team)
    return form


ACTS: dict[str, tuple[Act, Callable[[], str]]] = {
    "start": (meetings.start_meeting, lambda: _("The meeting has begun.")),
    "call-off": (
        meetings.call_off_meeting,
        lambda: _("Called off. What was on the agenda comes back next time."),
    ),
    "close": (meeting_minutes.close_meeting, lambda: _("The meeting is closed, the minutes are fixed.")),
}


@require_POST
def meeting_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Begin, close or call off a meeting."""
    meeting, (service, told) = meeting_selectors.get_meeting(request.user, pk), ACTS[act]
    try:
        service(by=request.user, meeting=meeting)
        messages.success(request, told())
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("meeting_detail", pk)


@require_POST
def meeting_fill(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Look for what is new for the agenda; only what the reader may see is counted."""
    meeting = meeting_selectors.get_meeting(request.user, pk)
    try:
        new = [item.pk for item in meetings.fill_agenda(by=request.user, meeting=meeting)]
    except DomainError as error:
        messages.error(request, str(error))
    else:
        count = meeting_selectors.readable_items(request.user).filter(pk__in=new).count()
        text = _("Added: %(count)s.") % {"count": count} if count else _("There is nothing new.")
        messages.success(request, text)
    return redirect("meeting_detail", pk)


@require_GET
def meeting_minutes_pdf(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The agenda or minutes as PDF, with what the reader may see; with names only where `?names=full` asks for them."""
    meeting = meeting_selectors.get_meeting(request.user, pk)
    content = minutes_for(request.user, meeting, full_names=request.GET.get("names") == "full")
    return pdf_response(content, _file_name(meeting))


@require_GET
def meeting_stored(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The minutes as they were fixed, complete: only for who may read every case in them."""
    meeting = meeting_selectors.get_meeting(request.user, pk)
    if meeting.minutes is None or not meeting_selectors.reads_every_point(request.user, meeting):
        raise Http404
    meeting_selectors.note_whole_read(request.user, meeting)
    return file_response(meeting.minutes, _file_name(meeting))


def _file_name(meeting: TeamMeeting) -> str:
    return f"{_('minutes')}-{timezone.localdate(meeting.starts_at).isoformat()}.pdf"
