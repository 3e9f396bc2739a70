"""The one-stop shop: who comes, what is asked and answered, who came to the appointment, who was interpreted for."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from lgnet.indicators.journeys import Journey
from lgnet.indicators.registry import Kind, Row, indicator
from lgnet.people.models import JourneyKind

K = JourneyKind


@indicator(
    label=_("Arrivals at the one-stop shop"), short=_("Arrivals"), unit=_("arrivals"), kind=Kind.ROWS, result=2,
    adds_up=True, placed_by=[K.ARRIVAL],
)  # fmt: skip
def desk_arrivals(journey: Journey) -> Iterator[Row]:
    """Times that somebody came to a one-stop shop: every one counts, also of who does not say who it is.

    Somebody who comes three times is three arrivals, so arrivals are not people. Who takes a number and goes away
    before being received is not an arrival, nor is a call or a message.
    """
    return (Row(event) for event in journey.of(K.ARRIVAL))


@indicator(
    label=_("Requests at the one-stop shop"), short=_("Requests"), unit=_("requests"), kind=Kind.ROWS, result=2,
    adds_up=True, placed_by=[K.REQUEST_MADE],
)  # fmt: skip
def desk_requests(journey: Journey) -> Iterator[Row]:
    """Things that people asked at a one-stop shop, each by the catalogue of services: every one counts.

    Somebody who asks for two things on one visit made two requests. Requests of people who did not say who they are
    count too. By topic they are in the report of the desks.
    """
    return (Row(event) for event in journey.of(K.REQUEST_MADE))


@indicator(
    label=_("Requests answered on the spot"), short=_("Answered on the spot"), unit=_("requests"), kind=Kind.ROWS,
    result=2, adds_up=True, placed_by=[K.REQUEST_MADE], looks_at=[K.REQUEST_MADE, K.REQUEST_ANSWERED],
)  # fmt: skip
def desk_answered_on_the_spot(journey: Journey) -> Iterator[Row]:
    """Of the requests made in the quarter, those that were answered on the same day.

    To be read beside the number of requests of that quarter. What was promised and done later, and what could not be
    answered, is not in it. A request sent on to another service is answered when that is what the person needed and the
    operator says so.
    """
    answered = {(event.source, event.day) for event in journey.of(K.REQUEST_ANSWERED)}
    return (Row(event) for event in journey.of(K.REQUEST_MADE) if (event.source, event.day) in answered)


@indicator(
    label=_("Appointments that people came to"), short=_("Appointments kept"), unit=_("appointments"), kind=Kind.ROWS,
    result=2, adds_up=True, placed_by=[K.APPOINTMENT_KEPT],
)  # fmt: skip
def appointments_kept(journey: Journey) -> Iterator[Row]:
    """Appointments of the quarter that the person came to: every one counts.

    The quarter is that of the appointment, not of the booking. What was moved counts where it took place.
    """
    return (Row(event) for event in journey.of(K.APPOINTMENT_KEPT))


@indicator(
    label=_("Appointments missed"), unit=_("appointments"), kind=Kind.ROWS, result=2, adds_up=True,
    placed_by=[K.APPOINTMENT_MISSED],
)  # fmt: skip
def appointments_missed(journey: Journey) -> Iterator[Row]:
    """Appointments of the quarter to which the person did not come, without saying so before.

    To be read beside those that people came to. What was cancelled or moved before, by the person or by the service,
    is in neither.
    """
    return (Row(event) for event in journey.of(K.APPOINTMENT_MISSED))


@indicator(
    label=_("Conversations with a mediator"), short=_("Mediations"), unit=_("conversations"), kind=Kind.ROWS, result=2,
    adds_up=True, placed_by=[K.MEDIATION],
)  # fmt: skip
def mediations(journey: Journey) -> Iterator[Row]:
    """Conversations for which a mediator was booked through the network and took place, in person or remote.

    They count in the city of the person, whichever city the mediator works for. By language they are in the report of
    the desks.
    """
    return (Row(event) for event in journey.of(K.MEDIATION))
