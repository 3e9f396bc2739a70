"""Changes of the zones of a city. Each is logged, and atomic."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.core.errors import DomainError
from lgnet.core.words import one_line
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission

ZONE = "catalogue.zone"
_DECIMALS = 3  # about 100 metres: the rough middle, never a place where somebody sleeps


def zone_partners(user: User) -> frozenset[uuid.UUID]:
    """Partners whose zones the user makes: who plans the outings there."""
    return access_of(user).partner_ids(Permission.PLAN_OUTINGS)


@transaction.atomic
def create_zone(
    *, by: User, partner: Partner, name: str, latitude: float | None = None, longitude: float | None = None
) -> Zone:
    """Make a zone of a city, perhaps with its rough middle.

    Raises PermissionDenied for who does not plan outings there, DomainError for a name that is empty or taken.
    """
    require_zones(by, partner.pk)
    Partner.objects.select_for_update().get(pk=partner.pk)
    name = one_line(name)
    if not name:
        raise DomainError(_("Give the zone a name."), field="name")
    if Zone.objects.filter(partner=partner, name__iexact=name).exists():
        raise DomainError(_("There is a zone with this name already."), field="name")
    zone = Zone.objects.create(partner=partner, name=name, latitude=_rough(latitude), longitude=_rough(longitude))
    _log(AuditEntry.Action.CREATE, by, zone)
    return zone


@transaction.atomic
def remove_zone(*, by: User, zone: Zone) -> None:
    """Take a zone away again that nothing refers to. Raises DomainError when something does, PermissionDenied."""
    require_zones(by, zone.partner_id)
    pk, told = zone.pk, Zone(pk=zone.pk, partner_id=zone.partner_id, name=zone.name)
    try:
        with transaction.atomic():
            Zone.objects.get(pk=pk).delete()
    except ProtectedError as error:
        raise DomainError(_("Stops or contacts are in this zone.")) from error
    _log(AuditEntry.Action.DELETE, by, told)


def require_zones(by: User, partner_id: uuid.UUID) -> None:
    """Raise PermissionDenied for who does not make the zones of this city."""
    if partner_id not in zone_partners(by):
        raise PermissionDenied(_("Only who plans the outings of a city changes its zones."))


def _rough(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, _DECIMALS)


def _log(action: AuditEntry.Action, by: User, zone: Zone) -> None:
    audit.record(
        action, by=by, object_type=ZONE, object_id=zone.pk, partner_id=zone.partner_id, detail={"what": zone.name}
    )
