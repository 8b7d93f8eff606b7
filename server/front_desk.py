"""Doors of the staff in a conversation: notes, people, the front desk, what was deleted."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.messaging import changing, desk, notes, withdrawing
from models.messaging.asks import AddNote, Assign, ChangePeople, HandOver, ReadDeleted
from models.messaging.seats import conversation_for
from server.door import ADMINISTRATOR, STAFF, Done, post


@post("/staff/conversations/<uuid:id>/notes", allow=STAFF, body=AddNote, key="note.add")
async def create_note(actor: Actor, id: UUID, body: AddNote) -> Done:
    """A line that only staff ever see."""
    note = await notes.add_note(actor, await conversation_for(actor, id, lock=True), body.body, key=body.key)
    return Done({"note": note}, see=_thread(id))


@post("/staff/conversations/<uuid:id>/people", allow=STAFF, body=ChangePeople, key="conversation.people")
async def change_people(actor: Actor, id: UUID, body: ChangePeople) -> Done:
    """Add and remove people."""
    sitting = await conversation_for(actor, id, lock=True)
    await changing.change_people(actor, sitting, add=body.add, remove=body.remove)
    return Done(see=_thread(id))


@post("/staff/conversations/<uuid:id>/hand-over", allow=STAFF, body=HandOver, key="conversation.hand_over")
async def hand_over(actor: Actor, id: UUID, body: HandOver) -> Done:
    """Give Front desk a seat in one's own conversation."""
    sitting = await conversation_for(actor, id, lock=True)
    await desk.hand_over(actor, sitting, note=body.note, unanswered=body.unanswered)
    return Done(see=_thread(id))


@post("/staff/conversations/<uuid:id>/claim", allow=STAFF, key="conversation.claim")
async def claim(actor: Actor, id: UUID) -> Done:
    """Take care of it."""
    await desk.claim(actor, await conversation_for(actor, id, lock=True))
    return Done(see=_thread(id))


@post("/staff/conversations/<uuid:id>/assign", allow=STAFF, body=Assign, key="conversation.assign")
async def assign(actor: Actor, id: UUID, body: Assign) -> Done:
    """Give it to a colleague at the front desk, or back to all of them."""
    await desk.assign(actor, await conversation_for(actor, id, lock=True), body.staff)
    return Done(see=_thread(id))


@post("/staff/messages/<uuid:id>/deleted-text", allow=ADMINISTRATOR, body=ReadDeleted)
async def deleted_text(actor: Actor, id: UUID, body: ReadDeleted) -> Done:
    """What a deleted message said; that somebody looked, and why, is kept."""
    return Done({"body": await withdrawing.deleted_text(actor, id, reason=body.reason)})


def _thread(id: UUID) -> str:
    return f"/staff/messages/{id}"
