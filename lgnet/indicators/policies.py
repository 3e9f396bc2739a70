"""Who may see figures and their evidence."""

import uuid

from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission


def sees_network(user: User) -> bool:
    """Whether the user may see the figures of every partner, and their sum."""
    return access_of(user).reaches_network(Permission.VIEW_NETWORK_INDICATORS)


def own_partner_ids(user: User) -> list[uuid.UUID]:
    """Partners whose figures the user may see by working there, in the order of the memberships."""
    allowed = access_of(user).partner_ids(Permission.VIEW_INDICATORS)
    return list(dict.fromkeys(g.partner_id for g in access_of(user).grants if g.partner_id in allowed))
