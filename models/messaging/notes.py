"""Internal notes: lines for staff alone inside a client's conversation."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden
from models.core.events import Part, ToDesk
from models.core.ids import new_id
from models.messaging.events import NOTE
from models.messaging.seats import Sitting, held, own_seat, rooms
from models.messaging.text import cleaned

# Takes a place in the order and nothing else: moving the list or anything unread would tell a client of it.
ADD = """WITH moved AS (UPDATE conversation SET last_position = last_position + 1 WHERE id = $2
    RETURNING last_position AS position)
  INSERT INTO internal_note (id, conversation_id, position, staff_id, body, added_at)
  SELECT $1, $2, position, $3, $4, $5 FROM moved"""


async def add_note(actor: Actor, sitting: Sitting, body: str, *, key: UUID | None = None) -> UUID:
    """Write a note that only the staff in this conversation ever see; returns its id.

    Raises Forbidden for a portal person and for who no longer sits there, Conflict `no-client` among staff alone.
    """
    if not actor.desk or actor.staff_id is None:
        raise Forbidden()
    text = cleaned(body)
    async with change(actor, "note.add"):
        sitting = await held(actor, sitting)
        seat = own_seat(sitting)
        if sitting.client_id is None:
            raise Conflict("no-client", "Only staff read this conversation: write a message instead of a note.")
        note_id, at = new_id(), now()
        await execute(ADD, note_id, sitting.id, actor.staff_id, text, at)
        ids = {"conversation": sitting.id, "client": sitting.client_id, "note": note_id, "sender": seat.id}
        data = {"body": text, "sender_name": actor.name, "added_at": at}
        own = ToDesk(actor.login_id)
        others = [one for one in rooms(seat for seat in sitting.open_seats if seat.of_practice) if one != own]
        parts = [Part([own], ids, {**data, "key": key}), *([Part(others, ids, data)] if others else [])]
        await record(actor, NOTE, parts, subject_id=note_id)
    return note_id
