"""What a report of a service is about, and for whom: cities, a team, days; exact, or with small counts hidden."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.periods import Quarter, midnight
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.policies import CITY_KINDS
from lgnet.network.roles import Permission


@dataclass(frozen=True)
class Reach:
    """The cities a reader may choose among, and those of them whose records the reader reads one by one."""

    partners: tuple[Partner, ...]
    own: frozenset[uuid.UUID]
    sees_network: bool


@dataclass(frozen=True)
class Selection:
    """What was chosen: a city (None: all within reach), days, a team. `is_exact`: small counts are shown."""

    reach: Reach
    partner: Partner | None
    first: date
    last: date
    is_exact: bool
    team: Team | None = None

    @property
    def partner_ids(self) -> list[uuid.UUID]:
        """The cities that are counted."""
        return [self.partner.pk] if self.partner else [partner.pk for partner in self.reach.partners]

    @property
    def by_city(self) -> bool:
        """Whether places are cities, because those of all cities would be too many."""
        return self.partner is None

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The first moment, and the first one after the last."""
        return midnight(self.first), midnight(self.last, days_later=1)


def reach_of(user: User, permission: Permission) -> Reach:
    """The cities whose report the user may read: those whose records are read with `permission`, and for network roles
    every one.

    Raises PermissionDenied for whoever reads neither.
    """
    access = access_of(user)
    own = access.partner_ids(permission)
    sees_network = access.reaches_network(Permission.VIEW_NETWORK_INDICATORS)
    if not (own or sees_network):
        raise PermissionDenied
    found = Partner.objects.filter(kind__in=CITY_KINDS) if sees_network else Partner.objects.filter(pk__in=own)
    return Reach(tuple(found.order_by("short_name")), own, sees_network)


def select(
    reach: Reach, *, partner: Partner | None, first: date, last: date, team: Team | None = None
) -> Selection:  # fmt: skip
    """What is reported on these choices. A single city within reach is chosen by itself.

    Whoever does not read the records there gets one whole quarter, that of `first`, and no team: two reports are of the
    same days or share none. What a small count hides can still follow where only one city has one, from the total of
    all cities less the others, and in the quarter that runs from what was shown on another day.
    """
    if partner is None and len(reach.partners) == 1:
        partner = reach.partners[0]
    chosen = {partner.pk} if partner else {one.pk for one in reach.partners}
    if chosen <= reach.own:
        return Selection(reach, partner, first, last, True, team)
    quarter = Quarter.of(first)
    return Selection(reach, partner, quarter.first_day, quarter.next.first_day - timedelta(days=1), False)


def log_report_export(user: User, selection: Selection, *, object_type: str, table: str, rows: int) -> None:
    """Log that a table of a report was exported, at each city whose log tells of it: the chosen, or the own ones."""
    partner_ids = [selection.partner.pk] if selection.partner else [g.partner_id for g in access_of(user).grants]
    days = f"{selection.first}..{selection.last}"
    for partner_id in dict.fromkeys(partner_ids):
        audit.note_read(
            by=user, action=AuditEntry.Action.EXPORT, object_type=object_type, object_id=None,
            partner_id=partner_id, detail={"table": table, "rows": rows, "days": days},
        )  # fmt: skip
