"""Integration and less exclusion (DOMAIN 8, result 1): the scale, goals, the fund, work, what people say."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType
from lgnet.indicators.definitions.counts import PEOPLE_GROUPS, first_as_participant
from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.journey_values import AREAS, HELP
from lgnet.people.models import JourneyKind

K = JourneyKind
AFTER = (("3", _("after 3 months")), ("6", _("after 6 months")), ("12", _("after 12 months")))
ANSWERS = (
    ("much", pgettext_lazy("helpfulness", "it helped much")),
    ("some", pgettext_lazy("helpfulness", "it helped a little")),
    ("not", pgettext_lazy("helpfulness", "it did not help")),
    ("refused", pgettext_lazy("helpfulness", "does not want to say")),
)
_ANSWER_OF = {number: answer for answer, number in HELP.items()}
_AREA_OF = {number: area for area, number in AREAS.items()}
HELPED = ("much", "some")


@indicator(
    label=_("Change on the scale of ten domains"), short=_("Change on the scale"), unit=_("points"), kind=Kind.POINTS,
    result=1, placed_by=[K.SCALE_RATED], looks_at=[K.CASE_OPENED, K.SCALE_RATED],
)  # fmt: skip
def scale_change(journey: Journey) -> Iterator[Row]:
    """How much the points on the scale of ten domains of life changed from the first to the last time in a case.

    Measured for every case in which the scale was filled in at least twice, on different days, and counted in the
    quarter of the last time. The points of one time are the mean of the domains that were rated, from 1 (help is
    needed now) to 5 (on her or his own); so a change of 1 is one step in every domain.

    The median is the middle value, the mean the sum of the changes divided by their number; both can be less than 0.
    When the scale is filled in again, the case moves to the later quarter with its new change: quarters must not be
    added.
    """
    return _changes(journey)


@indicator(
    label=_("Cases compared on the scale"), short=_("Compared on the scale"), unit=_("cases"), kind=Kind.ROWS, result=1,
    placed_by=[K.SCALE_RATED], looks_at=[K.CASE_OPENED, K.SCALE_RATED],
    groups=(
        ("better", pgettext_lazy("compared", "better")),
        ("same", pgettext_lazy("compared", "the same")),
        ("worse", pgettext_lazy("compared", "worse")),
    ),
)  # fmt: skip
def scale_compared(journey: Journey) -> Iterator[Row]:
    """Cases compared on the scale of ten domains, by whether the last points are better, the same or worse.

    The same cases as for the change on the scale, each in the quarter of its last time. Better means more points than
    the first time, however few; read it together with the median change.
    """
    for row in _changes(journey):
        yield row._replace(group="better" if row.days > 0 else "worse" if row.days < 0 else "same", days=0)


@indicator(
    label=_("Participants in civic orientation (O.2.3.2)"), short=_("Civic orientation"), unit=_("persons"),
    kind=Kind.PERSONS, result=1, adds_up=True, placed_by=[K.SERVICE_DELIVERED], looks_at=[K.SERVICE_DELIVERED],
    checks_title=True, groups=PEOPLE_GROUPS,
)  # fmt: skip
def supported_civic(journey: Journey) -> Iterator[Row]:
    """Participants who received civic orientation: each counts once, in the first quarter in which they are eligible.

    Eligible and identified as for the participants for the fund; served with the course of civic orientation of the
    catalogue, within a case. The code of the fund is O.2.3.2. Somebody may be counted here and under personal
    guidance, so the two do not add up to the participants.

    Age and gender as for the participants, at the day of that service. Courses of Italian (O.2.3.1) are not counted
    yet: they come with their levels.
    """
    return first_as_participant(journey, _helped(journey, "civic"))


@indicator(
    label=_("Participants with personal guidance to work (O.2.3.3)"), short=_("Personal guidance"), unit=_("persons"),
    kind=Kind.PERSONS, result=1, adds_up=True, placed_by=[K.SERVICE_DELIVERED], looks_at=[K.SERVICE_DELIVERED],
    checks_title=True, groups=PEOPLE_GROUPS,
)  # fmt: skip
def supported_guidance(journey: Journey) -> Iterator[Row]:
    """Participants who received personal professional guidance: each counts once, in the first eligible quarter.

    Eligible and identified as for the participants for the fund; served within a case with one of these services of
    the catalogue: skills assessment and CV, support in the search for work, recognition of qualifications and skills.
    The code of the fund is O.2.3.3.

    Age and gender as for the participants, at the day of that service.
    """
    return first_as_participant(journey, _helped(journey, "guidance"))


@indicator(
    label=_("Goals of plans reached"), short=_("Goals reached"), unit=_("goals"), kind=Kind.ROWS, result=1,
    adds_up=True, placed_by=[K.GOAL_REACHED],
    groups=tuple((area, ServiceType.Area(area).label) for area in AREAS),
)  # fmt: skip
def goals_reached(journey: Journey) -> Iterator[Row]:
    """Goals of signed plans that were reached in the quarter: every goal counts once, by its area.

    It counts on the day on which the team and the person write down that it is reached. If that is taken back, it does
    not count any more. Goals that are partly reached are not in it.
    """
    return (Row(event, group=_AREA_OF[int(event.value)]) for event in journey.of(K.GOAL_REACHED))


@indicator(
    label=_("Asked how it goes after the end"), short=_("Asked afterwards"), unit=_("answers"), kind=Kind.ROWS,
    result=1, adds_up=True, placed_by=[K.FOLLOWED_UP], groups=AFTER,
)  # fmt: skip
def followed_up(journey: Journey) -> Iterator[Row]:
    """Times that somebody whose case was closed told how it goes, 3, 6 or 12 months later.

    It counts in the quarter in which the person was asked. Who could not be reached or did not want to be asked is not
    in it. Read what follows (work, home) in proportion to this number.
    """
    return (Row(event, group=str(int(event.value))) for event in journey.of(K.FOLLOWED_UP))


@indicator(
    label=_("In work, training or school after the end"), short=_("In work or school"), unit=_("answers"),
    kind=Kind.ROWS, result=1, adds_up=True, placed_by=[K.AT_WORK], groups=AFTER,
)  # fmt: skip
def at_work(journey: Journey) -> Iterator[Row]:
    """Of those who told how it goes after the end of a case, those who work, are in training or at school.

    By 3, 6 and 12 months. To be read beside how many were asked and told after as many months: who could not be
    reached is in neither number.
    """
    return (Row(event, group=str(int(event.value))) for event in journey.of(K.AT_WORK))


@indicator(
    label=_("Asked whether it helped"), short=_("Asked if it helped"), unit=_("persons asked"), kind=Kind.ROWS,
    result=1, adds_up=True, placed_by=[K.HELP_RATED], groups=ANSWERS,
)  # fmt: skip
def help_asked(journey: Journey) -> Iterator[Row]:
    """People asked at the end of a case whether it helped, by what they said; who did not want to say is told too.

    Asked by the team in the person's language, or answered on the person's own page. Each case counts once, with the
    last thing that was said, in the quarter in which it was said.
    """
    return (Row(event, group=_ANSWER_OF[int(event.value)]) for event in journey.of(K.HELP_RATED))


@indicator(
    label=_("Participants who say that it helped (R.2.9)"), short=_("It helped"), unit=_("persons"), kind=Kind.ROWS,
    result=1, adds_up=True, placed_by=[K.HELP_RATED],
)  # fmt: skip
def help_helpful(journey: Journey) -> Iterator[Row]:
    """Of those asked at the end of a case, those who say that it helped, much or a little.

    The code of the fund is R.2.9. To be read beside how many were asked and how many did not want to say: who refuses
    to answer has not said that it did not help.
    """
    return (Row(event) for event in journey.of(K.HELP_RATED) if _ANSWER_OF[int(event.value)] in HELPED)


def _helped(journey: Journey, code: str) -> Iterator[Event]:
    return (event for event in journey.of(K.SERVICE_DELIVERED) if event.help == code and not event.at_desk)


def _changes(journey: Journey) -> Iterator[Row]:
    """One row for each case with the scale of at least two days: the last against the first, in hundredths."""
    opened = [event.day for event in journey.of(K.CASE_OPENED)]
    cases: dict[int, list[Event]] = {}
    for rated in journey.of(K.SCALE_RATED):
        cases.setdefault(sum(day <= rated.day for day in opened), []).append(rated)
    for rated_in_case in cases.values():
        first, last = rated_in_case[0], rated_in_case[-1]
        if last.day > first.day:
            yield Row(last, first=first, days=round((last.value - first.value) * 100))
