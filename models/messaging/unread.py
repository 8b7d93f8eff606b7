"""Whether a seat has something unread: messages of others, not taken back; automatic answers count for clients only."""

from __future__ import annotations

_STILL = """EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = s.conversation_id
    AND m.position > {after} AND m.position <= coalesce(s.until_position, m.position)
    AND m.seat_id <> s.id AND m.withdrawn_at IS NULL AND m.deleted_at IS NULL
    AND (m.automatic = '' OR s.kind = 'access'))"""


def still_unread(after: str = "greatest(s.read_position, s.from_position)") -> str:
    """SQL that is true for a seat `s` with something unread after that position."""
    return _STILL.format(after=after)
