"""What each person keeps for themselves: muted, put away, marked unread, and the draft on every device."""

from __future__ import annotations

from typing import Literal

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.events import Part, ToDesk
from models.messaging.events import CHANGED, DRAFT
from models.messaging.seats import Sitting, own_seat, rooms
from models.messaging.text import cleaned
from models.messaging.unread import still_unread

COLUMNS = {"mute": "muted_at", "archive": "archived_at", "unread": "marked_unread_at"}

KEEP = f"""UPDATE seat s SET {{column}} = $2::timestamptz, unread_since = CASE WHEN '{{column}}' <> 'marked_unread_at'
    THEN s.unread_since WHEN $2::timestamptz IS NOT NULL THEN coalesce(s.unread_since, $2::timestamptz)
    WHEN {still_unread()} THEN s.unread_since END
  WHERE s.id = ANY($1)"""

SAVE = """INSERT INTO draft (login_id, side, conversation_id, body, saved_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (practice_id, login_id, side, conversation_id)
  DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at WHERE draft.body <> excluded.body"""
DROP = "DELETE FROM draft WHERE login_id = $1 AND side = $2 AND conversation_id = $3"


async def keep(actor: Actor, sitting: Sitting, what: Literal["mute", "archive", "unread"], *, on: bool) -> None:
    """Mute, put away or mark unread, or undo that; only the actor's own pages hear of it.

    Front desk's seat is shared: what one of them puts away is away for all of them.
    """
    async with change(actor, f"conversation.{what}"):
        seats = [seat for seat in sitting.mine if getattr(seat, COLUMNS[what]) is None] if on else list(sitting.mine)
        if not seats:
            return
        await execute(KEEP.format(column=COLUMNS[what]), [seat.id for seat in seats], now() if on else None)
        ids = {"conversation": sitting.id, "client": sitting.client_id}
        await record(actor, CHANGED, [Part(rooms(seats), ids)], subject_id=sitting.id)


async def save_draft(actor: Actor, sitting: Sitting, body: str) -> None:
    """Keep what is half written, for this login on this side; nothing written forgets it."""
    own_seat(sitting)
    text = cleaned(body, may_be_empty=True)
    async with change(actor, "draft.save"):
        if not text:
            await drop_draft(actor, sitting)
        elif await execute(SAVE, actor.login_id, actor.side.value, sitting.id, text, now()):
            await _tell(actor, sitting)


async def drop_draft(actor: Actor, sitting: Sitting) -> None:
    """Forget the draft; the other devices hear of it only when there was one. Inside a change."""
    if await execute(DROP, actor.login_id, actor.side.value, sitting.id):
        await _tell(actor, sitting)


async def draft_of(actor: Actor, sitting: Sitting) -> str:
    """What this login has half written here; empty when nothing."""
    row = await fetch_one(
        "SELECT body FROM draft WHERE login_id = $1 AND side = $2 AND conversation_id = $3",
        actor.login_id, actor.side.value, sitting.id,
    )
    return row["body"] if row else ""


async def _tell(actor: Actor, sitting: Sitting) -> None:
    own = [ToDesk(actor.login_id)] if actor.desk else rooms(sitting.mine)
    ids = {"conversation": sitting.id, "client": sitting.client_id}
    await record(actor, DRAFT, [Part(own, ids)], subject_id=sitting.id)
