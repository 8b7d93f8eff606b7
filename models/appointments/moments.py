"""How long things last while somebody makes up their mind."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from models.core.change import enqueue

# After booking by oneself: taken back free of policy, and no mail goes out before.
GRACE = timedelta(minutes=3)
# Nobody waits longer for a decision, nor into the last hours before the time.
REQUEST_ENDS = timedelta(hours=72)
REQUEST_ENDS_BEFORE = timedelta(hours=12)
OFFER_HOLDS = timedelta(hours=24)
EXPIRE = "request.expire"


def request_ends(starts_at: datetime, at: datetime) -> datetime:
    """When a request lapses by itself: after 72 hours, at the latest 12 hours before its time, or at its time when it
    is as near as that."""
    before = starts_at - REQUEST_ENDS_BEFORE
    return min(at + REQUEST_ENDS, before if before > at else starts_at)


async def expire_then(request_id: UUID, after: timedelta, word: str) -> None:
    """Inside a change: look then whether the request, or what was offered in its place, has lapsed. `word` names which
    of its deadlines that is."""
    await enqueue(EXPIRE, {"request": request_id}, after=after, key=f"{EXPIRE}:{request_id}:{word}")
