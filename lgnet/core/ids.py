"""Identifiers: UUIDv7 primary keys and short codes that people read aloud."""

import secrets
import uuid
from collections.abc import Callable
from typing import Any

import uuid_utils.compat

# No 0/O, 1/I/L, 5/S, 2/Z, 8/B and no U: nothing that is misread on paper or misheard on the phone.
CODE_ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
CODE_LENGTH = 6


def uuid7() -> uuid.UUID:
    """Return a new time-ordered UUID (RFC 9562, version 7)."""
    return uuid_utils.compat.uuid7()


def unused(model: Any, field: str, make: Callable[[], str]) -> str:
    """Return what `make` gives that no row of `model` has in `field` yet."""
    while model._default_manager.filter(**{field: (code := make())}).exists():
        pass
    return code


def short_code(length: int = CODE_LENGTH) -> str:
    """Return a random code of `length` characters that can be read aloud without mistakes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
