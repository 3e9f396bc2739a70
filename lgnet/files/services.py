"""Keeping files. Whoever keeps one for a record of its own checks who may, and writes what it is in the log."""

import uuid
from datetime import timedelta
from hashlib import sha256
from time import time

from django.db import transaction
from django.utils import timezone

from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.files import vault
from lgnet.files.models import StoredFile
from lgnet.network.models import Partner, User

UNSETTLED = timedelta(days=1)  # a younger file without a row may be of a transaction that has not ended


def keep_file(*, by: User, partner: Partner, content: bytes, content_type: str) -> StoredFile:
    """Store the content, in the caller's transaction.

    The bytes are on the disk, for good, before the row is written: a crash leaves at most bytes without a row, which
    `sweep` removes, never a row without bytes.
    """
    file_id = uuid7()
    key_id, wrapped_key = vault.write(file_id, content)
    return StoredFile.objects.create(
        pk=file_id, partner=partner, content_type=content_type, size=len(content), sha256=sha256(content).hexdigest(),
        key_id=key_id, wrapped_key=wrapped_key, stored_by=by,
    )  # fmt: skip


def read_file(file: StoredFile) -> bytes:
    """The content. Raises vault.Unreadable, also for a file that was destroyed. The caller logs the read."""
    if file.wrapped_key is None:
        raise vault.Unreadable(f"file {file.pk} was destroyed")
    return vault.read(file.pk, file.key_id, bytes(file.wrapped_key))


def destroy_file(*, by: User, file: StoredFile) -> None:
    """Destroy the content for good: the key in the caller's transaction, the bytes when that has ended well."""
    StoredFile.objects.filter(pk=file.pk, destroyed_at__isnull=True).update(
        wrapped_key=None, destroyed_at=timezone.now(), destroyed_by=by
    )
    transaction.on_commit(lambda: vault.remove(file.pk))


def sweep() -> int:
    """Remove from the disk what no row needs: of transactions that failed, and of files that were destroyed.

    Raises DomainError when the database knows of no file at all though there are some: it is the wrong one, or is
    being restored.
    """
    if next(vault.stored(), None) and not StoredFile.objects.exists():
        raise DomainError("There are files, but this database knows of none: nothing was removed. Is it the right one?")
    removed = 0
    for path, file_id in vault.stored():
        try:
            if path.stat().st_mtime < time() - UNSETTLED.total_seconds() and not _is_needed(file_id):
                path.unlink()
                removed += 1
        except FileNotFoundError:  # finished or destroyed meanwhile
            continue
    return removed


def missing() -> list[uuid.UUID]:
    """Files that should be there and cannot be read: after a restore, none should be."""
    found = []
    for file in StoredFile.objects.filter(destroyed_at__isnull=True).iterator():
        try:
            read_file(file)
        except vault.Unreadable:
            found.append(file.pk)
    return found


@transaction.atomic
def wrap_keys_anew() -> int:
    """Put the keys of all files under the present key of the installation; return how many were under another."""
    present = vault.master_keys()[0].id
    files = StoredFile.objects.select_for_update(of=("self",)).filter(destroyed_at__isnull=True).exclude(key_id=present)
    count = 0
    for file in files:
        file.key_id, file.wrapped_key = vault.wrap_anew(file.pk, file.key_id, bytes(file.wrapped_key or b""))
        file.save(update_fields=["key_id", "wrapped_key"])
        count += 1
    return count


def _is_needed(file_id: uuid.UUID | None) -> bool:
    return file_id is not None and StoredFile.objects.filter(pk=file_id, destroyed_at__isnull=True).exists()
