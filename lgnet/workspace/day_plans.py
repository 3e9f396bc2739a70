"""What was agreed in plans and waits, in the day of who works on cases: actions, reviews, scans."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.cases import plan_actions, plan_reviews
from lgnet.cases.models import Plan, PlanAction
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.selectors import log_listing
from lgnet.workspace.day import Day, Figure, Item, Section

SHOWN = 6
SOON = timedelta(days=7)


def add_plans(user: User, day: Day) -> None:
    """Actions that are late or whose thing came to nothing, reviews due in a week, scans still missing."""
    if not can(user, Permission.WORK_ON_CASE):
        return
    plans = plan_reviews.of_own_cases(plan_reviews.plans_in_force(user), user)
    actions = list(plan_actions.waiting_actions(user)[: SHOWN + 1])
    reviews = list(plan_reviews.reviews_due(plans, until=timezone.localdate() + SOON)[: SHOWN + 1])
    log_listing(
        user, {case.person_id: case.person for case in [*(a.goal.plan.case for a in actions[:SHOWN]),
                                                        *(plan.case for plan in reviews[:SHOWN])]}.values(),
    )  # fmt: skip
    if actions:
        day.sections.append(
            Section(
                _("Actions to look at"), [_action(one) for one in actions[:SHOWN]],
                more=f"{reverse('plan_action_list')}?state=waiting&mine=on", more_label=_("All of them"),
            )
        )  # fmt: skip
    if reviews:
        day.sections.append(
            Section(
                _("Plans to look at again"), [_review(one) for one in reviews[:SHOWN]],
                more=f"{reverse('plan_review_list')}?mine=on", more_label=_("All reviews"),
            )
        )  # fmt: skip
    missing = plan_reviews.without_scan(plans).count()
    text = ngettext("signed plan without its scan", "signed plans without their scan", missing)
    day.add_figures(Figure(missing, text, f"{reverse('plan_review_list')}?state=scan&mine=on"))


def _action(one: PlanAction) -> Item:
    case = one.goal.plan.case
    badge = _("what comes next?") if one.asks_what_next else _("overdue")
    return Item(
        case.person.name_as_used,
        Truncator(one.words).chars(80),
        reverse("case_detail", args=[case.pk]),
        badge,
        "danger",
    )


def _review(plan: Plan) -> Item:
    late = plan.review_on is not None and plan.review_on < timezone.localdate()
    when = date_format(plan.review_on, "SHORT_DATE_FORMAT") if plan.review_on else ""
    text = _("version %(n)s of the plan") % {"n": plan.version}
    url = reverse("plan_review", args=[plan.pk])
    return Item(plan.case.person.name_as_used, text, url, when, "danger" if late else "warning")
