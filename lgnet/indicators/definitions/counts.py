"""Four counts that are never mixed: contacts, persons reached, taken in charge, participants (DOMAIN 2.2)."""

from collections.abc import Iterable, Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lgnet.indicators.journeys import Event, Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.codes import Gender
from lgnet.people.models import JourneyKind

OF_AGE, SIXTY = 18, 60
# The groups of the fund (DOMAIN 2.1); the age is the one on the day of entry.
AGES = {"under_18": _("under 18"), "18_to_60": _("18 to 60"), "over_60": _("over 60")}
PEOPLE_GROUPS = tuple(
    (f"{gender}_{band}", format_lazy("{}, {}", gender.label, age)) for gender in Gender for band, age in AGES.items()
)
# What cannot happen without meeting the person.
MEETINGS = (
    JourneyKind.CONTACT, JourneyKind.ARRIVAL, JourneyKind.REGISTERED, JourneyKind.NOTICE_GIVEN,
    JourneyKind.ELIGIBILITY_CHECKED, JourneyKind.CASE_OPENED, JourneyKind.ASSESSED, JourneyKind.PLAN_SIGNED,
    JourneyKind.SERVICE_DELIVERED,
)  # fmt: skip


@indicator(
    label=_("Contacts"), unit=_("contacts"), kind=Kind.ROWS, result=2, adds_up=True, placed_by=[JourneyKind.CONTACT]
)
def contacts(journey: Journey) -> Iterator[Row]:
    """Meetings in the street: every one counts, of one person or of a group, known or not.

    One contact is one meeting recorded by a mobile unit. A group is one contact, however many people are in it, and
    somebody met three times is three contacts. So contacts say how much the units work, not how many people they meet.

    A contact counts in the quarter in which it happened, even when it is recorded later. A contact recorded by mistake
    and voided does not count.
    """
    return (Row(event) for event in journey.of(JourneyKind.CONTACT))


@indicator(
    label=_("Persons reached"), unit=_("persons"), kind=Kind.PERSONS, result=2, placed_by=MEETINGS,
)  # fmt: skip
def persons_reached(journey: Journey) -> Iterator[Row]:
    """Different people met in the quarter who can be told again: by name, by nickname or by a card.

    Met means: in the street, at the desk, or in the work that follows (registration, notice, check of the title,
    opening of a case, assessment, signed plan, service). Referrals and the closing of a case are not meetings.

    Each person counts once in the quarter, at the first meeting. Somebody met without a name counts if a nickname or a
    card makes it possible to recognise him or her again; when the person is identified later, it is still one person.
    Groups and people who cannot be recognised are contacts, but not persons reached: nobody can say whether they were
    the same people.

    Somebody met in two quarters counts in both, so quarters must not be added. Somebody known in two cities counts in
    each, because the cities do not share who people are.
    """
    if not journey.subject:
        return iter(())
    return _first_of_each_quarter(journey.of(*MEETINGS))


@indicator(
    label=_("Taken in charge"), unit=_("persons"), kind=Kind.PERSONS, result=2, placed_by=[JourneyKind.CASE_OPENED]
)
def taken_in_charge(journey: Journey) -> Iterator[Row]:
    """Different people for whom a team opened a case in the quarter.

    The day is the one on which the case was opened. Who was received at the desk and got an answer, but no case, is
    reached and not taken in charge.

    Each person counts once in the quarter. Somebody whose case was closed and who is taken in charge again in a later
    quarter counts again there, so adding quarters counts some people twice.
    """
    return _first_of_each_quarter(journey.of(JourneyKind.CASE_OPENED))


@indicator(
    label=_("Participants for the fund"), short=_("Participants"), unit=_("persons"), kind=Kind.PERSONS, result=1,
    adds_up=True, placed_by=[JourneyKind.SERVICE_DELIVERED], looks_at=[JourneyKind.SERVICE_DELIVERED],
    checks_title=True, groups=PEOPLE_GROUPS,
)  # fmt: skip
def participants(journey: Journey) -> Iterator[Row]:
    """People who are eligible, identified and served: each counts once, in the first quarter in which all three hold.

    Eligible: on the day of the service. The latest check of the title to stay made up to that day says so, and the
    title, or the receipt of a renewal asked for in time, is still good then. A later check says so too when it shows a
    title issued by that day, or, without a day of issue, when it is the last of the same quarter. A later check that
    says "not eligible" does not take away a participant.

    Identified: given names, family names, date of birth (even if only the year is sure) and gender are recorded. When
    they are completed later, the person counts in the quarter of the service, not of the writing.

    Served: on that day a service of the catalogue was delivered within a case. What is given in the street, answers at
    the desk, showers and mail that are counted there are not services in this sense.

    Services of days on which the person was not eligible do not count: the person becomes a participant with the next
    service, and is counted apart until then. Because each person counts once in the whole project, quarters can be
    added.

    By gender as the person states it, and by age on the day of that service: under 18, 18 to 60, over 60. A date of
    birth of which only the year is sure counts as written, the first of January.
    """
    yield from first_as_participant(journey, services_within_a_case(journey))


def first_as_participant(journey: Journey, served: Iterable[Event]) -> Iterator[Row]:
    """The first of these services on whose day somebody identified is eligible."""
    identity = journey.identity
    if identity is None:
        return
    for event in served:
        if check := journey.eligible_check(event.day):
            age = identity.age_on(event.day)
            band = "under_18" if age < OF_AGE else "18_to_60" if age <= SIXTY else "over_60"
            yield Row(event, check=check, group=f"{identity.gender}_{band}")
            return


def services_within_a_case(journey: Journey) -> Iterator[Event]:
    """Services of the catalogue, but for those counted at the desk."""
    return (event for event in journey.of(JourneyKind.SERVICE_DELIVERED) if not event.at_desk)


def _first_of_each_quarter(events: Iterator[Event]) -> Iterator[Row]:
    last = None
    for event in events:
        if event.quarter != last:
            last = event.quarter
            yield Row(event)
