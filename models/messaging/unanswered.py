"""Since when a client waits for an answer: from the first message of theirs after the practice last spoke."""

from __future__ import annotations

from uuid import UUID

from models.core.database import execute, fetch_one
from models.messaging.unread import still_unread

# From the end backwards to the last words of the practice: as short as the wait, however long the conversation.
FIRST = """SELECT m.position, m.sent_at FROM message m JOIN seat s ON s.id = m.seat_id
  WHERE m.conversation_id = $1 AND m.withdrawn_at IS NULL AND s.kind = 'access' AND m.position > coalesce(
    (SELECT l.position FROM message l JOIN seat ls ON ls.id = l.seat_id
     WHERE l.conversation_id = $1 AND ls.kind <> 'access' AND l.automatic = '' AND l.withdrawn_at IS NULL
     ORDER BY l.position DESC LIMIT 1), 0)
  ORDER BY m.position LIMIT 1"""

SETTLE = """UPDATE conversation c SET unanswered_since = $2,
    last_at = coalesce((SELECT m.sent_at FROM message m WHERE m.conversation_id = c.id AND m.withdrawn_at IS NULL
      ORDER BY m.position DESC LIMIT 1), c.created_at)
  WHERE c.id = $1"""
SEATS = f"""UPDATE seat s SET
    last_at = CASE WHEN s.left_at IS NULL THEN greatest(s.joined_at, c.last_at) ELSE s.last_at END,
    unread_since = CASE WHEN s.marked_unread_at IS NOT NULL OR {still_unread()}
      THEN coalesce(s.unread_since, clock_timestamp()) END
  FROM conversation c WHERE c.id = $1 AND s.conversation_id = c.id"""


async def first_unanswered(conversation_id: UUID) -> int | None:
    """The position of the first message that waits for the practice's answer; None when nothing waits."""
    row = await fetch_one(FIRST, conversation_id)
    return int(row["position"]) if row else None


async def settle(conversation_id: UUID, *, front_desk: bool) -> None:
    """Make the order of the list, what is unread and what waits for Front desk true again, after words were taken
    back or Front desk came or went. The conversation is locked."""
    row = await fetch_one(FIRST, conversation_id) if front_desk else None
    await execute(SETTLE, conversation_id, row["sent_at"] if row else None)
    await execute(SEATS, conversation_id)
