"""Staff sign beside the person who was asked: after them, never before."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import fetch_one
from models.core.errors import Conflict, Forbidden
from models.documents.disclosing import disclosure
from models.documents.events import COUNTERSIGNED
from models.documents.finding import document_of_client
from models.documents.shown import Shown, seen_by_staff
from models.documents.signature_asks import Countersign
from models.documents.signing import Panel, panel_of, write
from models.documents.tables import Document, Signature
from models.documents.telling import tell
from models.documents.vouching import refuse_unvouched

INTENT = "By signing you confirm that you have read this document as it was signed, and that you sign beside it."
ASSIGNED = "SELECT 1 FROM assignment WHERE client_id = $1 AND staff_id = $2 AND ended_at IS NULL"


async def may_countersign(actor: Actor, client_id: UUID) -> bool:
    """Who is assigned to the client as practitioner, and who supervises one that is."""
    if not await sees_client(actor, client_id, "clinical"):
        return False
    if await sees_client(actor, client_id, "countersign"):
        return True
    return actor.desk and actor.lens is None and await fetch_one(ASSIGNED, client_id, actor.staff_id) is not None


async def countersign(actor: Actor, client_id: UUID, id: UUID, fields: Countersign) -> Document:
    """The second signature under a signed document, whether its form waits for one or not.

    Raises Missing, Forbidden `not-countersigner`, Conflict when the person has not signed yet, it was signed beside
    already, or it was voided, `not-vouched` when what was signed does not hold; and what sign_in_change raises.
    """
    async with change(actor, "document.countersign"):
        document = await document_of_client(actor, client_id, id, lock=True)
        if not await may_countersign(actor, client_id):
            raise Forbidden("not-countersigner", "The practitioner of this client signs here, or their supervisor.")
        first = await _first(document)
        what = await _shown(first)
        await write(actor, document, "staff", what, fields, names=[actor.name])
        document.countersigned_at = now()
        await document.save(update_fields=["countersigned_at"])
        await tell(actor, COUNTERSIGNED, document)
    return document


async def countersign_panel(actor: Actor, document: Document) -> Panel | None:
    """What the panel shows to who may sign beside now; None for everybody else, and when it is not the turn."""
    if not await may_countersign(actor, document.client_id):
        return None
    try:
        first = await _first(document)
    except Conflict:
        return None
    return await panel_of(actor, await _shown(first), INTENT, await disclosure(), actor.name)


async def _first(document: Document) -> Signature:
    """The signature beside which one signs."""
    if document.voided_at is not None:
        raise Conflict("voided", "This document was voided. It cannot be signed any more.")
    first = await Signature.get_or_none(document_id=document.id, role="recipient")
    if first is None:
        raise Conflict("not-signed-yet", "The person who was asked signs first. Then it waits for you.")
    if await Signature.exists(document_id=document.id, role="staff"):
        raise Conflict("signed-already", "A colleague has signed beside this already.")
    await refuse_unvouched(document.id)
    return first


async def _shown(first: Signature) -> Shown:
    return seen_by_staff(first.shown, intent=INTENT, disclosure=await disclosure())
