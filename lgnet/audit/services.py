"""Writing the log. Services call `record`; selectors of personal files call `note_read`.

A page must not write while it is read (see core.middleware), so reads are collected in a context variable and
written by `AuditReadsMiddleware` after the view; if that fails the page is not served. Outside a request
(a command, a test) a read is written at once.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from lgnet.audit.models import AuditEntry


class Actor(Protocol):
    """Whoever acts: a user of the platform."""

    @property
    def pk(self) -> Any: ...

    def get_full_name(self) -> str: ...


_collected: ContextVar[list[AuditEntry] | None] = ContextVar("collected_reads", default=None)


def record(
    action: AuditEntry.Action | str,
    *,
    by: Actor | None,
    object_type: str,
    object_id: uuid.UUID | None,
    partner_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one row now, in the caller's transaction. `detail` must be JSON-serialisable."""
    entry = _entry(action, by, object_type, object_id, partner_id, person_id, reason, detail)
    entry.save(force_insert=True)
    return entry


def record_many(
    action: AuditEntry.Action | str, *, by: Actor | None, object_type: str, partner_id: uuid.UUID,
    objects: Iterable[tuple[uuid.UUID, uuid.UUID | None]], reason: str = "", detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write a row for each of many objects, told with the id of their person or None, of whom the same was done."""
    AuditEntry.objects.bulk_create(
        (_entry(action, by, object_type, pk, partner_id, person, reason, detail) for pk, person in objects),
        batch_size=500,
    )


def note_read(
    *,
    by: Actor | None,
    object_type: str,
    object_id: uuid.UUID | None,
    partner_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    action: AuditEntry.Action | str = AuditEntry.Action.READ,
) -> None:
    """Log a read of personal data: collected during a request, written at once outside of one."""
    entry = _entry(action, by, object_type, object_id, partner_id, person_id, reason, detail)
    reads = _collected.get()
    if reads is None:
        entry.save(force_insert=True)
    else:
        reads.append(entry)


@contextmanager
def collecting_reads() -> Iterator[list[AuditEntry]]:
    """Collect the reads noted inside the block instead of writing them; the caller writes the list."""
    reads: list[AuditEntry] = []
    token = _collected.set(reads)
    try:
        yield reads
    finally:
        _collected.reset(token)


def write_collected(reads: list[AuditEntry]) -> None:
    """Write collected reads in one statement. Raises whatever the database raises."""
    if reads:
        AuditEntry.objects.bulk_create(reads)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """Return {field: [old, new]} as text for the fields whose value differs."""
    return {key: [_text(before.get(key)), _text(value)] for key, value in after.items() if before.get(key) != value}


def _storable(value: Any) -> Any:
    """The value without NUL characters, which no database keeps: whatever was typed, the row of the log is written."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _entry(
    action: str,
    by: Actor | None,
    object_type: str,
    object_id: uuid.UUID | None,
    partner_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
    reason: str,
    detail: dict[str, Any] | None,
) -> AuditEntry:
    return AuditEntry(
        action=action,
        actor_id=by.pk if by else None,
        actor_name=by.get_full_name() if by else "",
        partner_id=partner_id,
        object_type=object_type,
        object_id=object_id,
        person_id=person_id,
        reason=_storable(reason)[:500],
        detail=_storable(detail or {}),
    )
