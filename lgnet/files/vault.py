"""Encrypted bytes on the disk. Nothing here knows of the database.

Every file has a random key of its own (AES-GCM, 256 bits; the id of the file is its associated data, so bytes put in
the place of others do not open). That key is wrapped under a key of the installation; to change that one, only the
wrapped keys are written anew.
"""

import os
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from lgnet.core.sealed import Broken, decrypt, encrypt

UNFINISHED = ".new"


class Unreadable(Exception):
    """The bytes are not there, are not those that were written, or their key is not known here."""


class MasterKey(NamedTuple):
    """A key of the installation and its name, which tells nothing of it."""

    id: str
    key: bytes


def master_keys() -> list[MasterKey]:
    """The present key first, then those that were replaced: LGNET_FILE_KEY, the old ones, and the secret key's.

    What was stored before LGNET_FILE_KEY was set is under the key that follows from the secret key.
    """
    secrets = [settings.FILE_KEY, *settings.OLD_FILE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_derive(secret) for secret in secrets if secret]


def write(file_id: uuid.UUID, content: bytes) -> tuple[str, bytes]:
    """Put the bytes on the disk for good, and return the id of the master key and the wrapped key of the file."""
    key, master = AESGCM.generate_key(bit_length=256), master_keys()[0]
    path = path_of(file_id)
    _make_folder(path.parent)
    unfinished = path.with_suffix(UNFINISHED)
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as target:
        target.write(encrypt(key, content, file_id.bytes))
        target.flush()
        os.fsync(target.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)
    return master.id, encrypt(master.key, key, file_id.bytes)


def read(file_id: uuid.UUID, key_id: str, wrapped_key: bytes) -> bytes:
    """The bytes as they were given to `write`. Raises Unreadable."""
    key = unwrap(file_id, key_id, wrapped_key)
    try:
        return _unlock(key, path_of(file_id).read_bytes(), file_id.bytes)
    except FileNotFoundError:
        raise Unreadable(f"file {file_id} is not on the disk") from None


def unwrap(file_id: uuid.UUID, key_id: str, wrapped_key: bytes) -> bytes:
    """The key of a file. Raises Unreadable when its master key is not among those of this installation."""
    master = next((master for master in master_keys() if master.id == key_id), None)
    if master is None:
        raise Unreadable(f"the key {key_id} is not known: see LGNET_OLD_FILE_KEYS")
    return _unlock(master.key, wrapped_key, file_id.bytes)


def wrap_anew(file_id: uuid.UUID, key_id: str, wrapped_key: bytes) -> tuple[str, bytes]:
    """The id of the present master key, and the key of the file wrapped under it. Raises Unreadable."""
    master = master_keys()[0]
    return master.id, encrypt(master.key, unwrap(file_id, key_id, wrapped_key), file_id.bytes)


def remove(file_id: uuid.UUID) -> None:
    """Take the bytes off the disk, if they are there."""
    path_of(file_id).unlink(missing_ok=True)


def stored() -> Iterator[tuple[Path, uuid.UUID | None]]:
    """Every file of ours on the disk with its id; None for one that was not finished. Other names are not ours."""
    for path in sorted(folder().glob("*/*")):
        file_id = _id_of(path)
        if file_id and path.is_file() and path in (own := path_of(file_id), own.with_suffix(UNFINISHED)):
            yield path, file_id if path == own else None


def path_of(file_id: uuid.UUID) -> Path:
    """Where the bytes of a file are. The last characters spread the files, the first ones tell the time."""
    return folder() / file_id.hex[-2:] / file_id.hex


def folder() -> Path:
    """The folder of all files: never under what the web server gives out."""
    return Path(settings.FILES_DIR)


def _derive(secret: str) -> MasterKey:
    derived = HKDF(SHA256(), 32, salt=None, info=b"lgnet.files").derive(secret.encode())
    return MasterKey(sha256(b"lgnet.files.id" + derived).hexdigest()[:16], derived)


def _unlock(key: bytes, locked: bytes, about: bytes) -> bytes:
    try:
        return decrypt(key, locked, about)
    except Broken:
        raise Unreadable("these are not the bytes that were written") from None


def _make_folder(path: Path) -> None:
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Have the name of a new file in it survive a loss of power too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=path.stem)
    except ValueError:
        return None
