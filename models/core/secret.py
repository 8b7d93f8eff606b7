"""Keys for what the server signs itself. SECRET_KEY in production; in development one that lasts in PORTICO_DATA.

What was kept or signed under a key of before (SECRET_KEYS_BEFORE) is still read; nothing new is written under it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from models.core.settings import settings


def key_for(purpose: str) -> bytes:
    """A key of its own for each purpose, so that what is signed for one is worth nothing for another."""
    return keys_for(purpose)[0]


def keys_for(purpose: str) -> list[bytes]:
    """The key of this purpose, and behind it those of before, for reading what is older."""
    return [hmac.new(root, purpose.encode(), sha256).digest() for root in _roots()]


@cache
def _roots() -> tuple[bytes, ...]:
    given, before = settings().secret_key, settings().secret_keys_before
    newest = given.encode() if given else _kept(settings().portico_data / "secret-key")
    return (newest, *(one.encode() for one in before))


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        os.link(draft, path)  # fails when another process was first; then its key is everyone's
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()
