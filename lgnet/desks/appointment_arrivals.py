"""Who has an appointment arrives: at a desk that is an arrival, and there may be a ticket for the queue."""

from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.core.errors import DomainError
from lgnet.desks.appointment_models import Appointment
from lgnet.desks.appointment_outcomes import mark_arrived
from lgnet.desks.policies import works_at
from lgnet.desks.queue import issue_ticket
from lgnet.desks.queue_models import Ticket
from lgnet.desks.services import record_arrival
from lgnet.network.models import User


@transaction.atomic
def receive(*, by: User, appointment: Appointment) -> Appointment:
    """The person is here: at a desk an arrival is recorded, elsewhere the appointment alone says so.

    Raises DomainError as `mark_arrived`.
    """
    team = appointment.team
    if not (team.kind == team.Kind.DESK and works_at(by, team)):
        return mark_arrived(by=by, appointment=appointment)
    marked = mark_arrived(by=by, appointment=appointment)
    record_arrival(by=by, team=team, person=appointment.person, topic=appointment.kind.area)
    marked.refresh_from_db()
    return marked


def give_ticket(*, by: User, appointment: Appointment) -> Ticket:
    """A number in the queue of the desk for who has an appointment; the ticket does not tell who it is."""
    if not appointment.is_expected:
        raise DomainError(_("This appointment is not to come any more."))
    languages = appointment.person.languages.values_list("language", flat=True)
    return issue_ticket(
        team=appointment.team, by=by, topic=appointment.kind.area, language=languages.first() or "",
        priority=Ticket.Priority.APPOINTMENT,
    )  # fmt: skip
