"""The street: whom the mobile units meet for the first time and again, how often, and who comes with a card."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from lgnet.indicators.definitions.referrals import CAME, followed_by_coming
from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.models import JourneyKind


@indicator(
    label=_("Met in the street for the first time"), short=_("New in the street"), unit=_("persons"),
    kind=Kind.PERSONS, result=2, adds_up=True, placed_by=[JourneyKind.CONTACT], looks_at=[JourneyKind.CONTACT],
)  # fmt: skip
def street_new(journey: Journey) -> Iterator[Row]:
    """Different people who can be told again and whom a mobile unit met for the first time in the quarter.

    Told again means: by name, by nickname or by a card. Groups and people who cannot be recognised are contacts, but
    nobody can say whether they were met before, so they are not counted here.

    Each person counts once in the whole project, in the quarter of the first contact in the street, so quarters can be
    added. Who was known at the desk before counts as new in the street. Somebody given another nickname counts again
    until the units say that the two are one person; then the figure mends itself.
    """
    first = journey.first(JourneyKind.CONTACT) if journey.subject else None
    if first:
        yield Row(first)


@indicator(
    label=_("Met in the street again"), short=_("Returning"), unit=_("persons"), kind=Kind.PERSONS, result=2,
    placed_by=[JourneyKind.CONTACT], looks_at=[JourneyKind.CONTACT],
)  # fmt: skip
def street_returning(journey: Journey) -> Iterator[Row]:
    """Different people met in the street in the quarter whom the units had met in an earlier quarter already.

    Each person counts once in the quarter, at its first contact. Somebody met for the first time and again within the
    same quarter is new, not returning: so new and returning together are all the people met in the street in the
    quarter who can be told again.

    Somebody met in many quarters counts in each after the first, so quarters must not be added.
    """
    if not journey.subject:
        return
    quarter = None
    for event in journey.of(JourneyKind.CONTACT):
        if quarter is not None and event.quarter != quarter:
            yield Row(event)
        quarter = event.quarter


@indicator(
    label=_("Days between sightings"), short=_("Between sightings"), unit=_("days"), kind=Kind.INTERVALS, result=2,
    placed_by=[JourneyKind.CONTACT], looks_at=[JourneyKind.CONTACT],
)  # fmt: skip
def days_between_sightings(journey: Journey) -> Iterator[Row]:
    """Days since the contact in the street before, each time somebody is met there again.

    Measured for people who can be told again (name, nickname or card), as often as they are met again: somebody met on
    four days is measured three times. Several contacts on one day are one sighting. Counted in the quarter of the later
    of the two days.

    Days are those of the calendar. The median is the middle value, "9 in 10 within" the 90th percentile, the same as
    PERCENTILE.INC in a spreadsheet. People who are not met again are not in it: the list of people not met for two
    weeks shows them.
    """
    if not journey.subject:
        return
    before: Event | None = None
    for event in journey.of(JourneyKind.CONTACT):
        if before is None or event.day != before.day:
            if before is not None:
                yield Row(event, first=before, days=(event.day - before.day).days)
            before = event


@indicator(
    label=_("Cards given in the street"), short=_("Cards"), unit=_("referrals"), kind=Kind.ROWS, result=2, adds_up=True,
    placed_by=[JourneyKind.REFERRAL_SENT],
)  # fmt: skip
def street_referrals(journey: Journey) -> Iterator[Row]:
    """Referrals from a mobile unit to another service of the city: each card or sending counts once.

    It counts in the quarter in which it was given, whatever the answer is; also when the unit takes it back later.
    Somebody sent twice counts twice. Referrals between services that are not mobile units do not count here.
    """
    return (Row(event) for event in _cards(journey))


@indicator(
    label=_("Cards given in the street whose person came"), short=_("Cards that arrived"), unit=_("referrals"),
    kind=Kind.ROWS, result=2, adds_up=True, placed_by=[JourneyKind.REFERRAL_SENT],
    looks_at=[JourneyKind.REFERRAL_SENT, *CAME],
)  # fmt: skip
def street_referrals_arrived(journey: Journey) -> Iterator[Row]:
    """Of the referrals that mobile units gave in the quarter, those after which the person came.

    Came means: arrived at a one-stop shop, was taken in charge by a team, or was at a service outside of the network
    as far as the unit heard; after the card was given and before the next card from the street, whatever door the
    person took.

    It counts in the quarter in which the card was given, to be read beside the number of cards of that quarter. The
    figure of a quarter grows as long as people still come.
    """
    return (Row(card) for card in followed_by_coming(journey, _cards(journey)))


def _cards(journey: Journey) -> Iterator[Event]:
    return (event for event in journey.of(JourneyKind.REFERRAL_SENT) if event.from_street)
