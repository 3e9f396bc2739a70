"""What a user may do, and where: read once per user instance from the memberships in force."""

import uuid
from dataclasses import dataclass
from functools import cached_property

from lgnet.network.models import Membership, Partner, User
from lgnet.network.roles import ROLES, Permission


@dataclass(frozen=True)
class Grant:
    """One membership in force."""

    membership_id: uuid.UUID
    partner_id: uuid.UUID
    partner_name: str
    role: str
    profile: str
    employer: str  # a third-sector body; empty: the city itself


class Access:
    """The grants of one user. Costs one query, on first use."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Memberships in force today, in a stable order."""
        if not self.user.is_active:
            return ()
        rows = (
            Membership.objects.current()
            .filter(user_id=self.user.pk)
            .order_by("created_at", "id")
            .values_list("id", "partner_id", "partner__short_name", "role", "profile", "employer")
        )
        return tuple(Grant(*row) for row in rows)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything the user may do somewhere."""
        return frozenset().union(*(ROLES[grant.role].permissions for grant in self.grants))

    def partner_ids(self, permission: Permission) -> frozenset[uuid.UUID]:
        """Partners at which the user holds `permission` itself (a network role counts only for its own)."""
        return frozenset(g.partner_id for g in self.grants if permission in ROLES[g.role].permissions)

    def reaches_network(self, permission: Permission) -> bool:
        """Whether some role gives `permission` over every partner."""
        return any(permission in ROLES[g.role].permissions and ROLES[g.role].scope == "network" for g in self.grants)

    @property
    def sees_personal_data(self) -> bool:
        """Whether some role may see who a person is: such users need a second factor."""
        return any(ROLES[grant.role].sees_personal_data for grant in self.grants)


def access_of(user: User) -> Access:
    """Return the access of `user`, remembered on the instance."""
    access: Access | None = getattr(user, "_access", None)
    if access is None:
        access = Access(user)
        user._access = access  # type: ignore[attr-defined]
    return access


def can(user: User, permission: Permission, *, partner: Partner | uuid.UUID | None = None) -> bool:
    """Whether `user` holds `permission`: at `partner`, or anywhere when no partner is given.

    A network role holds its permissions at every partner.
    """
    access = access_of(user)
    if partner is None:
        return permission in access.permissions
    partner_id = partner if isinstance(partner, uuid.UUID) else partner.pk
    return partner_id in access.partner_ids(permission) or access.reaches_network(permission)
