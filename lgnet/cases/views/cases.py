"""Pages of cases: list, file, opening, team, closing."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from lgnet.cases import after, closing, household_cases, meeting_selectors, selectors, services
from lgnet.cases.endings import ending_of
from lgnet.cases.ethos import housing_at_entry
from lgnet.cases.forms import CaseForm, CloseForm, PeopleOfCaseForm
from lgnet.cases.household_forms import chosen_others, offer_cases, offer_others
from lgnet.cases.instruments.selectors import sheets_of
from lgnet.cases.models import Case, Goal, Plan, Referral
from lgnet.cases.past_cases import past_case_partners
from lgnet.cases.plan_page import goal_lines
from lgnet.cases.policies import works_on
from lgnet.cases.steps import steps_of
from lgnet.cases.tables import CaseFilter, case_columns, with_names
from lgnet.cases.task_selectors import left_behind, tasks_of_case
from lgnet.cases.team_blocks import team_blocks
from lgnet.cases.views.notes import notes_block
from lgnet.cases.views.tasks import case_tasks
from lgnet.cases.visibility import sees_case
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.forms import done, run_service
from lgnet.core.languages import in_reader_language
from lgnet.core.tables import Table
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.people.closed_files import asks_for_closed_file, person_asked_for
from lgnet.people.codes import HousingSituation
from lgnet.people.lists import person_table_response
from lgnet.people.models import Person


@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Cases of the city: a row for everybody, the file for its team."""
    user = request.user
    if not can(user, Permission.VIEW_CASES):
        raise PermissionDenied
    table = Table(
        request, with_names(selectors.listed_cases(user)), case_columns(user), title=_("Cases"),
        filters=CaseFilter(request.GET or None, user=user), default_sort="-opened_on",
        empty_text=_("Nobody is in charge yet. A case is opened from the person's page."),
        person_of=lambda case: case.person,
    )  # fmt: skip
    return person_table_response(
        request, table, "cases/case_list.html", object_type="cases.case", permission=Permission.VIEW_CASES,
        context={"may_import": bool(past_case_partners(user))},
    )  # fmt: skip


@require_GET
@asks_for_closed_file
def case_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of a case: steps, team, assessments, plan, services, notes, closing; as far as the reader sees it."""
    case = selectors.get_case(request.user, pk, part=True)
    sees = sees_case(request.user, case)
    assessments = list(case.assessments.select_related("author", "sheet__version__instrument")) if sees.whole else []
    versions = case.plans.prefetch_related(Prefetch("goals", sees.goals())).select_related("signed_with")
    plans = list(versions) if sees.anything else []
    deliveries = sees.services(case.deliveries.select_related("service_type", "delivered_by"))
    signed = [plan for plan in plans if plan.status == Plan.Status.SIGNED]
    context = {
        "case": case,
        "person": case.person,
        "steps": steps_of(case, assessments, plans, deliveries),
        "members": selectors.current_members(case),
        "assessments": [(one, _areas(one.needs)) for one in assessments],
        "draft": next((plan for plan in plans if plan.status == Plan.Status.DRAFT), None),
        "plan": next(iter(signed), None),
        "plan_lines": goal_lines(case, next(iter(signed or plans), None), sees),
        "older_plans": signed[1:],
        "deliveries": [
            (one, in_reader_language(one.service_type.unit_it, one.service_type.unit_en)) for one in deliveries
        ],
        "eligible": services.is_eligible(case.person),
        "ending": None if case.is_open else ending_of(case),
        "goal_choices": Goal.Status.choices,
        "today": timezone.localdate(),
        "sheets": sheets_of(case) if sees.whole else (),
        "follow_ups": list(case.follow_ups.all()) if sees.whole and not case.is_open else (),
        "may_follow": sees.whole and can(request.user, Permission.WORK_ON_CASE, partner=case.partner_id),
        "may_reopen": sees.whole and after.may_reopen(request.user, case),
        "may_work": case.is_open and sees.in_team,
        "may_help": case.is_open and (sees.in_team or sees.in_part),
        "sees": sees,
        "tasks": case_tasks(case, sees),
        "discussions": meeting_selectors.discussions_of(case) if sees.whole else (),
        "on_agenda": meeting_selectors.waits_on_agenda(case) if sees.whole else None,
        "may_close": can(request.user, Permission.CLOSE_CASE, partner=case.partner_id),
    }
    context |= notes_block(case, sees) | team_blocks(request.user, case, sees)
    return render(request, "cases/case_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_new(request: StaffRequest) -> HttpResponse:
    """Take a person in charge."""
    person = person_asked_for(request)
    if not can(request.user, Permission.OPEN_CASE, partner=person.partner_id):
        raise PermissionDenied(_("Your role does not open cases."))
    form, household = _case_form(request, person), household_cases.can_be_opened_too(request.user, person)
    label = _("Take in charge too, with the same team")
    offer_others(form, [(other, other) for other, lacks in household if not lacks], label=label)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if not name.startswith("areas_")}
        data |= {"members": form.chosen_members(), "areas": form.chosen_areas(), "others": chosen_others(form)}
        if case := run_service(form, household_cases.open_cases, by=request.user, person=person, **data):
            messages.success(request, _("Taken in charge. The team can work on the case."))
            return redirect("case_detail", case.pk)
    missing = services.missing_to_open(person)
    there = person.cases.filter(partner=person.partner_id, status=Case.Status.OPEN).first()
    context = {"form": form, "person": person, "missing": missing, "open_case": there, "household": household}
    return render(request, "cases/case_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_closed_file
def case_team(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Who works on the case; the coordinator says it too, without opening the file."""
    case = selectors.get_case_to_assign(request.user, pk)
    current = {str(member.user_id): member.areas for member in selectors.current_members(case)}
    initial = {f"areas_{user}": areas for user, areas in current.items()}
    initial |= {"manager": case.manager_id, "members": list(current)}
    form = PeopleOfCaseForm(request.POST or None, initial=initial)
    _offer_people(form, case.team)
    if form.is_valid():
        chosen = {"manager": form.cleaned_data["manager"], "members": form.chosen_members()}
        kept = {uuid.UUID(user): areas for user, areas in current.items() if user != str(chosen["manager"].pk)}
        chosen["areas"] = kept | form.chosen_areas()
        given = left_behind(case, {user.pk for user in (chosen["manager"], *chosen["members"])})
        if done(form, services.change_team_of_case, by=request.user, case=case, **chosen):
            messages.success(request, _team_changed(given, chosen["manager"]))
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
    found = closing.open_things(request.user, case)
    form = CloseForm(request.POST or None, goals=plan.goals.all() if plan else (), found=found)
    together = household_cases.cases_worked_on_together(request.user, case)
    offer_cases(form, together, label=_("Close these of the household too, with the same outcome"))
    others = chosen_others(form) if form.is_valid() else []
    if form.is_valid() and done(
        form, household_cases.close_household, by=request.user, case=case, others=others, **form.arguments()
    ):
        messages.success(request, _("The case is closed: %(outcome)s.") % {"outcome": case.get_outcome_display()})
        return redirect("case_detail", pk)
    to_do = [task for task in tasks_of_case(case, sees_case(request.user, case)) if task.is_open]
    context = {"form": form, "case": case, "person": case.person, "plan": plan, "found": found, "to_do": to_do}
    context["entry"] = HousingSituation(before).label if (before := housing_at_entry(case)) else ""
    return render(request, "cases/case_close.html", context, status=422 if form.is_bound else 200)


def _team_changed(given: int, manager: User) -> str:
    """What was done, and how many tasks of who left the manager has now."""
    told = _("The team of the case is changed.")
    if not given:
        return told
    text = ngettext(
        "%(n)s task of who left is now with %(who)s.", "%(n)s tasks of who left are now with %(who)s.", given
    )
    return f"{told} {text % {'n': given, 'who': manager.full_name}}"


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
    employers = selectors.employers_in(person.partner)
    first: Any = referrals.first()
    initial = {
        "team": team.pk if team else None,
        "manager": request.user.pk if any(user == request.user for user, _profile in managers) else None,
        "basis": Case.Basis.REFERRAL if first else Case.Basis.DESK,
        "referral": first.pk if first else None,
    }
    form = CaseForm(request.POST or None, initial=initial, teams=teams, referrals=referrals)
    form.set_people(managers, selectors.case_workers(person.partner), employers)
    return form


def _offer_people(form: PeopleOfCaseForm, team: Team) -> None:
    workers, employers = selectors.case_workers(team.partner), selectors.employers_in(team.partner)
    form.set_people(selectors.case_workers_of(team), workers, employers)
