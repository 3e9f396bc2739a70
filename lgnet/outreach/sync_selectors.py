"""Reads of devices, of what they sent, and of values to choose from; scoped by partner, unit and restricted file."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from lgnet.audit import services as audit
from lgnet.catalogue.selectors import team_ids_of
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Conflict, Contact, Device, Operation
from lgnet.outreach.selectors import visible_contacts
from lgnet.outreach.sync_policies import works_in_unit
from lgnet.people.policies import file_is_open_for, not_hidden_from

Result = Operation.Result
OPEN = (Result.REFUSED, Result.WAITING)


def own_device(user: User, pk: uuid.UUID | None) -> Device:
    """A device of the user. Raises Http404 for any other."""
    device = Device.objects.filter(pk=pk, user=user).select_related("partner", "team", "user").first() if pk else None
    if device is None:
        raise Http404
    return device


def visible_devices(user: User) -> QuerySet[Device]:
    """The user's own devices, and those of the cities whose staff the user manages."""
    managed = access_of(user).partner_ids(Permission.MANAGE_STAFF)
    return Device.objects.filter(Q(user=user) | Q(partner__in=managed)).select_related(
        "user", "team", "partner", "wipe_asked_by"
    )


def get_device(user: User, pk: uuid.UUID) -> Device:
    """One of `visible_devices`. Raises Http404."""
    device = visible_devices(user).filter(pk=pk).first()
    if device is None:
        raise Http404
    return device


def visible_operations(user: User) -> QuerySet[Operation]:
    """Operations of the user, of the units the user works in, and of the cities whose staff the user manages.

    Those about a restricted file of others are shown to nobody but whoever sent them.
    """
    access = access_of(user)
    own_units = Q(team__in=team_ids_of(user), partner__in=access.partner_ids(Permission.RECORD_CONTACT))
    managed = Q(partner__in=access.partner_ids(Permission.MANAGE_STAFF))
    return Operation.objects.filter(Q(user=user) | ((own_units | managed) & not_hidden_from(user))).select_related(
        "user", "device", "team", "person"
    )


def needing_attention(user: User) -> QuerySet[Operation]:
    """Those of `visible_operations` that were refused and neither mended nor set aside, or still wait."""
    return visible_operations(user).filter(result__in=OPEN, settled_at__isnull=True)  # these have an index


def get_operation(user: User, pk: uuid.UUID) -> Operation:
    """One of `visible_operations`; the read is logged. Raises Http404."""
    operation = visible_operations(user).filter(pk=pk).first()
    if operation is None:
        raise Http404
    audit.note_read(
        by=user, object_type="outreach.operation", object_id=operation.pk, partner_id=operation.partner_id,
        person_id=operation.person_id,
    )  # fmt: skip
    return operation


def reads_operation(user: User, operation: Operation) -> bool:
    """Whether the user may read what was typed: of somebody registered only in the unit, or with the file open."""
    if operation.person is None or operation.user_id == user.pk or works_in_unit(user, operation):
        return True
    return file_is_open_for(user, operation.person)


def mending_of(operation: Operation) -> Operation | None:
    """The operation by which this one was mended and recorded, if it was."""
    done = operation.mended_by.filter(result__in=(Result.APPLIED, Result.CONFLICT))
    return done.select_related("user").first()


def contact_of(user: User, operation: Operation) -> Contact | None:
    """The contact that an operation made or is about, if the user may see it."""
    rows = visible_contacts(user).filter(partner=operation.partner_id)
    return rows.filter(pk=operation.record_id).first() if operation.record_id else None


def visible_conflicts(user: User) -> QuerySet[Conflict]:
    """Values to choose from, or chosen, of the contacts that the user may see."""
    partners = access_of(user).partner_ids(Permission.VIEW_CONTACTS)
    seen = Exists(visible_contacts(user).order_by().filter(pk=OuterRef("contact_id")))  # not all contacts of the city
    return Conflict.objects.filter(seen, partner__in=partners).select_related(
        "contact__zone", "contact__person", "contact__team", "operation__user", "operation__device", "server_by",
        "server_device", "decided_by",
    )  # fmt: skip


def get_conflict(user: User, pk: uuid.UUID) -> Conflict:
    """One of `visible_conflicts`; the read is logged. Raises Http404."""
    conflict = visible_conflicts(user).filter(pk=pk).first()
    if conflict is None:
        raise Http404
    audit.note_read(
        by=user, object_type="outreach.conflict", object_id=conflict.pk, partner_id=conflict.partner_id,
        person_id=conflict.contact.person_id,
    )  # fmt: skip
    return conflict


def chosen_since(user: User, since: datetime | None) -> list[dict[str, Any]]:
    """Choices made by others since then about values that the user had written: whoever made them is told."""
    mine = Q(operation__user=user) | Q(server_by=user)
    rows = visible_conflicts(user).filter(mine, state=Conflict.State.DECIDED).exclude(decided_by=user)
    if since:
        rows = rows.filter(decided_at__gte=since)
    return [
        {
            "record": str(row.contact_id), "field": row.field, "value": row.decided_value,
            "by": row.decided_by.full_name if row.decided_by else "", "at": row.decided_at,
        }
        for row in rows.order_by("-decided_at")[:100]
    ]  # fmt: skip


def counts_for(user: User) -> dict[str, int]:
    """How many operations of the user need attention or wait, and how many values there are to choose from."""
    mine = Operation.objects.filter(user=user)
    return {
        "needs_attention": mine.filter(result=Result.REFUSED).count(),
        "waiting": mine.filter(result=Result.WAITING).count(),
        "to_choose": visible_conflicts(user).filter(state=Conflict.State.OPEN, team__in=team_ids_of(user)).count(),
    }


def work_for(user: User) -> dict[str, int]:
    """How much waits for somebody in what the user may see: for the links above the list of contacts."""
    return {
        "attention": needing_attention(user).filter(result=Result.REFUSED).count(),
        "to_choose": visible_conflicts(user).filter(state=Conflict.State.OPEN).count(),
    }
