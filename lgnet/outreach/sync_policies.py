"""Who may do what with devices and with what they sent."""

from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of, can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Conflict, Device, Operation


def may_use_app(user: User) -> bool:
    """Whether the user records in the street now, or did and has a device whose queue is still to be taken."""
    return can(user, Permission.RECORD_CONTACT) or Device.objects.filter(user=user).exists()


def may_wipe(user: User, device: Device) -> bool:
    """Who manages the staff of the city, and the owner: a phone is lost first of all by its owner."""
    manages = device.partner_id in access_of(user).partner_ids(Permission.MANAGE_STAFF)
    return manages or device.user_id == user.pk


def works_in_unit(user: User, row: Operation | Conflict | Device) -> bool:
    """Whether the user records contacts in the unit of the row now."""
    records = row.partner_id in access_of(user).partner_ids(Permission.RECORD_CONTACT)
    return records and row.team_id in team_ids_of(user)


def may_set_aside(user: User, operation: Operation) -> bool:
    """Its user, the unit, and the coordinator who manages the staff there."""
    manages = operation.partner_id in access_of(user).partner_ids(Permission.MANAGE_STAFF)
    return manages or operation.user_id == user.pk or works_in_unit(user, operation)


def may_see_work(user: User) -> bool:
    """Whether the user looks after what devices sent: who records in the street, and who manages those who do."""
    return can(user, Permission.RECORD_CONTACT) or oversees(user)


def oversees(user: User) -> bool:
    """Whether the user is a coordinator: reads the contacts of a city and manages its staff."""
    return can(user, Permission.VIEW_CONTACTS) and can(user, Permission.MANAGE_STAFF)
