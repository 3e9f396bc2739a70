"""How soon: days from the first contact to the desk, to the case, to the signed plan (DOMAIN 8, result 2)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.models import JourneyKind

# The first time that anybody of the network met the person. A city without mobile units begins at its desk.
FIRST_MET = (JourneyKind.CONTACT, JourneyKind.ARRIVAL, JourneyKind.REGISTERED)


@indicator(
    label=_("Days from first contact to the desk"), short=_("To the desk"), unit=_("days"), kind=Kind.DAYS, result=2,
    placed_by=[JourneyKind.ARRIVAL], looks_at=[JourneyKind.CONTACT, JourneyKind.ARRIVAL],
)  # fmt: skip
def days_to_desk(journey: Journey) -> Iterator[Row]:
    """Days from the first contact in the street to the first arrival at a one-stop shop.

    Measured for each person who was met in the street before coming to the desk, and counted in the quarter of the
    arrival. Days are those of the calendar: the same day is 0. Who came to the desk first, or has not come yet, is not
    measured.

    The median is the middle value: half of the people waited less. "9 in 10 within" is the 90th percentile, the same as
    PERCENTILE.INC in a spreadsheet. Read them together with how many people were measured.
    """
    return _days(journey.first(JourneyKind.CONTACT), journey.first(JourneyKind.ARRIVAL))


@indicator(
    label=_("Days from first contact to the case"), short=_("To the case"), unit=_("days"), kind=Kind.DAYS, result=2,
    placed_by=[JourneyKind.CASE_OPENED], looks_at=[*FIRST_MET, JourneyKind.CASE_OPENED],
)  # fmt: skip
def days_to_case(journey: Journey) -> Iterator[Row]:
    """Days from the first time the services met the person to the opening of the first case.

    The first time is the first contact in the street, arrival at the desk or registration, whichever came first, so
    that cities without a mobile unit are measured too. Counted in the quarter in which the case was opened. A second
    case of the same person is not measured, nor is one dated before the first meeting.

    Days are those of the calendar; median and 90th percentile as for the days to the desk.
    """
    return _days(journey.first(*FIRST_MET), journey.first(JourneyKind.CASE_OPENED))


@indicator(
    label=_("Days from first contact to the signed plan"), short=_("To the plan"), unit=_("days"), kind=Kind.DAYS,
    result=2, placed_by=[JourneyKind.PLAN_SIGNED], looks_at=[*FIRST_MET, JourneyKind.PLAN_SIGNED],
)  # fmt: skip
def days_to_plan(journey: Journey) -> Iterator[Row]:
    """Days from the first time the services met the person to the first plan agreed and signed.

    The first time is the first contact in the street, arrival at the desk or registration, whichever came first.
    Counted in the quarter in which the plan was signed. Later plans of the same person are not measured. For
    comparison: the national measure gives 60 days for the first meeting and 120 more for the pact.

    Days are those of the calendar; median and 90th percentile as for the days to the desk.
    """
    return _days(journey.first(*FIRST_MET), journey.first(JourneyKind.PLAN_SIGNED))


def _days(first: Event | None, reached: Event | None) -> Iterator[Row]:
    if first and reached and reached.day >= first.day:
        yield Row(reached, first=first, days=(reached.day - first.day).days)
