"""Mending on the page what the server could not accept: a new operation that says which one it mends."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.outreach.models import Operation
from lgnet.outreach.sync.kinds import KINDS, Sender
from lgnet.outreach.sync.log import Answer, receive_one, release
from lgnet.outreach.sync_policies import works_in_unit


def is_mendable(user: User, operation: Operation) -> bool:
    """Whether the user may mend it, and a form can: it needs attention, and is of a kind that is known."""
    return operation.settled_at is None and operation.kind in KINDS and works_in_unit(user, operation)


@transaction.atomic
def mend_operation(*, by: User, operation: Operation, changes: dict[str, Any]) -> Answer:
    """Send the operation anew with these values; what was sent besides them stays.

    Raises DomainError with the reason when it is refused again, and then nothing is written; PermissionDenied for
    whoever is not in the unit.
    """
    if not works_in_unit(by, operation):
        raise PermissionDenied(str(Permission.RECORD_CONTACT))
    letter = {
        "id": str(uuid7()), "kind": operation.kind, "record_id": str(operation.record_id or uuid7()),
        "base": operation.base, "changes": operation.changes | changes, "after": [], "mends": str(operation.pk),
        "made_at": timezone.now().isoformat(), **operation.extra,
    }  # fmt: skip
    sender = Sender(by, timezone.now())
    answer = receive_one(sender, operation.device, letter)
    if answer["result"] not in {Operation.Result.APPLIED, Operation.Result.CONFLICT}:
        field = next(iter(answer.get("errors") or {}), None)
        raise DomainError(answer.get("reason") or Operation.Result.WAITING.label, field=field)
    release(operation.device, sender)
    return answer
