"""The lines of a week that come from plans and team meetings."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from lgnet.cases import plan_actions, plan_reviews
from lgnet.cases.meeting_selectors import own_meetings
from lgnet.cases.meeting_tables import STATE_KINDS
from lgnet.cases.models import PlanAction
from lgnet.core.periods import midnight
from lgnet.network.access import can
from lgnet.network.roles import Permission
from lgnet.workspace.week import Asked, Line, of_words


def meetings(asked: Asked) -> Iterator[Line]:
    """Team meetings of these teams."""
    if not can(asked.reader, Permission.WORK_ON_CASE):
        return
    rows = own_meetings(asked.reader).filter(
        team__in=asked.teams, starts_at__gte=midnight(asked.first), starts_at__lt=midnight(asked.last, days_later=1)
    )
    for one in rows:
        start = timezone.localtime(one.starts_at)
        yield Line(
            start.date(), _("Team meeting"), one.team.name, one.place, reverse("meeting_detail", args=[one.pk]),
            f"{start:%H:%M}", str(one.get_status_display()), STATE_KINDS[one.status],
        )  # fmt: skip


def actions(asked: Asked) -> Iterator[Line]:
    """Actions of plans that the reader does or follows: in a team's week those that its colleagues do."""
    if not can(asked.reader, Permission.WORK_ON_CASE):
        return
    rows = plan_actions.own_actions(asked.reader).filter(
        status__in=PlanAction.STILL, due_on__range=(asked.first, asked.last)
    )
    if not asked.is_own:
        rows = rows.filter(owner__in=asked.users)
    for one in rows:
        person = one.goal.plan.case.person
        if one.due_on:
            yield Line(
                one.due_on, _("Action of the plan"), Truncator(one.words).chars(80),
                of_words(person.name_as_used, asked.who(one.owner)),
                reverse("case_detail", args=[one.goal.plan.case_id]), badge=_("overdue") if one.is_late else "",
                kind="danger", person=person,
            )  # fmt: skip


def reviews(asked: Asked) -> Iterator[Line]:
    """Plans to be looked at again, of the reader's own cases: in a team's week those that its colleagues manage."""
    if not can(asked.reader, Permission.WORK_ON_CASE):
        return
    plans = plan_reviews.of_own_cases(plan_reviews.plans_in_force(asked.reader), asked.reader)
    rows = plans.filter(review_on__range=(asked.first, asked.last))
    if not asked.is_own:
        rows = rows.filter(case__manager__in=asked.users)
    for one in rows:
        if one.review_on:
            yield Line(
                one.review_on, _("Review of the plan"), one.case.person.name_as_used, asked.who(one.case.manager),
                reverse("plan_review", args=[one.pk]),
                badge=_("overdue") if one.review_on < timezone.localdate() else "", kind="danger",
                person=one.case.person,
            )  # fmt: skip
