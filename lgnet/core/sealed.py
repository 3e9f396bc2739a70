"""What is kept for a short while and nobody else shall read: sealed with a key made of the platform's secret."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Broken(ValueError):
    """What was sealed cannot be opened: the secret is another one by now, or somebody changed it."""


def seal(content: bytes, *, purpose: str) -> bytes:
    """Encrypt `content` (AES-256-GCM) so that only `unseal` with the same purpose, in this installation, opens it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key(settings.SECRET_KEY, purpose)).encrypt(nonce, content, purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed for this purpose, also under an old secret that is still read. Raises Broken."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret, purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            continue
    raise Broken


def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"lgnet sealed {purpose}".encode(), hashlib.sha256).digest()
