"""Who works at a desk, who sets it up, who shares the booking of a mediator."""

import uuid

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.desks.mediation_models import MediationBooking
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission


def works_at(user: User, desk: Team) -> bool:
    """Whether the user receives people at this desk today."""
    return desk.pk in team_ids_of(user) and desk.partner_id in access_of(user).partner_ids(Permission.RECORD_VISIT)


def sets_up(user: User, desk: Team) -> bool:
    """Whether the user says what counters and screens the desk has: who works there, and who manages the teams."""
    return works_at(user, desk) or desk.partner_id in access_of(user).partner_ids(Permission.MANAGE_STAFF)


def records_requests_at(user: User, team: Team) -> bool:
    """Whether the user writes down what is asked at this desk, and what was answered."""
    return _does_in(user, team, Permission.RECORD_REQUESTS)


def counts_at(user: User, team: Team) -> bool:
    """Whether the user counts services of this team, and keeps the mail there."""
    return _does_in(user, team, Permission.COUNT_SERVICES)


def _does_in(user: User, team: Team, permission: Permission) -> bool:
    return team.pk in team_ids_of(user) and team.partner_id in access_of(user).partner_ids(permission)


def mediation_partners(user: User) -> frozenset[uuid.UUID]:
    """Partners for which the user books mediators, or offers them."""
    access = access_of(user)
    return access.partner_ids(Permission.BOOK_MEDIATION) | access.partner_ids(Permission.OFFER_MEDIATION)


def closes_mediation(user: User, booking: MediationBooking) -> bool:
    """Whether the user cancels this booking and says whether it took place: of either city, or the mediator."""
    own = mediation_partners(user)
    return booking.partner_id in own or booking.offer.partner_id in own or booking.offer.mediator_id == user.pk
