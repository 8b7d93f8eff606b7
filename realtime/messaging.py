"""Asks of messaging: what a page says over the line about its conversations. The verbs are those of the HTTP doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from models.core import presence as online
from models.core.actor import Actor
from models.core.events import Audience, ToFrontDesk
from models.core.scope import detached
from models.messaging import keeping, notes, reading, sending, starting, typing, withdrawing
from models.messaging.asks import (
    AddNoteTo,
    OneMessage,
    Reached,
    ReadToIn,
    SaveDraftIn,
    SendMessageTo,
    StartConversationNow,
    SwitchedIn,
)
from models.messaging.seats import conversation_for
from realtime import presence
from realtime.door import SIGNED_IN, STAFF, ask

Answer = Mapping[str, Any] | None


@ask("conversation.start", allow=SIGNED_IN, payload=StartConversationNow, feature="messaging", key=True)
async def start_conversation(actor: Actor, payload: StartConversationNow) -> Answer:
    found = await starting.start(actor, payload.people, client=payload.client, subject=payload.subject)
    return {"conversation": found}


@ask("message.send", allow=SIGNED_IN, payload=SendMessageTo, feature="messaging", key=True)
async def send_message(actor: Actor, payload: SendMessageTo) -> Answer:
    sitting = await conversation_for(actor, payload.conversation, lock=True)
    message = await sending.send(actor, sitting, body=payload.body, files=payload.files, key=payload.key)
    return {"message": message}


@ask("note.add", allow=STAFF, payload=AddNoteTo, key=True)
async def add_note(actor: Actor, payload: AddNoteTo) -> Answer:
    sitting = await conversation_for(actor, payload.conversation, lock=True)
    return {"note": await notes.add_note(actor, sitting, payload.body, key=payload.key)}


@ask("message.undo", allow=SIGNED_IN, payload=OneMessage, feature="messaging")
async def undo_message(actor: Actor, payload: OneMessage) -> Answer:
    await withdrawing.undo(actor, payload.message)
    return None


@ask("message.delete", allow=SIGNED_IN, payload=OneMessage, feature="messaging")
async def delete_message(actor: Actor, payload: OneMessage) -> Answer:
    await withdrawing.delete(actor, payload.message)
    return None


@ask("conversation.read", allow=SIGNED_IN, payload=ReadToIn, feature="messaging")
async def read(actor: Actor, payload: ReadToIn) -> Answer:
    await reading.read(actor, await conversation_for(actor, payload.conversation), payload.message)
    return None


@ask("conversation.delivered", allow=SIGNED_IN, payload=ReadToIn, feature="messaging")
async def delivered(actor: Actor, payload: ReadToIn) -> Answer:
    await reading.delivered(actor, await conversation_for(actor, payload.conversation), payload.message)
    return None


@ask("conversation.all_delivered", allow=SIGNED_IN, payload=Reached, feature="messaging")
async def all_delivered(actor: Actor, payload: Reached) -> Answer:
    """Told once by each page, when its line is live, and after a gap in what it heard."""
    await reading.all_delivered(actor)
    return None


@ask("conversation.mark_unread", allow=SIGNED_IN, payload=SwitchedIn, feature="messaging")
async def mark_unread(actor: Actor, payload: SwitchedIn) -> Answer:
    await keeping.keep(actor, await conversation_for(actor, payload.conversation), "unread", on=payload.on)
    return None


@ask("conversation.mute", allow=SIGNED_IN, payload=SwitchedIn, feature="messaging")
async def mute(actor: Actor, payload: SwitchedIn) -> Answer:
    await keeping.keep(actor, await conversation_for(actor, payload.conversation), "mute", on=payload.on)
    return None


@ask("conversation.archive", allow=SIGNED_IN, payload=SwitchedIn, feature="messaging")
async def archive(actor: Actor, payload: SwitchedIn) -> Answer:
    await keeping.keep(actor, await conversation_for(actor, payload.conversation), "archive", on=payload.on)
    return None


@ask("draft.save", allow=SIGNED_IN, payload=SaveDraftIn, feature="messaging")
async def save_draft(actor: Actor, payload: SaveDraftIn) -> Answer:
    await keeping.save_draft(actor, await conversation_for(actor, payload.conversation), payload.body)
    return None


@ask("typing", allow=SIGNED_IN, payload=SwitchedIn, feature="messaging", sign=True)
async def type_on(actor: Actor, payload: SwitchedIn) -> Answer:
    """No event: it may be lost, and nothing of it is kept."""
    sitting = await conversation_for(actor, payload.conversation)
    seat, hearers = await typing.hearers(sitting)
    shown = {"conversation": sitting.id, "seat": seat.id, "on": payload.on}
    _tell(actor, hearers, "typing", shown)
    if seat.kind == "front-desk":
        detached(lambda: _replying(actor, sitting.id, payload.on))
    return None


async def _replying(actor: Actor, conversation_id: UUID, on: bool) -> None:
    """"Tess is replying", for the others at the front desk: told when it begins and when it ends."""
    name = f"replying:{conversation_id}:{actor.staff_id}"
    if on and not await online.here(actor.practice_id, [name]):
        return  # known already
    if not on:
        await online.gone(actor.practice_id, name)
    if presence.ear is not None:
        shown = {"conversation": conversation_id, "staff": actor.staff_id, "on": on}
        await presence.ear.tell(actor.practice_id, [ToFrontDesk()], "looking", shown)


def _tell(actor: Actor, hearers: Iterable[Audience], name: str, payload: Mapping[str, Any]) -> None:
    ear, audiences = presence.ear, list(hearers)
    if ear is not None and audiences:
        detached(lambda: ear.tell(actor.practice_id, audiences, name, payload))
