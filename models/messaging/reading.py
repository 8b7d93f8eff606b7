"""Receipts: what reached a device, what was read, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import missing
from models.core.events import EventType, Part
from models.messaging.events import CHANGED, DELIVERED, READ
from models.messaging.practices import messaging_settings
from models.messaging.seated import Seated
from models.messaging.seats import Sitting, conversation_for, holders_of, rooms
from models.messaging.unread import still_unread

# In its own statement: what was sent while we waited for the row is then seen by the next one.
LOCK = "SELECT id, read_position, unread_since, marked_unread_at FROM seat WHERE id = ANY($1) ORDER BY id FOR UPDATE"

READ_ON = f"""UPDATE seat s SET read_position = greatest(s.read_position, $2), marked_unread_at = NULL,
    read_at = CASE WHEN s.read_position < $2 THEN $3 ELSE s.read_at END,
    delivered_at = CASE WHEN s.delivered_position < $2 THEN $3 ELSE s.delivered_at END,
    delivered_position = greatest(s.delivered_position, $2),
    unread_since = CASE WHEN {still_unread("greatest(s.read_position, $2)")} THEN s.unread_since END
  WHERE s.id = $1"""
KEEP = "INSERT INTO reading (seat_id, position, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
# The latest message of others in each seat of these holders ($1) that no device has heard of yet.
REACHED = """SELECT s.conversation_id, m.id AS message_id FROM seat s
  CROSS JOIN LATERAL (SELECT id FROM message m WHERE m.conversation_id = s.conversation_id
    AND m.position > greatest(s.delivered_position, s.from_position) AND m.seat_id <> s.id AND m.withdrawn_at IS NULL
    ORDER BY m.position DESC LIMIT 1) m
  WHERE coalesce(s.staff_id, s.access_id, s.practice_id) = ANY($1) AND s.unread_since IS NOT NULL AND s.left_at IS NULL
  ORDER BY s.last_at DESC LIMIT $2"""
MOST_REACHED = 50
DELIVER = """UPDATE seat SET delivered_position = $2, delivered_at = $3
  WHERE id = ANY($1) AND delivered_position < $2 RETURNING id"""


async def read(actor: Actor, sitting: Sitting, message_id: UUID) -> None:
    """Everything up to this message was read, by every seat of the actor that sees it. Reading never goes back.

    The others hear of it; a client hears of staff only when the practice lets it. Raises Missing.
    """
    position, at = await position_of(sitting, message_id), now()
    seats = {seat.id: seat for seat in sitting.mine if seat.from_position < position}
    async with change(actor, "conversation.read"):
        for row in await fetch_all(LOCK, list(seats)):
            seat = seats[row["id"]]
            reached = min(position, seat.until_position or position)
            if row["read_position"] >= reached and not row["marked_unread_at"]:
                continue
            await execute(READ_ON, seat.id, reached, at)
            if row["read_position"] < reached:
                await execute(KEEP, seat.id, reached, at)
                await _tell(actor, READ, sitting, seat, message_id, position, at)
            else:
                await record(actor, CHANGED, [Part(rooms([seat]), _ids(sitting))], subject_id=sitting.id)


async def delivered(actor: Actor, sitting: Sitting, message_id: UUID) -> None:
    """Everything up to this message has reached a device of the actor's. Raises Missing."""
    position, at = await position_of(sitting, message_id), now()
    seats = {seat.id: seat for seat in sitting.mine if seat.sees(position)}
    async with change(actor, "conversation.delivered"):
        for row in await fetch_all(DELIVER, list(seats), position, at):
            await _tell(actor, DELIVERED, sitting, seats[row["id"]], message_id, position, None)


async def all_delivered(actor: Actor) -> None:
    """What came while no page of the actor's was open has reached a device: they have one now. The latest 50."""
    rows = await fetch_all(REACHED, holders_of(actor), MOST_REACHED)
    async with change(actor, "conversation.all_delivered"):
        for row in sorted(rows, key=lambda row: row["conversation_id"]):
            await delivered(actor, await conversation_for(actor, row["conversation_id"]), row["message_id"])


async def position_of(sitting: Sitting, message_id: UUID) -> int:
    """Where a message stands, for who sees it; raises Missing. Never shown to a browser."""
    row = await fetch_one(
        "SELECT position FROM message WHERE id = $1 AND conversation_id = $2 AND withdrawn_at IS NULL",
        message_id, sitting.id,
    )
    if row is None or not sitting.seen(row["position"]):
        missing("message")
    return int(row["position"])


async def readers_shown(sitting: Sitting, *, to_portal: bool) -> Sequence[Seated]:
    """The seats whose reading this side of the house may see."""
    if not to_portal or (await messaging_settings()).clients_see_read:
        return sitting.seats
    return [seat for seat in sitting.seats if not seat.of_practice]


async def _tell(
    actor: Actor, kind: EventType, sitting: Sitting, seat: Seated, message_id: UUID, position: int, at: datetime | None
) -> None:
    """To whoever sees that message; what staff read only reaches clients when the practice lets it."""
    hearers = [one for one in sitting.open_seats if one.sees(position) or one.id == seat.id]
    if kind is READ and seat not in await readers_shown(sitting, to_portal=True):
        hearers = [one for one in hearers if one.of_practice]
    ids = {**_ids(sitting), "reader": seat.id, "message": message_id}
    await record(actor, kind, [Part(rooms(hearers), ids, {"at": at} if at else None)], subject_id=sitting.id)


def _ids(sitting: Sitting) -> dict[str, UUID | None]:
    return {"conversation": sitting.id, "client": sitting.client_id}
