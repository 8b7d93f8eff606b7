"""Keys inside are UUIDv7 (they sort by time); tokens and public ids are random and only their hash is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A key for a row."""
    return uuid7()


def new_token() -> str:
    """A secret for a cookie or a link: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a secret."""
    return sha256(token.encode()).digest()
