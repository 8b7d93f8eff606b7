"""Tickets by which one person goes from one practice of this house to another: signed by the house, for one use.

They are not stored: neither practice could write into the other's tables. A ticket says which link it is for, from
which practice to which, and until when; it holds no login. Nobody but the house can sign one, and what was used is
noted by the practice that it led to.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_token, token_hash
from models.core.scope import current_scope
from models.core.secret import key_for

# Kinds, each with how long it holds.
CONNECT, CONNECTED, SWITCH = "connect", "connected", "switch"
LASTS = {CONNECT: timedelta(minutes=10), CONNECTED: timedelta(minutes=10), SWITCH: timedelta(seconds=30)}
LONGEST = 400


@dataclass(frozen=True)
class Passage:
    """What a ticket says, once its signature, its kind, its time and its destination were found right. `mark`: a hash
    of what was signed, however that was spelled on its way here; `until`: when the session ends that it was given to.
    """

    kind: str
    link_id: UUID
    from_id: UUID
    ends_at: datetime
    mark: bytes
    until: datetime | None = None


def issue(kind: str, link_id: UUID, *, to: UUID, until: datetime | None = None) -> str:
    """A ticket from the open practice to another one."""
    ends, last = int((now() + LASTS[kind]).timestamp()), int(until.timestamp()) if until else 0
    words = ":".join((kind, str(link_id), str(current_scope().practice_id), str(to), str(ends), str(last), new_token()))
    return f"{_text(words.encode())}.{_text(_sign(words))}"


def read(ticket: str, kind: str) -> Passage | None:
    """What it says; None when it is forged, of another kind, for another practice, or too old. Changes nothing."""
    try:
        written, _, signature = ticket[:LONGEST].partition(".")
        words = _bytes(written).decode()
        if not hmac.compare_digest(_sign(words), _bytes(signature)):
            return None
    except (Error, ValueError):
        return None
    said, link, from_id, to, ends, last, _ = words.split(":")
    ends_at = datetime.fromtimestamp(int(ends), now().tzinfo)
    until = datetime.fromtimestamp(int(last), now().tzinfo) if int(last) else None
    if said != kind or UUID(to) != current_scope().practice_id or ends_at <= now():
        return None
    return Passage(kind, UUID(link), UUID(from_id), ends_at, token_hash(words), until)


async def spend(ticket: str, kind: str) -> Passage | None:
    """Use it up here: of two at once one gets it. None when it can not be used, or was."""
    passage = read(ticket, kind)
    if passage is None:
        return None
    await execute("DELETE FROM spent_ticket WHERE practice_id = portico_here() AND ends_at < $1", now())
    spent = "INSERT INTO spent_ticket (hash, ends_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    return passage if await execute(spent, passage.mark, passage.ends_at) else None


def _sign(words: str) -> bytes:
    return hmac.new(key_for("passage between practices"), words.encode(), sha256).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
