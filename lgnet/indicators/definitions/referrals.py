"""Referrals inside the network and outside: how many, how soon accepted, who came."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.models import JourneyKind

K = JourneyKind
# Where somebody who was sent is seen to come.
CAME = (K.ARRIVAL, K.CASE_OPENED, K.REFERRAL_ARRIVED)
MINUTE = 16  # characters of a moment; people write hours and minutes, so seconds decide nothing
SOON = timedelta(days=7)


@indicator(
    label=_("Referrals"), unit=_("referrals"), kind=Kind.ROWS, result=2, adds_up=True, placed_by=[K.REFERRAL_SENT],
)  # fmt: skip
def referrals_sent(journey: Journey) -> Iterator[Row]:
    """Times that somebody was sent to another service, inside the network or outside: every referral counts.

    It counts in the quarter in which it was sent, whatever became of it. Those of the mobile units are in it, and are
    told apart among the figures of the street.
    """
    return (Row(event) for event in journey.of(K.REFERRAL_SENT))


@indicator(
    label=_("Referrals accepted within 7 days"), short=_("Accepted in 7 days"), unit=_("referrals"), kind=Kind.ROWS,
    result=2, adds_up=True, placed_by=[K.REFERRAL_SENT],
    looks_at=[K.REFERRAL_SENT, K.REFERRAL_ACCEPTED, K.REFERRAL_ARRIVED],
)  # fmt: skip
def referrals_accepted_in_7_days(journey: Journey) -> Iterator[Row]:
    """Of the referrals sent in the quarter, those that the receiving service accepted within 7 days of the calendar.

    To be read beside the number of referrals of that quarter. A service outside of the network that says nothing but
    receives the person within 7 days has accepted.
    """
    answers = list(journey.of(K.REFERRAL_ACCEPTED, K.REFERRAL_ARRIVED))
    for sent, again in _with_next_of_source(journey.of(K.REFERRAL_SENT)):
        mine = (one for one in answers if one.source == sent.source and _is_after(one, sent))
        answer = next(mine, None)
        if answer and not (again and _is_after(answer, again)) and answer.day - sent.day <= SOON:
            yield Row(sent)


@indicator(
    label=_("Referrals whose person came"), short=_("Came"), unit=_("referrals"), kind=Kind.ROWS, result=2,
    adds_up=True, placed_by=[K.REFERRAL_SENT], looks_at=[K.REFERRAL_SENT, *CAME],
)  # fmt: skip
def referrals_arrived(journey: Journey) -> Iterator[Row]:
    """Of the referrals sent in the quarter, those after which the person came.

    Came means: arrived at a one-stop shop, was taken in charge by a team, or was at a service outside of the network
    as far as is known; after the referral and before the next one of the same person, whatever door the person took.

    It counts in the quarter in which the person was sent, to be read beside the number of referrals of that quarter.
    The figure of a quarter grows as long as people still come.
    """
    return (Row(sent) for sent in followed_by_coming(journey, journey.of(K.REFERRAL_SENT)))


def followed_by_coming(journey: Journey, sent: Iterable[Event]) -> Iterator[Event]:
    """Those of these referrals, in order of time, after which the person came before the next of them was sent."""
    came = list(journey.of(*CAME))
    for one, following in pairwise([*sent, None]):
        if one and any(_is_after(event, one) and not (following and _is_after(event, following)) for event in came):
            yield one


def _is_after(event: Event, sent: Event) -> bool:
    """Whether it happened after the person was sent; of the opening of a case only the day is known."""
    if event.kind == K.CASE_OPENED:
        return event.day >= sent.day
    return event.moment[:MINUTE] >= sent.moment[:MINUTE]


def _with_next_of_source(sent: Iterable[Event]) -> Iterator[tuple[Event, Event | None]]:
    """Each of these referrals, in order of time, with when the same one was sent once more, if it was."""
    events = list(sent)
    for number, one in enumerate(events):
        yield one, next((later for later in events[number + 1 :] if later.source == one.source), None)
