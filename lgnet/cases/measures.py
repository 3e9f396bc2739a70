"""What was answered in a case, as events of the journey with a value: so figures know it as it was known on any day."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from lgnet.cases.after_models import FollowUp, Helpfulness
from lgnet.cases.instrument_models import AssessmentSheet
from lgnet.cases.models import Assessment, Case, Goal, Plan
from lgnet.core.models import BaseModel
from lgnet.core.periods import moment_of
from lgnet.network.models import User
from lgnet.people import journey
from lgnet.people.journey_values import AREAS, HELP, housing_number
from lgnet.people.models import JourneyEvent, JourneyKind

SCALE = "ten_domains"  # the instrument whose points are compared between the beginning and the end
REACHED = (FollowUp.Result.STABLE, FollowUp.Result.HARDER, FollowUp.Result.AGAIN)  # the person was asked and said


def note_housing(*, by: User, case: Case, source: Assessment | Case | FollowUp, housing: str, day: date) -> None:
    """How the person was housed on a day, if it was said."""
    if housing:
        _record(JourneyKind.HOUSING_SEEN, by, case, source, moment_of(day), housing_number(housing))


def note_rating(*, by: User, sheet: AssessmentSheet) -> None:
    """The points of a finished sheet, if it is the scale that is compared."""
    points = Decimal(sheet.scores.get("", 0))
    if sheet.version.instrument.code == SCALE and points > 0 and sheet.done_on:
        _record(JourneyKind.SCALE_RATED, by, sheet.case, sheet, moment_of(sheet.done_on), points)


def note_goal(*, by: User, goal: Goal) -> None:
    """A goal that is reached since today, or that is not any more.

    One that goes on from version to version of the plan counts once, as it stands in the last one signed.
    """
    thread = _thread(goal)
    known = JourneyEvent.objects.filter(kind=JourneyKind.GOAL_REACHED, voided_at__isnull=True)
    live = known.filter(source_id__in=[one.pk for one in thread]).first()
    last = max((one.plan.version for one in thread), default=0)
    reached = any(one.status == Goal.Status.REACHED for one in thread if one.plan.version == last)
    if reached and live is None:
        _record(JourneyKind.GOAL_REACHED, by, goal.plan.case, goal, timezone.now(), AREAS[goal.area])
    elif not reached and live is not None:
        journey.void(live, by=by, reason="goal not reached")


def _thread(goal: Goal) -> list[Goal]:
    """The same goal in every signed version of the plan: what it goes on from, and what goes on from it."""
    goals = {one.pk: one for one in Goal.objects.filter(plan__case=goal.plan.case_id).select_related("plan")}

    def first(pk: uuid.UUID) -> uuid.UUID:
        while (before := goals[pk].follows_id) in goals:
            pk = before
        return pk

    start = first(goal.pk)
    return [one for one in goals.values() if one.plan.status == Plan.Status.SIGNED and first(one.pk) == start]


def note_follow_up(*, by: User, follow_up: FollowUp) -> None:
    """How it goes so many months after the end, if the person said so."""
    case, day = follow_up.case, follow_up.done_on
    if day is None or follow_up.result not in REACHED:
        return
    _record(JourneyKind.FOLLOWED_UP, by, case, follow_up, moment_of(day), follow_up.months)
    if follow_up.has_work:
        _record(JourneyKind.AT_WORK, by, case, follow_up, moment_of(day), follow_up.months)
    note_housing(by=by, case=case, source=follow_up, housing=follow_up.housing, day=day)


def note_helpfulness(*, by: User | None, said: Helpfulness) -> None:
    """What the person says of the help; what is said later takes the place of what was said before."""
    live = JourneyEvent.objects.filter(source_id=said.pk, kind=JourneyKind.HELP_RATED, voided_at__isnull=True).first()
    if live is None:
        _record(JourneyKind.HELP_RATED, by, said.case, said, said.asked_at, HELP[said.answer])
    else:
        journey.correct(live, by=by, reason="said again", quantity=HELP[said.answer], occurred_at=said.asked_at)


def _record(
    kind: JourneyKind, by: User | None, case: Case, source: BaseModel, at: datetime, value: Decimal | int
) -> None:  # fmt: skip
    journey.record(
        kind, by=by, partner=case.partner, team=case.team, source=source, person=case.person, quantity=value,
        occurred_at=at,
    )  # fmt: skip
