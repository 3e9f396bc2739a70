"""The steps of one journey, as the line on top of a case: from the street to an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Assessment, Case, Plan, ServiceDelivery
from lgnet.cases.selectors import first_steps
from lgnet.people.models import JourneyKind


@dataclass(frozen=True)
class Step:
    """One step: when it happened first, or None; `is_next` marks the first one still to do."""

    label: str | Promise
    on: date | None
    is_next: bool = False


def steps_of(
    case: Case, assessments: Sequence[Assessment], plans: Sequence[Plan], deliveries: Sequence[ServiceDelivery]
) -> list[Step]:
    """Contact, desk, title to stay, case, assessment, signed plan, service, outcome. Costs one query."""
    first = first_steps(case.person)
    signed = [plan.signed_on for plan in plans if plan.signed_on]
    days: list[tuple[str | Promise, date | None]] = [
        (_("met"), _day(first.get(JourneyKind.CONTACT))),
        (_("at the desk"), _day(first.get(JourneyKind.ARRIVAL) or first.get(JourneyKind.REGISTERED))),
        (_("title checked"), _day(first.get(JourneyKind.ELIGIBILITY_CHECKED))),
        (_("in charge"), case.opened_on),
        (_("assessed"), min((assessment.done_on for assessment in assessments), default=None)),
        (_("plan signed"), min(signed, default=None)),
        (_("first service"), min((delivery.delivered_on for delivery in deliveries), default=None)),
        (_("outcome"), case.closed_on),
    ]
    after_opening = 3  # what came before the case was opened is not asked for any more
    following = next((n for n, (_label, on) in enumerate(days) if on is None and n > after_opening), None)
    return [Step(label, on, number == following and case.is_open) for number, (label, on) in enumerate(days)]


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
