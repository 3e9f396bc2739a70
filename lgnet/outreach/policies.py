"""Who plans and runs outings, who keeps stops and units, and who takes pictures away."""

import uuid

from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Contact


def runs_outings_of(user: User, team: Team) -> bool:
    """Whether the user plans, starts and ends outings of this unit: who plans for the city, and who works in it."""
    access = access_of(user)
    if team.partner_id in access.partner_ids(Permission.PLAN_OUTINGS):
        return True
    return team.partner_id in access.partner_ids(Permission.RUN_OUTINGS) and team.pk in team_ids_of(user)


def stop_partners(user: User) -> frozenset[uuid.UUID]:
    """Partners whose stops the user makes and changes."""
    access = access_of(user)
    return access.partner_ids(Permission.PLAN_OUTINGS) | access.partner_ids(Permission.RUN_OUTINGS)


def manages_unit(user: User, team: Team) -> bool:
    """Whether the user says what vehicle and equipment a unit has: who manages the teams of the city."""
    return team.partner_id in access_of(user).partner_ids(Permission.MANAGE_STAFF)


def removes_pictures_of(user: User, contact: Contact) -> bool:
    """Whether the user may remove pictures of this contact: who works in its unit, and who manages the staff there."""
    managed = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    return contact.team_id in team_ids_of(user) or contact.partner_id in managed
