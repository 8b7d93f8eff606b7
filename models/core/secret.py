"""Keys for what the server signs itself. SECRET_KEY in production; in development one that lasts in PORTICO_DATA."""

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
    return hmac.new(_root(), purpose.encode(), sha256).digest()


@cache
def _root() -> bytes:
    given = settings().secret_key
    return given.encode() if given else _kept(settings().portico_data / "secret-key")


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
