"""Streaks of unread messages: from the first one a seat has not read until that seat has read everything.

A streak leads to one mail at most. It begins and ends in the transaction of the message and of the reading; due
times are the database's own clock, because web workers' clocks differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.core.actor import Actor
from models.core.change import enqueue
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.events import Event
from models.core.ids import new_id
from models.core.settings import settings

# A message of others that this seat sees and has not read; as messaging counts it, automatic answers do not wait for
# staff. Nobody waits for themselves: who wrote for Front desk may sit there under their own name as well.
WAITS = """g.practice_id = s.practice_id AND g.conversation_id = s.conversation_id
    AND g.position > greatest(s.read_position, s.from_position) AND g.seat_id <> s.id
    AND (s.staff_id IS NULL OR g.sender_staff_id IS DISTINCT FROM s.staff_id)
    AND (g.automatic = '' OR s.kind = 'access') AND g.withdrawn_at IS NULL AND g.deleted_at IS NULL"""

# Open seats of people (never Front desk) with something unread, and whose login reads there.
UNREAD = f"""SELECT s.id AS seat_id, coalesce(m.login_id, a.login_id) AS login_id, f.position, f.sent_at
FROM seat s
LEFT JOIN staff_member m ON m.practice_id = s.practice_id AND m.id = s.staff_id AND m.deactivated_at IS NULL
LEFT JOIN portal_access a ON a.practice_id = s.practice_id AND a.id = s.access_id
  AND portico_held(a.accepted_at, a.revoked_at, a.starts_on, a.ends_on)
  AND NOT portico_hidden(a.client_id, a.contact_id) AND portico_on('messaging', a.features_off)
CROSS JOIN LATERAL (
  SELECT g.position, g.sent_at FROM message g WHERE {WAITS} ORDER BY g.position LIMIT 1) f
WHERE s.practice_id = portico_here() AND s.left_at IS NULL AND s.muted_at IS NULL AND s.kind <> 'front-desk'
  AND coalesce(m.login_id, a.login_id) IS NOT NULL"""

# Streaks of which nothing is left but the new message: the rest was read by answering, or taken back.
OVER = f"""UPDATE unread_streak u SET ended_at = clock_timestamp() FROM seat s
WHERE u.practice_id = portico_here() AND u.ended_at IS NULL AND s.practice_id = u.practice_id AND s.id = u.seat_id
  AND s.conversation_id = $1 AND NOT EXISTS (SELECT FROM message g WHERE {WAITS} AND g.id <> $2)"""

BEGIN = """INSERT INTO unread_streak (id, seat_id, login_id, first_position, due_at)
VALUES ($1, $2, $3, $4, least(clock_timestamp(), $5::timestamptz) + $6::interval)
ON CONFLICT (practice_id, seat_id, login_id) WHERE ended_at IS NULL DO NOTHING
RETURNING id, due_at - now() AS after"""
# `now()` is when this transaction began: the queue counts from there.


async def on_message_sent(actor: Actor | None, event: Event) -> None:
    """Listener on message.sent: a streak begins for every other open seat that has none."""
    conversation_id = _named(event, "conversation")
    await execute(OVER, conversation_id, _named(event, "message"))
    for seat in await fetch_all(f"{UNREAD} AND s.conversation_id = $1", conversation_id):
        await _begin(seat, since=None)


async def on_conversation_read(actor: Actor | None, event: Event) -> None:
    """Listener on conversation.read, after the seat's read position moved."""
    reader = _named(event, "reader")
    await seats_have_read([reader] if reader else [])


async def on_people_changed(actor: Actor | None, event: Event) -> None:
    """Listener on conversation.people_changed: who left is not mailed any more."""
    await execute(
        """UPDATE unread_streak u SET ended_at = clock_timestamp() FROM seat s
           WHERE u.practice_id = portico_here() AND u.ended_at IS NULL AND s.practice_id = u.practice_id
             AND s.id = u.seat_id AND s.conversation_id = $1 AND s.left_at IS NOT NULL""",
        _named(event, "conversation"),
    )


async def seats_have_read(seat_ids: Sequence[UUID]) -> None:
    """These seats' read positions moved: their streaks end; what came after begins a new one."""
    await execute(
        """UPDATE unread_streak SET ended_at = clock_timestamp()
           WHERE practice_id = portico_here() AND seat_id = ANY($1) AND ended_at IS NULL""",
        list(seat_ids),
    )
    for seat in await fetch_all(f"{UNREAD} AND s.id = ANY($1)", list(seat_ids)):
        await _begin(seat, since=seat["sent_at"])


async def first_unread(seat_id: UUID, login_id: UUID) -> Row | None:
    """The oldest message this seat has not read, while its login may be mailed about it; else None."""
    return await fetch_one(f"{UNREAD} AND s.id = $1 AND coalesce(m.login_id, a.login_id) = $2", seat_id, login_id)


async def call_when_due(streak_id: UUID, position: int, after: timedelta) -> None:
    """Wake the streak at its time. The key names the message that the need is about, so no later need meets it."""
    await enqueue("unread.mail", {"streak": streak_id}, after=after, key=f"unread.mail:{streak_id}:{position}")


async def _begin(seat: Row, *, since: datetime | None) -> None:
    """`since` None: from this moment by the database's clock."""
    begun = await fetch_one(
        BEGIN, new_id(), seat["seat_id"], seat["login_id"], seat["position"], since, unread_delay()
    )
    if begun:
        await call_when_due(begun["id"], seat["position"], begun["after"])


def unread_delay() -> timedelta:
    return timedelta(seconds=settings().unread_email_delay)


def _named(event: Event, name: str) -> UUID | None:
    """The id that an event's parts give; None when nobody was left to hear it."""
    found = (part.ids.get(name) for part in event.parts)
    return next((UUID(str(one)) for one in found if one is not None), None)
