"""Changes of stops, and of what a mobile unit has beside its people. Each is logged, and atomic."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team, Zone
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User
from lgnet.outreach.models import MobileUnit, Stop
from lgnet.outreach.policies import manages_unit, stop_partners
from lgnet.outreach.positions import Position, put_at

STOP = "outreach.stop"
UNIT = "outreach.mobileunit"
_FIELDS = ("zone", "name", "directions", "is_published", "is_active", "latitude", "longitude", "is_far")
_UNIT_FIELDS = ("vehicle", "plate", "equipment")


@transaction.atomic
def create_stop(
    *, by: User, zone: Zone, name: str, directions: str = "", is_published: bool = False,
    record_id: uuid.UUID | None = None, position: Position | None = None,
) -> Stop:  # fmt: skip
    """Make a stop in the city of the zone; a form sent twice makes one.

    Raises PermissionDenied for who keeps no stops there, DomainError for a name that is empty or taken.
    """
    _require_keeps(by, zone.partner_id)
    Partner.objects.select_for_update().get(pk=zone.partner_id)  # two stops of one name at one moment: one waits
    stop = Stop(
        pk=record_id or uuid7(), partner_id=zone.partner_id, zone=zone, name=one_line(name),
        directions=one_line(directions), is_published=is_published,
    )  # fmt: skip
    put_at(stop, position)

    def write() -> Stop:
        _check_stop(stop)
        stop.save(force_insert=True)
        _log(AuditEntry.Action.CREATE, by, stop, {"published": stop.is_published})
        return stop

    return write_once(Stop, record_id, is_mine=lambda found: found.partner_id == zone.partner_id, write=write)


@transaction.atomic
def change_stop(
    *, by: User, stop: Stop, zone: Zone, name: str, directions: str, is_published: bool, is_active: bool,
    position: Position | None,
) -> Stop:  # fmt: skip
    """Change a stop, publish it, or take it out of use: outings that had it keep it.

    Raises PermissionDenied for who keeps no stops there, DomainError for a name that is empty or taken and for a zone
    of another city.
    """
    _require_keeps(by, stop.partner_id)
    Partner.objects.select_for_update().get(pk=stop.partner_id)
    stop = Stop.objects.select_for_update(of=("self",)).select_related("zone").get(pk=stop.pk)
    before = {field: getattr(stop, field) for field in _FIELDS}
    stop.zone, stop.name, stop.directions = zone, one_line(name), one_line(directions)
    stop.is_published, stop.is_active = is_published and is_active, is_active
    put_at(stop, position)
    after = {field: getattr(stop, field) for field in _FIELDS}
    if before == after:
        return stop
    _check_stop(stop)
    stop.save()
    _log(AuditEntry.Action.UPDATE, by, stop, {"changes": audit.changes(before, after)})
    return stop


@transaction.atomic
def describe_unit(*, by: User, team: Team, vehicle: str, plate: str, equipment: str) -> MobileUnit:
    """Say what vehicle and equipment a mobile unit has.

    Raises PermissionDenied for who does not manage the teams there, DomainError for a team that is no mobile unit.
    """
    if not manages_unit(by, team):
        raise PermissionDenied(_("Only who manages the staff of a city changes its teams."))
    Team.objects.select_for_update().get(pk=team.pk)
    if team.kind != Team.Kind.MOBILE_UNIT:
        raise DomainError(_("This team is no mobile unit."))
    unit = MobileUnit.objects.filter(team=team).first() or MobileUnit(team=team)
    before = {field: getattr(unit, field) for field in _UNIT_FIELDS}
    unit.vehicle, unit.plate, unit.equipment = one_line(vehicle), one_line(plate), equipment.strip()
    after = {field: getattr(unit, field) for field in _UNIT_FIELDS}
    if before != after:
        unit.save()
        audit.record(
            AuditEntry.Action.UPDATE, by=by, object_type=UNIT, object_id=unit.pk, partner_id=team.partner_id,
            detail={"what": team.name, "changes": audit.changes(before, after)},
        )  # fmt: skip
    return unit


def _require_keeps(by: User, partner_id: uuid.UUID) -> None:
    if partner_id not in stop_partners(by):
        raise PermissionDenied(_("Only the mobile units and the coordinator change stops."))


def _check_stop(stop: Stop) -> None:
    if not stop.name:
        raise DomainError(_("Give the stop a name."), field="name")
    if stop.zone.partner_id != stop.partner_id:
        raise DomainError(_("The zone belongs to another city."), field="zone")
    others = Stop.objects.filter(partner=stop.partner_id, name__iexact=stop.name).exclude(pk=stop.pk)
    if others.exists():
        raise DomainError(_("There is a stop with this name already."), field="name")


def _log(action: AuditEntry.Action, by: User, stop: Stop, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=STOP, object_id=stop.pk, partner_id=stop.partner_id,
        detail={"what": stop.name} | detail,
    )  # fmt: skip
