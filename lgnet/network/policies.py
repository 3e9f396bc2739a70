"""Who manages whom.

A holder of MANAGE_STAFF grants and manages every role of scope `partner` at the own partners; a holder of
APPOINT_COORDINATORS the coordinators of every city; staff of a network role that of the same role at the same partner.
"""

from django.db.models import Q

from lgnet.network.access import access_of
from lgnet.network.models import Invitation, Membership, Partner, User
from lgnet.network.roles import ROLES, Permission, Role

PARTNER_ROLES = frozenset(Role(role) for role, spec in ROLES.items() if spec.scope == "partner")
CITY_KINDS = (Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY)


def manages_staff(user: User) -> bool:
    """Whether the user manages somebody somewhere."""
    return bool({Permission.MANAGE_STAFF, Permission.APPOINT_COORDINATORS} & access_of(user).permissions)


def grantable_roles(user: User, partner: Partner) -> frozenset[Role]:
    """The roles that the user may give somebody at `partner`."""
    access = access_of(user)
    roles: set[Role] = set()
    if partner.pk in access.partner_ids(Permission.MANAGE_STAFF):
        roles |= PARTNER_ROLES
    if access.reaches_network(Permission.APPOINT_COORDINATORS) and partner.is_city:
        roles.add(Role.COORDINATOR)
    roles |= {Role(g.role) for g in access.grants if g.partner_id == partner.pk and g.role not in PARTNER_ROLES}
    return frozenset(roles)


def manageable(user: User) -> Q:
    """The memberships and invitations that the user manages, as a condition on partner and role."""
    access = access_of(user)
    found = Q(partner__in=access.partner_ids(Permission.MANAGE_STAFF), role__in=PARTNER_ROLES)
    if access.reaches_network(Permission.APPOINT_COORDINATORS):
        found |= Q(partner__kind__in=CITY_KINDS, role=Role.COORDINATOR)
    for grant in access.grants:
        if grant.role not in PARTNER_ROLES:
            found |= Q(partner=grant.partner_id, role=grant.role)
    return found


def may_manage(user: User, row: Membership | Invitation) -> bool:
    """Whether the user manages this membership or invitation."""
    return Role(row.role) in grantable_roles(user, row.partner)


def may_manage_sign_in(user: User, member: User) -> bool:
    """Whether the user may reset the second factor of `member`: somebody else, all of whose posts are managed."""
    posts = list(Membership.objects.open().filter(user=member).select_related("partner"))
    return user != member and bool(posts) and all(may_manage(user, post) for post in posts)


def may_switch_off(user: User, member: User) -> bool:
    """Whether the user may deactivate or reactivate `member`: somebody managed once who has no post any more."""
    if user == member or Membership.objects.open().filter(user=member).exists():
        return False
    return Membership.objects.filter(manageable(user), user=member).exists()
