"""Safer housing (DOMAIN 8, result 3): the home at the end of a case against its beginning, and whether it lasts."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.cases.ethos import GROUPS as LADDER
from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.journey_values import HOUSED, housing_number
from lgnet.people.models import JourneyKind

K = JourneyKind
_STEP_OF = {housing_number(code): step for step, codes in enumerate(LADDER) for code in codes}
AFTER = (("6", _("after 6 months")), ("12", _("after 12 months")))
COMPARED = (
    ("better", pgettext_lazy("compared", "better")), ("same", pgettext_lazy("compared", "the same")),
    ("worse", pgettext_lazy("compared", "worse")),
)  # fmt: skip
LOOKS_AT = [K.CASE_OPENED, K.CASE_CLOSED, K.HOUSING_SEEN, K.FOLLOWED_UP]


@indicator(
    label=_("Housing at the end against the beginning"), short=_("Housing compared"), unit=_("cases"), kind=Kind.ROWS,
    result=3, adds_up=True, placed_by=[K.CASE_CLOSED], looks_at=LOOKS_AT, groups=COMPARED,
)  # fmt: skip
def housing_compared(journey: Journey) -> Iterator[Row]:
    """Cases closed in the quarter whose housing is known at the beginning and at the end: better, the same or worse.

    The beginning is the first assessment of the case that says how the person is housed; the end is what was written
    when the case was closed. Both by ETHOS, the European typology: roofless, houseless, insecure, inadequate, and
    adequate housing. Better means a better one of these five groups; within a group it is the same.

    Cases in which one of the two is not known are not in it.
    """
    for closed, begun, end in _compared(journey):
        step = _STEP_OF[int(end.value)] - _STEP_OF[int(begun.value)]
        yield Row(closed, first=begun, group="better" if step > 0 else "worse" if step < 0 else "same")


@indicator(
    label=_("Housed at the end and asked later"), short=_("Housed, asked later"), unit=_("answers"), kind=Kind.ROWS,
    result=3, adds_up=True, placed_by=[K.FOLLOWED_UP], looks_at=LOOKS_AT, groups=AFTER,
)  # fmt: skip
def housed_asked(journey: Journey) -> Iterator[Row]:
    """People in adequate housing at the end of their case who told, 6 or 12 months later, how they are housed.

    It counts in the quarter in which the person was asked. Who could not be reached, or did not say, is not in it.
    """
    return (Row(asked, group=str(int(asked.value))) for asked, _seen in _asked_later(journey))


@indicator(
    label=_("Still housed after the end"), short=_("Still housed"), unit=_("answers"), kind=Kind.ROWS, result=3,
    adds_up=True, placed_by=[K.FOLLOWED_UP], looks_at=LOOKS_AT, groups=AFTER,
)  # fmt: skip
def still_housed(journey: Journey) -> Iterator[Row]:
    """Of those in adequate housing at the end of their case and asked 6 or 12 months later, those who still are.

    In the same home or another one: what counts is that it is adequate. To be read beside how many of those housed
    at the end were asked.
    """
    return (Row(asked, group=str(int(asked.value))) for asked, seen in _asked_later(journey) if seen.value == HOUSED)


def _compared(journey: Journey) -> Iterator[tuple[Event, Event, Event]]:
    """Each closing with the housing at the beginning of its case and at its end, where both are known."""
    seen, begun = list(journey.of(K.HOUSING_SEEN)), _at_the_beginning(journey)
    for closed in journey.of(K.CASE_CLOSED):
        end = _of_source(seen, closed.source)
        if end and closed.source in begun:
            yield closed, begun[closed.source], end


def _at_the_beginning(journey: Journey) -> dict[str, Event]:
    """By case, what its first assessment that says one tells of the housing, as cases.ethos.housing_at_entry.

    What was seen at the closing or a follow-up of any case is of no assessment. An assessment is of the case opened
    last before it; where one case ends and another begins on one day, their ids, which grow with time, tell which.
    """
    openings = list(journey.of(K.CASE_OPENED))
    elsewhere = {event.source for event in journey.of(K.CASE_CLOSED, K.FOLLOWED_UP)}
    assessed = [event for event in journey.of(K.HOUSING_SEEN) if event.source not in elsewhere]
    found: dict[str, Event] = {}
    for one in sorted(assessed, key=lambda event: (event.day, event.pk)):
        before = [case for case in openings if (case.day, case.source) < (one.day, one.source)]
        if before:
            found.setdefault(max(before, key=lambda case: (case.day, case.source)).source, one)
    return found


def _asked_later(journey: Journey) -> Iterator[tuple[Event, Event]]:
    """Each follow-up of 6 or 12 months, with the housing, of whoever was housed when the case was closed."""
    seen, closings = list(journey.of(K.HOUSING_SEEN)), list(journey.of(K.CASE_CLOSED))
    for asked in journey.of(K.FOLLOWED_UP):
        now = _of_source(seen, asked.source)
        ends = [_of_source(seen, closed.source) for closed in closings if closed.moment <= asked.moment]
        if now and ends and ends[-1] and ends[-1].value == HOUSED and str(int(asked.value)) in dict(AFTER):
            yield asked, now


def _of_source(events: list[Event], source: str) -> Event | None:
    return next((event for event in events if event.source == source), None)
