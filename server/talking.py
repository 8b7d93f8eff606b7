"""Doors that change a conversation for who sits in it: start, send, read, keep, take back. The same for both sides."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.messaging import keeping, reading, sending, starting, withdrawing
from models.messaging.asks import ReadTo, SaveDraft, SendMessage, StartConversation, Switched
from models.messaging.seats import conversation_for
from server.door import PORTAL, STAFF, Done, post
from server.frames import base_of
from server.messaging import new_conversation


@post("/conversations", allow=PORTAL, feature="messaging", portal=True, body=StartConversation,
      key="conversation.start", again=new_conversation)
@post("/staff/conversations", allow=STAFF, body=StartConversation, key="conversation.start", again=new_conversation)
async def create_conversation(actor: Actor, body: StartConversation) -> Done:
    """Start one, or without a subject go on with the one these people have."""
    id = await starting.start(actor, body.people, client=body.client, subject=body.subject)
    return Done({"conversation": id}, see=f"{base_of(actor)}/messages/{id}")


@post("/conversations/<uuid:id>/messages", allow=PORTAL, feature="messaging", portal=True, body=SendMessage,
      key="message.send")
@post("/staff/conversations/<uuid:id>/messages", allow=STAFF, body=SendMessage, key="message.send")
async def create_message(actor: Actor, id: UUID, body: SendMessage) -> Done:
    """Say something."""
    sitting = await conversation_for(actor, id, lock=True)
    message = await sending.send(actor, sitting, body=body.body, files=body.files, key=body.key)
    return Done({"message": message}, see=f"{base_of(actor)}/messages/{id}")


@post("/conversations/<uuid:id>/read", allow=PORTAL, feature="messaging", portal=True, body=ReadTo)
@post("/staff/conversations/<uuid:id>/read", allow=STAFF, body=ReadTo)
async def create_reading(actor: Actor, id: UUID, body: ReadTo) -> Done:
    """Everything up to a message was read."""
    await reading.read(actor, await conversation_for(actor, id), body.message)
    return Done(see=f"{base_of(actor)}/messages/{id}")


@post("/conversations/<uuid:id>/mark-unread", allow=PORTAL, feature="messaging", portal=True, body=Switched)
@post("/staff/conversations/<uuid:id>/mark-unread", allow=STAFF, body=Switched)
async def mark_unread(actor: Actor, id: UUID, body: Switched) -> Done:
    await keeping.keep(actor, await conversation_for(actor, id), "unread", on=body.on)
    return Done(see=f"{base_of(actor)}/messages")


@post("/conversations/<uuid:id>/mute", allow=PORTAL, feature="messaging", portal=True, body=Switched)
@post("/staff/conversations/<uuid:id>/mute", allow=STAFF, body=Switched)
async def mute(actor: Actor, id: UUID, body: Switched) -> Done:
    await keeping.keep(actor, await conversation_for(actor, id), "mute", on=body.on)
    return Done(see=f"{base_of(actor)}/messages/{id}")


@post("/conversations/<uuid:id>/archive", allow=PORTAL, feature="messaging", portal=True, body=Switched)
@post("/staff/conversations/<uuid:id>/archive", allow=STAFF, body=Switched)
async def archive(actor: Actor, id: UUID, body: Switched) -> Done:
    await keeping.keep(actor, await conversation_for(actor, id), "archive", on=body.on)
    return Done(see=f"{base_of(actor)}/messages")


@post("/conversations/<uuid:id>/draft", allow=PORTAL, feature="messaging", portal=True, body=SaveDraft)
@post("/staff/conversations/<uuid:id>/draft", allow=STAFF, body=SaveDraft)
async def save_draft(actor: Actor, id: UUID, body: SaveDraft) -> Done:
    """Keep what is half written, for this login on every device."""
    await keeping.save_draft(actor, await conversation_for(actor, id), body.body)
    return Done(see=f"{base_of(actor)}/messages/{id}")


@post("/messages/<uuid:id>/undo", allow=PORTAL, feature="messaging", portal=True)
@post("/staff/messages/<uuid:id>/undo", allow=STAFF)
async def undo(actor: Actor, id: UUID) -> Done:
    """Take a message back, a moment after sending."""
    await withdrawing.undo(actor, id)
    return Done(see=f"{base_of(actor)}/messages")


@post("/messages/<uuid:id>/delete", allow=PORTAL, feature="messaging", portal=True)
@post("/staff/messages/<uuid:id>/delete", allow=STAFF)
async def delete(actor: Actor, id: UUID) -> Done:
    """Delete a message later; "message deleted" stays."""
    await withdrawing.delete(actor, id)
    return Done(see=f"{base_of(actor)}/messages")
