"""Choosing between two values of one field, and what needed attention set aside with a reason."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.change_forms import ContactChangeForm
from lgnet.outreach.corrections import change_locked, lock_contact, wire, wire_value
from lgnet.outreach.models import Conflict, Contact, Operation
from lgnet.outreach.sync_policies import may_set_aside

Choice = Conflict.Choice


@transaction.atomic
def decide_conflict(*, by: User, conflict: Conflict, choice: str, seen: Any, value: Any = None) -> Conflict:
    """Choose what the record has from now on: what it has, what was sent later, or a third `value`, as a form sends it.

    `seen` is the value of the record that the chooser saw. Raises DomainError when it has changed since, when somebody
    else has chosen, or for a value that the form does not take; PermissionDenied for whoever is not in the unit.
    """
    locked = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    contact = lock_contact(by, locked.contact_id)
    if locked.state != Conflict.State.OPEN:
        raise DomainError(_("Somebody has chosen already."))
    now = wire(contact)[locked.field]
    if seen != now:
        raise DomainError(_("What is recorded has changed in the meantime. Look at it, then choose again."))
    if choice != Choice.SERVER:
        cleaned = _cleaned(by, contact, locked.field, locked.proposed if choice == Choice.DEVICE else value)
        source = {"conflict": str(locked.pk)}
        contact = change_locked(by=by, locked=contact, changes={locked.field: cleaned}, source=source)
    locked.state, locked.choice, locked.decided_value = Conflict.State.DECIDED, choice, wire(contact)[locked.field]
    locked.decided_by, locked.decided_at = by, timezone.now()
    locked.save(update_fields=["state", "choice", "decided_value", "decided_by", "decided_at"])
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="outreach.conflict", object_id=locked.pk,
        partner_id=locked.partner_id, person_id=contact.person_id,
        detail={"choice": choice, "field": locked.field, "changes": {locked.field: [now, locked.decided_value]}},
    )  # fmt: skip
    return locked


@transaction.atomic
def set_aside(*, by: User, operation: Operation, reason: str) -> Operation:
    """Leave an operation as it is, with a reason: it stays readable, and is done no more.

    Raises DomainError without a reason or for one that needs no attention any more, PermissionDenied for strangers.
    """
    if not may_set_aside(by, operation):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    if not reason.strip():
        raise DomainError(_("Say why, so that the colleagues know."), field="reason")
    locked = Operation.objects.select_for_update(of=("self",)).get(pk=operation.pk)
    if locked.settled_at:
        raise DomainError(_("This was settled in the meantime."))
    locked.result, locked.settled_at, locked.waits_for = Operation.Result.SET_ASIDE, timezone.now(), None
    locked.set_aside_by, locked.set_aside_reason = by, reason.strip()[:300]
    locked.save(update_fields=["result", "settled_at", "waits_for", "set_aside_by", "set_aside_reason"])
    audit.record(
        AuditEntry.Action.UPDATE, by=by, object_type="outreach.operation", object_id=locked.pk,
        partner_id=locked.partner_id, person_id=locked.person_id, detail={"set_aside": locked.set_aside_reason},
    )  # fmt: skip
    return locked


def _cleaned(by: User, contact: Contact, field: str, value: Any) -> Any:
    """The value as the form of the page takes it. Raises DomainError with its words."""
    data = {**wire(contact), "occurred_at": contact.occurred_at, field: value}
    if field == "occurred_at" and value == wire_value(field, contact.occurred_at):
        data[field] = contact.occurred_at
    form = ContactChangeForm(data, user=by, contact=contact)
    if field not in form.fields:
        raise DomainError(_("This does not change for a registered person or a group."))
    if found := form.errors.get(field):
        raise DomainError(str(found[0]), field="value")
    return form.cleaned_data[field]
