"""Secrets that must be read again, unlike passwords: encrypted in the table, and worth nothing beside another owner."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core.secret import key_for, keys_for

NONCE = 12


def encrypted(purpose: str, text: str, *, of: UUID) -> bytes:
    """What the table keeps; `of` is whose secret it is."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, text.encode(), of.bytes)


def decrypted(purpose: str, kept: bytes, *, of: UUID) -> str | None:
    """The secret; None when it was kept under a SECRET_KEY that is not known any more, or is somebody else's."""
    found = (_opened(key, kept, of) for key in keys_for(purpose))
    return next((secret for secret in found if secret is not None), None)


def is_dated(purpose: str, kept: bytes, *, of: UUID) -> bool:
    """Whether it was kept under a key of before, and should be written anew."""
    return _opened(key_for(purpose), kept, of) is None


def _opened(key: bytes, kept: bytes, of: UUID) -> str | None:
    try:
        return AESGCM(key).decrypt(kept[:NONCE], kept[NONCE:], of.bytes).decode()
    except InvalidTag:
        return None
