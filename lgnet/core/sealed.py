"""Encryption, and what is kept for a short while: sealed with a key made of the platform's secret."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Broken(ValueError):
    """What was encrypted cannot be opened: the key is another one by now, or somebody changed it."""


def encrypt(key: bytes, content: bytes, about: bytes) -> bytes:
    """Encrypt under `key` (AES-GCM, 32 bytes); only `decrypt` with the same key and the same `about` opens it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def decrypt(key: bytes, encrypted: bytes, about: bytes) -> bytes:
    """What `encrypt` was given. Raises Broken."""
    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE], encrypted[_NONCE:], about)
    except (InvalidTag, ValueError):
        raise Broken from None


def seal(content: bytes, *, purpose: str) -> bytes:
    """Encrypt `content` (AES-256-GCM) so that only `unseal` with the same purpose, in this installation, opens it."""
    return encrypt(_key(settings.SECRET_KEY, purpose), content, purpose.encode())


def unseal(sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed for this purpose, also under an old secret that is still read. Raises Broken."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return decrypt(_key(secret, purpose), sealed, purpose.encode())
        except Broken:
            continue
    raise Broken


def _key(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"lgnet sealed {purpose}".encode(), hashlib.sha256).digest()
