"""Asks of documents: answers, field by field, and on which page somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.events import Audience, ToAccess, ToStaffAllClients, ToStaffOf
from models.core.scope import after_commit
from models.documents import answering
from models.documents.answering import Saved
from models.documents.filling_asks import AnswerIn, PageOf
from realtime import presence
from realtime.door import SIGNED_IN, ask


@ask("document.answer", allow=SIGNED_IN, payload=AnswerIn)
async def answer(actor: Actor, payload: AnswerIn) -> Mapping[str, Any]:
    """Keep one answer. `stale`: something newer stands there, which comes back."""
    saved = await answering.answer(
        actor, payload.document, path=payload.path, value=payload.value, page=payload.page, typed_at=payload.typed_at
    )
    tell_others(actor, payload.document, saved)
    return shown(saved)


@ask("document.page", allow=SIGNED_IN, payload=PageOf)
async def turn_page(actor: Actor, payload: PageOf) -> None:
    await answering.go_to(actor, payload.document, payload.page)


def shown(saved: Saved) -> dict[str, Any]:
    told: dict[str, Any] = {"at": round(saved.at.timestamp() * 1000), "stale": saved.stale, "alerted": saved.alerted}
    return {**told, "value": list(saved.value)} if saved.stale else told


def tell_others(actor: Actor, document: UUID, saved: Saved) -> None:
    """A hint to the other tabs and devices that fill in the same form, and to staff who watch it: it may be lost, they
    look again anyway."""
    ear = presence.ear
    if ear is not None and not saved.stale:
        rooms: list[Audience] = [ToAccess(saved.access), ToStaffOf(saved.client), ToStaffAllClients()]
        payload = {"document": document, "client": saved.client}
        after_commit(lambda: ear.tell(actor.practice_id, rooms, "answered", payload))
