"""Helped without being eligible: none of the four counts, told beside the participants (DOMAIN 2.2)."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from lgnet.indicators.definitions.counts import services_within_a_case
from lgnet.indicators.journeys import Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.models import JourneyKind


@indicator(
    label=_("Helped and not eligible"), short=_("Helped, not eligible"), unit=_("persons"), kind=Kind.PERSONS, result=1,
    placed_by=[JourneyKind.SERVICE_DELIVERED], looks_at=[JourneyKind.SERVICE_DELIVERED], checks_title=True,
)  # fmt: skip
def helped_not_eligible(journey: Journey) -> Iterator[Row]:
    """People served within a case in the quarter who were not, or not yet, eligible for the fund: counted apart.

    Nobody is refused help for the title to stay. Whoever got services of the catalogue within a case in the quarter,
    and on none of their days was eligible by the same rules as a participant, counts here once, at the first of them:
    also whoever has no title, whose title was not looked at yet, and who is an Italian or EU citizen.

    Somebody who became eligible within the quarter and was served then does not count here, but among the participants
    if she or he is identified. So in a quarter nobody is in both. Somebody helped without being eligible in two
    quarters counts in both: quarters must not be added.
    """
    by_quarter = groupby(services_within_a_case(journey), key=lambda event: event.quarter)
    for _quarter, group in by_quarter:
        services = list(group)
        if not any(journey.eligible_check(day) for day in {event.day for event in services}):
            yield Row(services[0])
