"""Voiding a signed document: it stays readable, marked, with the reason; nothing of it is changed."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict, Forbidden, Invalid
from models.documents.chaining import add_link
from models.documents.events import VOIDED
from models.documents.finding import document_of_client
from models.documents.signing import enqueue_copy, signed_roles
from models.documents.tables import Document
from models.documents.telling import tell

LEAST = 5


async def void(actor: Actor, client_id: UUID, id: UUID, reason: str) -> Document:
    """Whoever signed reads the reason. Raises Missing, Forbidden `not-managed` for who may not change the record,
    Invalid `reason`, Conflict for what was never signed or is void already."""
    async with change(actor, "document.void"):
        document = await document_of_client(actor, client_id, id, lock=True)
        if not await sees_client(actor, client_id, "manages"):
            raise Forbidden("not-managed", "You may read this document, not void it. Ask who looks after the client.")
        if len(reason.strip()) < LEAST:
            raise Invalid(errors={"reason": ["Say why it is voided: whoever signed it reads this."]})
        if not await signed_roles(document.id):
            raise Conflict("not-signed", "Nobody signed this. Take it back instead.")
        if document.voided_at is not None:
            raise Conflict("voided", "This document is void already.")
        document.voided_at, document.voided_by, document.void_reason = now(), actor.staff_id, reason.strip()
        await document.save(update_fields=["voided_at", "voided_by", "void_reason"])
        link = await add_link("void", document.id, document.id)
        await enqueue_copy(document.id, link.number)
        await tell(actor, VOIDED, document)
    return document


async def may_void(actor: Actor, document: Document) -> bool:
    """Whether this staff member may void it now."""
    if document.voided_at is not None or not await signed_roles(document.id):
        return False
    clinical = await sees_client(actor, document.client_id, "clinical")
    return clinical and await sees_client(actor, document.client_id, "manages")
