"""Pages of handovers: who gives, who receives, and the coordinator."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lgnet.cases import handover_selectors, handovers
from lgnet.cases.handover_forms import DeclineForm, HandoverFilter, HandoverForm, handover_columns
from lgnet.cases.handover_points import points_of
from lgnet.cases.models import Handover
from lgnet.cases.selectors import case_workers
from lgnet.cases.visibility import sees_case
from lgnet.core.errors import DomainError
from lgnet.core.forms import done, run_service
from lgnet.core.tables import Table, table_response
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing


@require_GET
def case_handover_list(request: StaffRequest) -> HttpResponse:
    """Handovers of the user; for the coordinator all of the city, and the cases nobody follows any more."""
    user = request.user
    if not access_of(user).permissions & {Permission.WORK_ON_CASE, Permission.ASSIGN_CASE}:
        raise PermissionDenied
    table = Table(
        request, handover_selectors.visible_handovers(user), handover_columns(), title=_("Handovers"),
        filters=HandoverFilter(request.GET or None, user=user), default_sort="-created_at",
        empty_text=_("Who goes away, or is away for a time, hands the cases to a colleague here."),
        new_url="case_handover_new", new_label=_("Hand over cases"),
    )  # fmt: skip
    alone = list(handover_selectors.left_alone(user))
    managers = {case.manager_id: case.manager for case in alone}
    counted = [(one, sum(case.manager_id == pk for case in alone)) for pk, one in managers.items()]
    return table_response(request, table, "cases/handover_list.html", {"left_alone": counted})


@require_http_methods(["GET", "HEAD", "POST"])
def case_handover_new(request: StaffRequest) -> HttpResponse:
    """Choose whom the cases go to; all cases of who gives are ticked."""
    if there := handover_selectors.begun_by(request.user, request.POST.get("record_id", "")):
        return redirect("case_handover", there.pk)  # sent twice: nothing is left to be chosen
    giver = _giver(request)
    cases = list(handover_selectors.cases_to_hand_over(request.user, giver))
    log_listing(request.user, [case.person for case in cases])
    only = request.GET.get("case")
    ticked = [str(case.pk) for case in cases if only in (None, "", str(case.pk))]
    workers = case_workers(cases[0].partner) if cases else []
    form = HandoverForm(
        request.POST or None, giver=giver, cases=cases, workers=workers, initial={"cases": ticked}
    )  # fmt: skip
    if form.is_valid():
        about = {"passing": form.passing(), "record_id": form.cleaned_data["record_id"]}
        if handover := run_service(form, handovers.hand_over, by=request.user, **about):
            messages.success(request, _said(handover))
            return redirect("case_handover", handover.pk)
    context = {"form": form, "giver": giver, "cases": cases, "colleagues": _colleagues(request, giver)}
    return render(request, "cases/handover_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def case_handover(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """One handover: its cases, each with its checklist for who works on it, and what comes next."""
    return _page(request, handover_selectors.get_handover(request.user, pk), DeclineForm())


@require_POST
def case_handover_act(request: StaffRequest, pk: uuid.UUID, act: str) -> HttpResponse:
    """Accept, withdraw or hand back."""
    acts = {
        "accept": (handovers.accept_handover, _("Accepted: you follow these cases now.")),
        "withdraw": (handovers.withdraw_handover, _("Taken back: everything is as before.")),
        "back": (handovers.hand_back, _("Handed back: everything is as before.")),
    }
    handover = handover_selectors.get_handover(request.user, pk)
    if act not in acts:
        raise Http404
    service, said = acts[act]
    try:
        service(by=request.user, handover=handover)
    except (DomainError, PermissionDenied) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("case_handover", pk)


@require_POST
def case_handover_decline(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Say why not."""
    handover = handover_selectors.get_handover(request.user, pk)
    form = DeclineForm(request.POST)
    if form.is_valid() and done(
        form, handovers.decline_handover, by=request.user, handover=handover, reason=form.cleaned_data["reason"]
    ):
        messages.success(request, _("Declined. Who wanted to hand over reads why."))
        return redirect("case_handover_list")
    return _page(request, handover, form)


@require_POST
def case_handover_line(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Write of one case what the other has to know, tick a point, or add one."""
    line, typed = handover_selectors.get_line_to_work_on(request.user, pk), request.POST
    try:
        if key := typed.get("key"):
            ticked, words = typed.get("ticked") == "1", typed.get("point", "")
            handovers.tick_point(by=request.user, line=line, key=key, words=words, ticked=ticked)
        elif "new_point" in typed:
            handovers.add_point(by=request.user, line=line, words=typed["new_point"])
        else:
            handovers.write_words(by=request.user, line=line, words=typed.get("words", ""))
            messages.success(request, _("Saved."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('case_handover', args=[line.handover_id])}#case-{line.pk}")


def _page(request: StaffRequest, handover: Any, form: DeclineForm) -> HttpResponse:
    user, lines = request.user, handover_selectors.lines_of(request.user, handover)
    log_listing(user, [line.case.person for line in lines])
    coordinates = handover.partner_id in access_of(user).partner_ids(Permission.ASSIGN_CASE)
    gives = user.pk in {handover.giver_id, handover.created_by_id} or coordinates
    receives = user.pk == handover.receiver_id
    goes_on = handover.status in {Handover.Status.OPEN, Handover.Status.ACCEPTED}
    context = {
        "handover": handover, "reads_words": handover_selectors.reads_words(user, handover), "form": form,
        "receives": receives, "gives": gives,
        "may_hand_back": handover.status == Handover.Status.ACCEPTED and (gives or receives),
        "lines": [(line, _checklist(user, line) if line.mine and goes_on else []) for line in lines],
    }  # fmt: skip
    return render(request, "cases/handover_detail.html", context, status=422 if form.is_bound else 200)


def _checklist(user: User, line: Any) -> list[dict[str, Any]]:
    """What is open now with its ticks, then what was ticked or written by hand."""
    written = {point.key: point for point in line.points.all()}
    points = [
        {"key": one.key, "words": one.words, "due_on": one.due_on, "ticked": written.pop(one.key, None)}
        for one in points_of(user, line.case)
    ]
    for row in points:
        row["ticked"] = bool(row["ticked"] and row["ticked"].ticked_at)
    if not sees_case(user, line.case).whole:  # what others ticked is of other parts
        written = {key: point for key, point in written.items() if key.startswith("own:")}
    own = [{"key": one.key, "words": one.words, "ticked": bool(one.ticked_at)} for one in written.values()]
    return points + own


def _giver(request: StaffRequest) -> User:
    """Whose cases are handed over: one's own, or for the coordinator those of `?giver=`. Raises as it must."""
    asked = request.GET.get("giver", "")
    if not access_of(request.user).permissions & {Permission.WORK_ON_CASE, Permission.ASSIGN_CASE}:
        raise PermissionDenied
    if not asked or asked == str(request.user.pk):
        return request.user
    if Permission.ASSIGN_CASE not in access_of(request.user).permissions:
        raise PermissionDenied(_("Only who works on the cases and the coordinator hand them over."))
    try:
        giver = get_object_or_404(User, pk=uuid.UUID(asked))
    except ValueError:
        raise Http404 from None
    if not handover_selectors.cases_to_hand_over(request.user, giver).exists():
        raise Http404
    return giver


def _colleagues(request: StaffRequest, giver: User) -> list[User]:
    """For the coordinator: whose cases could be handed over, by name."""
    found: dict[Any, User] = {}
    if Permission.ASSIGN_CASE in access_of(request.user).permissions:
        shown = handover_selectors.managers_with_cases(request.user)
        found = {user.pk: user for user in shown if user != giver}
    return list(found.values())


def _said(handover: Handover) -> str:
    if handover.status == Handover.Status.ACCEPTED:
        return _("Handed over: %(who)s follows these cases now.") % {"who": handover.receiver.full_name}
    who = {"who": handover.receiver.full_name}
    return _("Begun. Until %(who)s accepts, both of you work on these cases.") % who
