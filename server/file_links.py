"""Links to the bytes of a file: good for ten minutes, and only with the session for which they were made.

They open nothing by themselves: the grants are looked at again. What was copied out of a history or a chat, or is used
later, is not found.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from models.core.actor import Actor
from models.core.clock import now
from models.core.secret import key_for, keys_for

LASTS = timedelta(minutes=10)
PURPOSE = "file-links"


def token_for(actor: Actor, file_id: UUID) -> tuple[str, datetime]:
    """What stands in the link, and until when it is good."""
    ends = now() + LASTS
    moment = f"{int(ends.timestamp()):x}"
    return f"{moment}-{_signed(key_for(PURPOSE), actor, file_id, moment)}", ends


def is_good(token: str, actor: Actor, file_id: UUID) -> bool:
    """Whether the link was made for this session and file and is not over."""
    moment, _, given = token.partition("-")
    try:
        over = int(moment, 16) <= now().timestamp()
    except ValueError:
        return False
    made = [_signed(key, actor, file_id, moment) for key in keys_for(PURPOSE)]
    return not over and any(hmac.compare_digest(given.encode(), one.encode()) for one in made)


def _signed(key: bytes, actor: Actor, file_id: UUID, moment: str) -> str:
    return hmac.new(key, f"{actor.session_id}:{file_id}:{moment}".encode(), sha256).hexdigest()[:40]
