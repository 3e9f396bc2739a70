"""Pages of cases: list, file, opening, team, closing."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import after, selectors, services
from lgnet.cases.forms import CaseForm, CloseForm, PeopleOfCaseForm
from lgnet.cases.instruments.selectors import sheets_of
from lgnet.cases.models import Case, Goal, Plan, Referral
from lgnet.cases.policies import works_on
from lgnet.cases.steps import steps_of
from lgnet.cases.tables import CaseFilter, case_columns
from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import done, run_service
from lgnet.core.languages import in_reader_language
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.lists import person_table_response
from lgnet.people.models import Person


@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Cases of the city: a row for everybody, the file for its team."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    table = Table(
        request, selectors.listed_cases(user), case_columns(user), title=_("Cases"),
        filters=CaseFilter(request.GET or None, user=user), default_sort="-opened_on",
        empty_text=_("Nobody is in charge yet. A case is opened from the person's page."),
        person_of=lambda case: case.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/case_list.html", object_type="cases.case", permission=Permission.VIEW_CASES
    )


@require_GET
@asks_for_closed_file
def case_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of a case: steps, team, assessments, plan, services, closing."""
    case = selectors.get_case(request.user, pk)
    assessments = list(case.assessments.select_related("author", "sheet__version__instrument"))
    plans = list(case.plans.prefetch_related("goals").select_related("signed_with"))
    deliveries = list(case.deliveries.select_related("service_type", "delivered_by"))
    signed = [plan for plan in plans if plan.status == Plan.Status.SIGNED]
    context = {
        "case": case,
        "person": case.person,
        "steps": steps_of(case, assessments, plans, deliveries),
        "members": selectors.current_members(case),
        "assessments": [(one, _areas(one.needs)) for one in assessments],
        "draft": next((plan for plan in plans if plan.status == Plan.Status.DRAFT), None),
        "plan": next(iter(signed), None),
        "older_plans": signed[1:],
        "deliveries": [
            (one, in_reader_language(one.service_type.unit_it, one.service_type.unit_en)) for one in deliveries
        ],
        "eligible": services.is_eligible(case.person),
        "goal_choices": Goal.Status.choices,
        "sheets": sheets_of(case),
        "follow_ups": () if case.is_open else list(case.follow_ups.all()),
        "may_follow": can(request.user, Permission.WORK_ON_CASE, partner=case.partner_id),
        "may_reopen": after.may_reopen(request.user, case),
        "may_work": case.is_open and works_on(request.user, case),
        "may_close": can(request.user, Permission.CLOSE_CASE, partner=case.partner_id),
    }
    return render(request, "cases/case_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_new(request: StaffRequest) -> HttpResponse:
    """Take a person in charge."""
    person = person_asked_for(request)
    if not can(request.user, Permission.OPEN_CASE, partner=person.partner_id):
        raise PermissionDenied(_("Your role does not open cases."))
    form = _case_form(request, person)
    if form.is_valid():
        data = form.cleaned_data | {"members": form.chosen_members()}
        if case := run_service(form, services.open_case, by=request.user, person=person, **data):
            messages.success(request, _("Taken in charge. The team can work on the case."))
            return redirect("case_detail", case.pk)
    missing = services.missing_to_open(person)
    there = person.cases.filter(partner=person.partner_id, status=Case.Status.OPEN).first()
    context = {"form": form, "person": person, "missing": missing, "open_case": there}
    return render(request, "cases/case_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_team(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Who works on the case; the coordinator says it too, without opening the file."""
    case = selectors.get_case_to_assign(request.user, pk)
    current = [str(member.user_id) for member in selectors.current_members(case)]
    form = PeopleOfCaseForm(request.POST or None, initial={"manager": case.manager_id, "members": current})
    form.set_people(selectors.case_workers_of(case.team), selectors.case_workers(case.partner))
    if form.is_valid():
        chosen = {"manager": form.cleaned_data["manager"], "members": form.chosen_members()}
        if done(form, services.change_team_of_case, by=request.user, case=case, **chosen):
            messages.success(request, _("The team of the case is changed."))
            return redirect("case_detail", pk) if works_on(request.user, case) else redirect("case_list")
    context = {"form": form, "case": case, "person": case.person, "works_on": works_on(request.user, case)}
    return render(request, "cases/case_team.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_close(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Close the case with its outcome, housing at the end and the result of every goal."""
    case = selectors.get_case_to_work_on(request.user, pk)
    if not can(request.user, Permission.CLOSE_CASE, partner=case.partner_id):
        raise PermissionDenied(_("Your role does not close cases."))
    if not case.is_open:
        return redirect("case_detail", pk)
    plan = case.plans.filter(status=Plan.Status.SIGNED).first()
    form = CloseForm(request.POST or None, goals=plan.goals.all() if plan else ())
    if form.is_valid() and done(form, services.close_case, by=request.user, case=case, **form.arguments()):
        messages.success(request, _("The case is closed: %(outcome)s.") % {"outcome": case.get_outcome_display()})
        return redirect("case_detail", pk)
    context = {"form": form, "case": case, "person": case.person, "plan": plan}
    return render(request, "cases/case_close.html", context, status=422 if form.is_bound else 200)


def _areas(codes: list[str]) -> list[str]:
    return [str(ServiceType.Area(code).label) for code in codes if code in ServiceType.Area.values]


def _case_form(request: StaffRequest, person: Person) -> CaseForm:
    """The form, with the colleagues of the team chosen (or of the first one)."""
    teams = selectors.case_teams(person)
    asked = request.POST.get("team") or request.GET.get("team")
    team = next((team for team in teams if str(team.pk) == asked), teams.first())
    led_here = (*Referral.OPEN, Referral.Status.ARRIVED)
    sent = selectors.visible_referrals(request.user).filter(person=person)
    referrals = sent.filter(status__in=led_here).order_by("-sent_at")
    managers = selectors.case_workers_of(team) if team else []
    first: Any = referrals.first()
    initial = {
        "team": team.pk if team else None,
        "manager": request.user.pk if any(user == request.user for user, _profile in managers) else None,
        "basis": Case.Basis.REFERRAL if first else Case.Basis.DESK,
        "referral": first.pk if first else None,
    }
    form = CaseForm(request.POST or None, initial=initial, teams=teams, referrals=referrals)
    form.set_people(managers, selectors.case_workers(person.partner))
    return form
