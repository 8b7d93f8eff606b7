"""One document, for whoever may see it: finding is checking."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import Right, sees_client
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.errors import Forbidden, missing
from models.documents.rights import manages_documents
from models.documents.tables import Document

HELD = "SELECT 1 FROM document WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"


async def own_document(actor: Actor, id: UUID, *, lock: bool = False) -> Document:
    """A document of the access that a portal person (or a view through their eyes) acts with.

    Raises Missing for what is not theirs, was taken back, or waits for a contact who has lost Manage Documentation.
    `lock`: the row is held until the scope ends.
    """
    access = actor.lens or (actor.access if actor.portal else None)
    if access is None:
        missing("document")
    found = await _row(id, lock=lock)
    if found is None or found.access_id != access.access_id or found.withdrawn_at is not None:
        missing("document")
    if found.submitted_at is None and not manages_documents(access):
        missing("document")
    return found


async def document_of_client(
    actor: Actor, client_id: UUID, id: UUID, *, right: Right = "clinical", lock: bool = False
) -> Document:
    """A document of this client, for staff whose rights reach it: `document_status` for how far it is, `clinical` for
    what it says. Raises Missing for who does not see the client, Forbidden `not-clinical` for who may not read it."""
    found = await _row(id, lock=lock) if await sees_client(actor, client_id) else None
    if found is None or found.client_id != client_id:
        missing("document")
    if not await sees_client(actor, client_id, right):
        raise Forbidden("not-clinical", "You may see this record, not what its documents say.")
    return found


async def _row(id: UUID, *, lock: bool) -> Document | None:
    if lock:
        await fetch_one(HELD, id)
    return await Document.get_or_none(id=id)
