"""My day: for every role, what has to be done now, each thing one tap from done. Figures come after work."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Role
from lgnet.workspace import day_field, day_office
from lgnet.workspace.day import Day
from lgnet.workspace.day_after import add_after
from lgnet.workspace.day_appointments import add_appointments
from lgnet.workspace.day_meetings import add_meetings
from lgnet.workspace.day_papers import add_papers
from lgnet.workspace.day_plans import add_plans
from lgnet.workspace.day_promises import add_promises
from lgnet.workspace.day_shifts import add_shifts
from lgnet.workspace.day_tasks import add_tasks
from lgnet.workspace.day_team import add_team

_DAYS: tuple[tuple[str, Callable[[User, Day], None]], ...] = (
    (Role.OUTREACH_OPERATOR, day_field.street),
    (Role.DESK_OPERATOR, day_field.counter),
    (Role.CASE_WORKER, day_field.case_work),
    (Role.COORDINATOR, day_office.city),
    (Role.HOUSING_MANAGER, day_field.receiving),
    (Role.ACTIVITY_COORDINATOR, day_field.receiving),
    (Role.FINANCE_OFFICER, day_office.money),
    (Role.AUDITOR, day_office.money),
    (Role.DPO, day_office.protection),
    (Role.NETWORK_SUPPORT, day_office.network),
    (Role.LEAD_AUTHORITY, day_office.network),
)


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """The day of whoever is signed in."""
    return render(request, "workspace/home.html", {"day": day_of(request.user)})


def day_of(user: User) -> Day:
    """Everything the roles of the user have to do now. The persons named are logged."""
    day = Day([], [], [])
    roles = {grant.role for grant in access_of(user).grants}
    for role, add in _DAYS:
        if role in roles:
            add(user, day)
    add_shifts(user, day)
    add_after(user, day)
    add_plans(user, day)
    add_meetings(user, day)
    add_papers(user, day)
    add_appointments(user, day)
    add_promises(user, day)
    add_tasks(user, day)
    add_team(user, day)
    day.sections.sort(key=lambda section: not section.items)  # what has to be done first, in the order of the role
    return day
