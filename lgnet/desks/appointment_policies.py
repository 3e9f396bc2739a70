"""Who says when people are received, who books, who handles an appointment."""

from django.db.models import Q

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.desks.appointment_models import Appointment, AppointmentKind
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import Person
from lgnet.people.policies import is_hidden_from, not_hidden_from, person_is_open_for


def plans(user: User, team: Team) -> bool:
    """Whether the user says when this team receives people."""
    access = access_of(user)
    if team.partner_id in access.partner_ids(Permission.PLAN_ALL_OPENINGS):
        return True
    return team.partner_id in access.partner_ids(Permission.PLAN_OPENINGS) and team.pk in team_ids_of(user)


def works_for(user: User, team: Team) -> bool:
    """Whether the appointments of a team are the user's work: in the team, or running all of the city's."""
    access = access_of(user)
    own = team.pk in team_ids_of(user) and team.partner_id in access.partner_ids(Permission.VIEW_APPOINTMENTS)
    return own or team.partner_id in access.partner_ids(Permission.PLAN_ALL_OPENINGS)


def books(user: User, kind: AppointmentKind) -> bool:
    """Whether the user books appointments of a kind."""
    if kind.partner_id not in access_of(user).partner_ids(Permission.BOOK_APPOINTMENT):
        return False
    return kind.booked_by_whom != AppointmentKind.BookedBy.TEAM or works_for(user, kind.team)


def handles(user: User, appointment: Appointment) -> bool:
    """Whether the user moves and cancels an appointment: its team, and who may book one like it."""
    return works_for(user, appointment.team) or books(user, appointment.kind)


def readable_by(user: User) -> Q:
    """For a queryset of records with a `person` and a `team`: those the user reads.

    What somebody is expected for tells much: the team reads it, who runs all openings, and who has the file open.
    """
    return _read_at(user) & (_of_own_teams(user) | Q(person_is_open_for(user))) & not_hidden_from(user)


def readable_in(user: User, person: Person, *, is_open: bool) -> Q:
    """The same for the records of one person; `is_open`: the user may read the file."""
    if is_hidden_from(user, person):
        return Q(pk__in=())
    return _read_at(user) if is_open else _read_at(user) & _of_own_teams(user)


def _read_at(user: User) -> Q:
    return Q(partner__in=access_of(user).partner_ids(Permission.VIEW_APPOINTMENTS))


def _of_own_teams(user: User) -> Q:
    return Q(team__in=team_ids_of(user)) | Q(partner__in=access_of(user).partner_ids(Permission.PLAN_ALL_OPENINGS))
