"""Counting what is given at the desk: one tap, one row, one step of the journey; undone within the day."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.desks.counted_selectors import counted_types
from lgnet.desks.models import CountedService, CountedSetting
from lgnet.desks.policies import counts_at
from lgnet.desks.services import arrival_moment
from lgnet.network.access import can
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind, Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import lock

MOST = 99  # at one tap; more is a slip of the finger


@transaction.atomic
def count_service(
    *, by: User, team: Team, service_type: ServiceType, person: Person | None = None, quantity: int = 1,
    counted_at: datetime | None = None, record_id: uuid.UUID | None = None,
) -> CountedService:  # fmt: skip
    """Something counted was given to a person, or to somebody whose name is not asked; sent twice, it is counted once.

    Raises DomainError for a service that is not counted in the city, a person of another city, a quantity that cannot
    be, and a moment in the future or too long ago; PermissionDenied at another desk and for a restricted file of
    others. How often a day is usual is shown before, and refuses nobody.
    """
    if not counts_at(by, team) or (person and is_hidden_from(by, person)):
        raise PermissionDenied(str(Permission.COUNT_SERVICES))
    if service_type not in {one.service_type for one in counted_types(team.partner_id)}:
        raise DomainError(_("This service is not counted here."), field="service_type")
    if person and person.partner_id != team.partner_id:
        raise DomainError(_("This person is registered in another city."))
    if not 1 <= quantity <= MOST:
        raise DomainError(_("Write a number from 1 to 99."), field="quantity")
    moment = arrival_moment(counted_at)

    def write() -> CountedService:
        if person is not None:
            lock(person)
        row = CountedService.objects.create(
            pk=record_id or uuid7(), partner_id=team.partner_id, site_id=team.site_id, team=team,
            service_type=service_type, person=person, quantity=quantity, counted_at=moment, recorded_by=by,
        )  # fmt: skip
        journey.record(
            JourneyKind.SERVICE_DELIVERED, by=by, partner=team.partner, site=team.site, team=team, source=row,
            person=person, service_type=service_type, quantity=quantity, occurred_at=moment,
        )  # fmt: skip
        _log(AuditEntry.Action.CREATE, by, row, {"service": service_type.code, "quantity": quantity})
        return row

    def is_mine(row: CountedService) -> bool:
        same = (row.recorded_by_id, row.service_type_id) == (by.pk, service_type.pk)
        return same and row.person_id == (person.pk if person else None)

    return write_once(CountedService, record_id, is_mine=is_mine, write=write)


@transaction.atomic
def undo_count(*, by: User, row: CountedService) -> CountedService:
    """A tap was a mistake: within the day it counts nowhere any more. Twice is once.

    Raises DomainError on a later day; PermissionDenied for who does not count at that desk.
    """
    if not counts_at(by, row.team) or (row.person and is_hidden_from(by, row.person)):
        raise PermissionDenied(str(Permission.COUNT_SERVICES))
    row = CountedService.objects.select_for_update().get(pk=row.pk)
    if row.voided_at:
        return row
    if timezone.localdate(row.created_at) != timezone.localdate():
        raise DomainError(_("Only what was counted today can be undone."))
    row.voided_at, row.voided_by = timezone.now(), by
    row.save(update_fields=["voided_at", "voided_by"])
    for event in JourneyEvent.objects.filter(source_id=row.pk, voided_at__isnull=True):
        journey.void(event, by=by, reason="counted by mistake")
    _log(AuditEntry.Action.UPDATE, by, row, {"changes": {"voided": ["", "yes"]}})
    return row


@transaction.atomic
def set_counted(
    *, by: User, partner_id: uuid.UUID, service_type: ServiceType, is_counted: bool, daily_limit: int | None
) -> CountedSetting:
    """Say whether a city counts a service, and how often a day is usual for one person.

    Raises DomainError for a limit that cannot be; PermissionDenied for who does not keep the directory there.
    """
    if not can(by, Permission.KEEP_DIRECTORY, partner=partner_id):
        raise PermissionDenied(str(Permission.KEEP_DIRECTORY))
    if daily_limit is not None and not 1 <= daily_limit <= MOST:
        raise DomainError(_("Write a number from 1 to 99, or leave it empty."), field="daily_limit")
    values = {"is_counted": is_counted, "daily_limit": daily_limit}
    row, is_new = CountedSetting.objects.select_for_update().get_or_create(
        partner_id=partner_id, service_type=service_type, defaults=values
    )
    before = {} if is_new else {name: getattr(row, name) for name in values}
    row.is_counted, row.daily_limit = is_counted, daily_limit
    row.save(update_fields=["is_counted", "daily_limit"])
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="desks.countedsetting", object_id=row.pk, partner_id=partner_id,
        detail={"service": service_type.code, "changes": audit.changes(before, values)},
    )  # fmt: skip
    return row


def _log(action: AuditEntry.Action, by: User, row: CountedService, detail: dict[str, object]) -> None:
    audit.record(
        action, by=by, object_type="desks.countedservice", object_id=row.pk, partner_id=row.partner_id,
        person_id=row.person_id, detail=detail,
    )  # fmt: skip
