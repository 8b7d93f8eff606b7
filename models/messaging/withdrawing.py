"""Taking words back: undone for a moment after sending, it was never there; later, "message deleted" stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Missing, missing
from models.core.events import EventType, Part
from models.core.looking import note_look
from models.core.settings import settings
from models.files import bringing
from models.files.granting import end_grants
from models.messaging.events import DELETED, WITHDRAWN
from models.messaging.seats import Sitting, conversation_for, rooms
from models.messaging.tables import Message
from models.messaging.unanswered import settle


async def message_for(actor: Actor, message_id: UUID) -> tuple[Sitting, Message]:
    """A message of the actor's own, with its conversation locked. Raises Missing for everything else alike."""
    found = await Message.get_or_none(id=message_id)
    if found is None:
        missing("message")
    try:
        sitting = await conversation_for(actor, found.conversation_id, lock=True)
    except Missing:
        missing("message")
    message = await Message.get(id=message_id)
    if not sitting.seen(message.position) or not _wrote(actor, sitting, message):
        missing("message")
    return sitting, message

DELETED_TEXT = """SELECT m.body, c.client_id FROM message m JOIN conversation c ON c.id = m.conversation_id
  WHERE m.id = $1 AND m.deleted_at IS NOT NULL"""


async def undo(actor: Actor, message_id: UUID) -> None:
    """Take a message back within UNDO_SECONDS of sending: it vanishes everywhere, words and files, for everyone.

    Done twice it is done once. Raises Missing for a message that is not the actor's, Conflict `undo-over`.
    """
    async with change(actor, "message.undo"):
        sitting, message = await message_for(actor, message_id)
        if message.withdrawn_at is not None:
            return
        if message.deleted_at is not None or now() - message.sent_at > timedelta(seconds=settings().undo_seconds):
            raise Conflict("undo-over", "The time for taking this back is over. You can still delete it.")
        await execute(
            "UPDATE message SET withdrawn_at = $2, body = '', files = 0 WHERE id = $1", message_id, now()
        )
        await execute("DELETE FROM message_file WHERE message_id = $1", message_id)
        await bringing.withdraw(message_id)
        await _take_back(actor, WITHDRAWN, sitting, message)


async def delete(actor: Actor, message_id: UUID) -> None:
    """Delete an own message at any time: "message deleted" stays; the text stays in its row, for administrators.

    Raises Missing for a message that is not the actor's or was undone.
    """
    async with change(actor, "message.delete"):
        sitting, message = await message_for(actor, message_id)
        if message.withdrawn_at is not None:
            missing("message")
        if message.deleted_at is None:
            await execute(
                "UPDATE message SET deleted_at = $2, deleted_by = $3 WHERE id = $1", message_id, now(), actor.login_id
            )
            await end_grants(message_id)
            await _take_back(actor, DELETED, sitting, message)


async def deleted_text(actor: Actor, message_id: UUID, *, reason: str) -> str:
    """What a deleted message said, for administrators only; that they looked, and why, is kept as a look.

    Raises Forbidden for others, Missing for a message that is not deleted.
    """
    if not actor.administrator or actor.lens is not None:
        raise Forbidden("administrator-only", "Only an administrator reads what was deleted.")
    row = await fetch_one(DELETED_TEXT, message_id)
    if row is None:
        missing("message")
    await note_look(actor, "deleted-message", message_id, client_id=row["client_id"], reason=reason)
    return str(row["body"])


def _wrote(actor: Actor, sitting: Sitting, message: Message) -> bool:
    """Who speaks for Front desk takes back only their own words; an automatic answer is nobody's."""
    if message.automatic:
        return False
    if actor.desk:
        return message.sender_staff_id is not None and message.sender_staff_id == actor.staff_id
    return message.seat_id in {seat.id for seat in sitting.mine}


async def _take_back(actor: Actor, kind: EventType, sitting: Sitting, message: Message) -> None:
    """Out of the replay log, off every screen that may show it, of people who left since too."""
    await execute("DELETE FROM event_data WHERE subject_id = $1", message.id)
    await settle(sitting.id, front_desk=sitting.desk_seat is not None)
    ids = {"conversation": sitting.id, "client": sitting.client_id, "message": message.id}
    seen_by = [seat for seat in sitting.seats if seat.sees(message.position)]
    await record(actor, kind, [Part(rooms(seen_by), ids)], subject_id=message.id)
