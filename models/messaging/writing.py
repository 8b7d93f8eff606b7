"""Putting a line into a conversation: its place in the order, the row, and word to everyone who sits there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.actor import Actor
from models.core.change import record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.events import Audience, Part, ToAccess, ToDesk
from models.core.ids import new_id
from models.files.granting import grant_to_seats
from models.messaging.events import SENT
from models.messaging.seated import Seated
from models.messaging.seats import Sitting, rooms
from models.messaging.views import FileShown

# The conversation's row is locked; its counter gives the place. An own message also counts as read by its sender,
# unless something of others before it is still unread. What comes in brings a conversation back that was put away.
WRITE = """WITH moved AS (
    UPDATE conversation SET last_position = last_position + 1, last_at = $5,
      unanswered_since = CASE WHEN $7 <> '' THEN unanswered_since ELSE $8 END,
      auto_answered_at = CASE WHEN $7 <> '' THEN $5 ELSE auto_answered_at END
    WHERE id = $2 RETURNING last_position AS position),
  touched AS (
    UPDATE seat s SET last_at = $5,
      archived_at = CASE WHEN s.muted_at IS NULL OR s.id = $3 THEN NULL ELSE s.archived_at END,
      read_position = CASE WHEN s.id = $3 AND $9 THEN moved.position ELSE s.read_position END,
      unread_since = CASE WHEN s.id = $3 THEN CASE WHEN $9 THEN NULL ELSE s.unread_since END
        WHEN $7 <> '' AND s.kind <> 'access' THEN s.unread_since ELSE coalesce(s.unread_since, $5) END
    FROM moved WHERE s.conversation_id = $2 AND s.left_at IS NULL)
INSERT INTO message (id, conversation_id, position, seat_id, sender_staff_id, body, files, automatic, sent_at)
SELECT $1, $2, position, $3, $4, $6, $10, $7, $5 FROM moved RETURNING position"""

# Whether everything before was read; looks at what lies between, which every sending keeps short.
CAUGHT_UP = """SELECT NOT EXISTS (SELECT 1 FROM message WHERE conversation_id = $1 AND position > $2
  AND seat_id <> $3 AND withdrawn_at IS NULL AND automatic = '') AS caught_up"""

@dataclass(frozen=True)
class Said:
    """A message about to be written. `key` finds the sender's own pending row on their screens."""

    seat: Seated
    body: str
    files: Sequence[UUID] = ()
    automatic: str = ""
    staff_id: UUID | None = None
    key: UUID | None = None


async def write(actor: Actor | None, sitting: Sitting, said: Said) -> UUID:
    """Write the message into the locked conversation and tell the open seats. Returns its id."""
    message_id, at = new_id(), now()
    await execute(
        WRITE, message_id, sitting.id, said.seat.id, said.staff_id, at, said.body, said.automatic,
        waits_since(sitting, said, at), await _caught_up(sitting, said), len(said.files),
    )
    files = await _attach(actor, sitting, said, message_id) if actor and said.files else []
    await record(actor, SENT, _parts(actor, sitting, said, message_id, at, files), subject_id=message_id)
    return message_id


def waits_since(sitting: Sitting, said: Said, at: datetime) -> datetime | None:
    """Since when a client waits for Front desk: from the first unanswered message until anyone of the practice
    answers. Automatic answers answer nothing."""
    if sitting.desk_seat is None:
        return None
    return None if said.seat.of_practice else sitting.unanswered_since or at


def sender_name(seat: Seated, staff_name: str = "") -> str:
    """Who said it, as everybody in the conversation reads it."""
    return f"{staff_name}, Front desk" if seat.kind == "front-desk" and staff_name else seat.name


async def _caught_up(sitting: Sitting, said: Said) -> bool:
    if said.automatic:
        return False
    row = await fetch_one(CAUGHT_UP, sitting.id, said.seat.read_position, said.seat.id)
    return bool(row and row["caught_up"])


async def _attach(actor: Actor, sitting: Sitting, said: Said, message_id: UUID) -> list[FileShown]:
    seats = [seat.id for seat in sitting.open_seats]
    files = await grant_to_seats(actor, said.files, seats, subject_id=message_id)
    for place, file in enumerate(files):
        await execute(
            "INSERT INTO message_file (message_id, file_id, place) VALUES ($1, $2, $3)", message_id, file.id, place
        )
    return [
        {"id": one.id, "name": one.name, "type": one.type, "size": one.size, "thumbnail": bool(one.thumbnail_key)}
        for one in files
    ]


def _parts(
    actor: Actor | None, sitting: Sitting, said: Said, message_id: UUID, at: datetime, files: list[FileShown]
) -> list[Part]:
    """What everyone hears, and apart from it what the sender's own pages hear: the same and the key."""
    ids = {"conversation": sitting.id, "client": sitting.client_id, "message": message_id, "sender": said.seat.id}
    data = {
        "body": said.body,
        "files": files,
        "automatic": said.automatic,
        "sender_name": sender_name(said.seat, actor.name if actor else ""),
        "sender_kind": "staff" if said.seat.of_practice else "access",
        "sent_at": at,
    }
    own = _own_room(actor, said) if said.key else None
    others = [room for room in rooms(sitting.open_seats) if room != own]
    parts = [Part(others, ids, data)] if others else []
    return [*parts, Part([own], ids, {**data, "key": said.key})] if own else parts


def _own_room(actor: Actor | None, said: Said) -> Audience | None:
    if actor is None:
        return None
    return ToDesk(actor.login_id) if actor.desk else ToAccess(said.seat.access_id)
