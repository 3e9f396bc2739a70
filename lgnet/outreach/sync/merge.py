"""Merging field by field. No value that somebody typed is written over by somebody who had not seen it."""

from typing import Any

from django.utils import timezone

from lgnet.network.models import User
from lgnet.outreach.corrections import (
    canonical,
    change_locked,
    last_change,
    lock_contact,
    read_moment,
    wire,
    wire_value,
)
from lgnet.outreach.models import Conflict, Contact, Device, Operation
from lgnet.outreach.sync.kinds import Outcome, by_our_clock
from lgnet.outreach.sync.letters import read_uuid

_NOTHING = object()


def merge(operation: Operation, by: User, contact: Contact, values: dict[str, Any]) -> Outcome:
    """Write each value whose base is what the record has; keep the others beside it for somebody to choose.

    The fates: `applied`; `same`, the record has the value already; `unchanged`, the device did not change it;
    `conflict`. Runs in the caller's transaction, the record is locked.
    """
    locked = lock_contact(by, contact.pk)
    now, write, fates = wire(locked), {}, {}
    for name, value in values.items():
        base = _base(operation, name)
        new = wire_value(name, value)
        if new == now[name]:
            fates[name] = "same"
        elif new == base:
            fates[name] = "unchanged"
        elif base == now[name]:
            fates[name], write[name] = "applied", value
        else:
            fates[name] = "conflict"
            _keep_both(operation, locked, name, now[name], new)
        if fates[name] != "unchanged" and base is not _NOTHING:
            _supersede(operation, locked, name, base)
    if write:
        source = {"operation": str(operation.pk), "device": str(operation.device_id)}
        change_locked(by=by, locked=locked, changes=write, source=source)
    return Outcome(fates, {"record": str(locked.pk)})


def _base(operation: Operation, field: str) -> Any:
    """What the device saw; a moment by its own clock, put right like those it records."""
    if field not in operation.base:
        return _NOTHING
    sent = operation.base[field]
    moment = read_moment(sent) if field == "occurred_at" and operation.skew_seconds else None
    return wire_value(field, by_our_clock(moment, operation)) if moment else canonical(field, sent)


def _keep_both(operation: Operation, contact: Contact, field: str, server: Any, proposed: Any) -> None:
    """A row for the conflict screen: both values, and who wrote the one that stays for now."""
    last = last_change(contact, field)
    device = read_uuid(last.detail.get("device")) if last else None
    Conflict.objects.create(
        partner_id=contact.partner_id, team_id=contact.team_id, contact=contact, operation=operation, field=field,
        base=operation.base.get(field), proposed=proposed, server_value=server,
        server_by_id=last.actor_id if last else contact.recorded_by_id,
        server_at=last.created_at if last else contact.created_at,
        server_device=Device.objects.filter(pk=device).first() if device else None,
    )  # fmt: skip


def _supersede(operation: Operation, contact: Contact, field: str, seen: Any) -> None:
    """Close what the same device had proposed before and now writes anew: whoever wrote this had seen it."""
    earlier = Conflict.objects.filter(
        contact=contact, field=field, state=Conflict.State.OPEN, operation__device=operation.device_id
    ).exclude(operation=operation)
    for conflict in earlier:
        if conflict.proposed == seen:
            conflict.state, conflict.superseded_by = Conflict.State.SUPERSEDED, operation
            conflict.decided_by_id, conflict.decided_at = operation.user_id, timezone.now()
            conflict.save(update_fields=["state", "superseded_by", "decided_by", "decided_at"])
