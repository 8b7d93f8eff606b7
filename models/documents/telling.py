"""Whom a change of a document is told: the person it was shared with, and staff who see the client."""

from __future__ import annotations

from models.clients.people import assigned_to
from models.core.actor import Actor
from models.core.change import record
from models.core.events import EventType, Part, ToAccess, ToDesk, ToStaffAllClients, ToStaffOf
from models.documents.events import SUBMITTED
from models.documents.tables import Document


async def tell(actor: Actor | None, kind: EventType, document: Document) -> None:
    """Inside a change: record what happened to a document."""
    ids = {"client": document.client_id, "access": document.access_id, "document": document.id}
    rooms = (ToAccess(document.access_id), ToStaffOf(document.client_id), ToStaffAllClients())
    # What was handed in stands among what happened lately at the desks of the client's practitioners.
    desks = [ToDesk(one.login_id) for one in await assigned_to(document.client_id)] if kind is SUBMITTED else []
    await record(actor, kind, [Part((*desks, *rooms), ids)], subject_id=document.id)
