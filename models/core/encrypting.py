"""Secrets that must be read again, unlike passwords: encrypted in the table, and worth nothing beside another owner."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core.secret import key_for

NONCE = 12


def encrypted(purpose: str, text: str, *, of: UUID) -> bytes:
    """What the table keeps; `of` is whose secret it is."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, text.encode(), of.bytes)


def decrypted(purpose: str, kept: bytes, *, of: UUID) -> str | None:
    """The secret; None when it was kept under another SECRET_KEY, or is somebody else's."""
    try:
        return AESGCM(key_for(purpose)).decrypt(kept[:NONCE], kept[NONCE:], of.bytes).decode()
    except InvalidTag:
        return None
