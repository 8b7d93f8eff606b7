"""Whom a change of a document is told: the person it was shared with, and staff who see the client."""

from __future__ import annotations

from models.core.actor import Actor
from models.core.change import record
from models.core.events import EventType, Part, ToAccess, ToStaffAllClients, ToStaffOf
from models.documents.tables import Document


async def tell(actor: Actor | None, kind: EventType, document: Document) -> None:
    """Inside a change: record what happened to a document."""
    ids = {"client": document.client_id, "access": document.access_id, "document": document.id}
    rooms = (ToAccess(document.access_id), ToStaffOf(document.client_id), ToStaffAllClients())
    await record(actor, kind, [Part(rooms, ids)], subject_id=document.id)
