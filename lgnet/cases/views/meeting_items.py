"""What is done with the points of a meeting: order, minutes, decisions, who was there, additions."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lgnet.cases import meeting_minutes, meeting_selectors, meetings, selectors
from lgnet.cases.line_merging import plain
from lgnet.cases.meeting_models import AgendaItem, TeamMeeting
from lgnet.cases.meeting_page import points_of
from lgnet.cases.meeting_tables import AddendumForm, AgendaForm, DecisionForm, PointForm
from lgnet.cases.views.meetings import meeting_page, point_choices
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.forms import LONG_TEXT, done
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.people.closed_files import asks_for_closed_file

TICKS = ("present", "seen")  # who is ticked, and who was when the page was drawn
ITEM_ACTS: dict[str, Callable[[User, AgendaItem], AgendaItem]] = {
    "up": lambda by, item: meetings.move_item(by=by, item=item, up=True),
    "down": lambda by, item: meetings.move_item(by=by, item=item, up=False),
    "out": lambda by, item: meetings.take_out(by=by, item=item),
    "disagree": lambda by, item: meetings.mark_disagreement(by=by, item=item, disagreement=True),
    "agree": lambda by, item: meetings.mark_disagreement(by=by, item=item, disagreement=False),
    "discussed": lambda by, item: meeting_minutes.discuss_item(by=by, item=item),
    "put-off": lambda by, item: meeting_minutes.put_off_item(by=by, item=item),
    "again": lambda by, item: meeting_minutes.reopen_item(by=by, item=item),
}


@require_POST
def item_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Move a point, take it out, settle it."""
    item = meeting_selectors.get_item(request.user, pk)
    try:
        ITEM_ACTS[act](request.user, item)
    except DomainError as error:
        messages.error(request, str(error))
    return _back(item.meeting_id, "points" if act == "out" else f"point-{pk}")


@require_POST
def item_note(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is written while it is written; where a colleague wrote too, both see both."""
    item = meeting_selectors.get_item(request.user, pk)
    said = request.POST.get("said", "")[:LONG_TEXT]
    try:
        item = meeting_minutes.note_item(by=request.user, item=item, said=said, seen=request.POST.get("seen", ""))
        error = ""
    except DomainError as refused:
        error = str(refused)
    both = not error and item.said != plain(said)
    if request.htmx:
        return render(request, "cases/_meeting_saved.html", {"item": item, "both": both, "error": error, "kept": True})
    if error:
        messages.error(request, error)
    elif both:
        messages.warning(request, _("A colleague wrote here at the same moment: what both wrote is kept."))
    return _back(item.meeting_id, f"point-{pk}")


@require_POST
def item_decide(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Record what is decided, who does it and by when."""
    item = meeting_selectors.get_item(request.user, pk)
    form = DecisionForm(request.POST, auto_id=f"decide-{pk}_%s")
    if item.case is not None:
        form.set_people([member.user for member in selectors.current_members(item.case)])
    else:
        form.set_people(list(team_members(item.meeting.team)))
    if form.is_valid() and done(form, meeting_minutes.decide, by=request.user, item=item, **form.cleaned_data):
        messages.success(request, _("Decided: %(who)s.") % {"who": form.cleaned_data["owner"].full_name})
        return _back(item.meeting_id, f"point-{pk}")
    return meeting_page(request, _meeting_of(request, item.meeting_id), decision=(item, form))


@require_POST
def decision_withdraw(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a decision back while the meeting goes on."""
    decision = meeting_selectors.get_decision(request.user, pk)
    try:
        meeting_minutes.withdraw_decision(by=request.user, decision=decision)
        messages.success(request, _("The decision is taken back, its task is not needed any more."))
    except DomainError as error:
        messages.error(request, str(error))
    return _back(decision.item.meeting_id, f"point-{decision.item_id}")


@require_POST
def decision_done(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """A decision on a general point is carried out."""
    decision = meeting_selectors.get_decision(request.user, pk)
    try:
        meeting_minutes.end_decision(by=request.user, decision=decision)
        messages.success(request, _("Done."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("meeting_list")


@require_POST
def meeting_point(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a general point on the agenda."""
    meeting = _meeting_of(request, pk)
    form = PointForm(request.POST, auto_id="point_%s")
    if form.is_valid() and done(form, meetings.add_point, by=request.user, meeting=meeting, **form.cleaned_data):
        messages.success(request, _("On the agenda."))
        return _back(pk, "points")
    return meeting_page(request, meeting, point=form)


@require_POST
def meeting_attendance(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Tick who was there; kept as it is ticked."""
    meeting = _meeting_of(request, pk)
    people = {str(user.pk): user for user in User.objects.filter(pk__in=_ids(request, *TICKS))}
    present, seen = ([people[key] for key in request.POST.getlist(name) if key in people] for name in TICKS)
    guests, guests_seen = (request.POST.get(name, "")[:2000] for name in ("guests", "guests_seen"))
    error = ""
    try:
        meeting = meeting_minutes.set_attendance(
            by=request.user, meeting=meeting, present=present, seen=seen, guests=guests, guests_seen=guests_seen
        )
    except DomainError as refused:
        error = str(refused)
        messages.error(request, error)
    if not request.htmx:
        return _back(pk, "there")
    there = meeting_selectors.who_was_there(meeting, list(team_members(meeting.team)))
    context = {"meeting": meeting, "people": there, "running": not error, "saved": not error}
    return render(request, "cases/_meeting_attendance.html", context)


@require_POST
def meeting_addendum(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Add to minutes that are closed."""
    meeting = _meeting_of(request, pk)
    points = points_of(request.user, meeting)
    form = AddendumForm(request.POST, auto_id="addendum_%s")
    form.set_points(point_choices(points))
    if form.is_valid():
        data = dict(form.cleaned_data)
        data["item"] = next((one.item for one in points if str(one.item.pk) == data["item"]), None)
        if done(form, meeting_minutes.add_addendum, by=request.user, meeting=meeting, **data):
            messages.success(request, _("Added to the minutes."))
            return _back(pk, "points")
    return meeting_page(request, meeting, addendum=form)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_agenda(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask that a case be talked about at the next meeting, with a word why."""
    case = selectors.get_case_to_work_on(request.user, pk)
    meeting = meeting_selectors.next_meeting(case.team, but_decided=case)
    form = AgendaForm(request.POST or None)
    if form.is_valid() and done(form, meetings.put_on_agenda, by=request.user, case=case, **form.cleaned_data):
        messages.success(request, _("On the agenda of the next meeting."))
        return redirect("case_detail", pk)
    context = {
        "form": form, "case": case, "person": case.person, "meeting": meeting,
        "may_plan": meeting_selectors.meeting_teams(request.user).filter(pk=case.team_id).exists(),
    }  # fmt: skip
    return render(request, "cases/case_agenda.html", context, status=422 if form.is_bound else 200)


def _meeting_of(request: StaffRequest, pk: uuid.UUID) -> TeamMeeting:
    return meeting_selectors.get_meeting(request.user, pk)


def _ids(request: StaffRequest, *names: str) -> list[uuid.UUID]:
    found = []
    for key in (key for name in names for key in request.POST.getlist(name)):
        try:
            found.append(uuid.UUID(key))
        except ValueError:
            continue
    return found


def _back(meeting: uuid.UUID, part: str) -> HttpResponse:
    return redirect(f"{reverse('meeting_detail', args=[meeting])}#{part}")
