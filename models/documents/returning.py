"""Asking for corrections: what was handed in stays as it was, and its answers are open again for the person."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import sees_client
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid
from models.documents import notices
from models.documents.events import RETURNED
from models.documents.finding import document_of_client
from models.documents.signing import signed_roles
from models.documents.tables import Document
from models.documents.telling import tell

LONGEST = 2000
# The note itself is read behind the sign-in alone.
WORDS = "Something that you handed in needs another look. Please open your client portal when you have a moment."
RETURN = """UPDATE document SET submitted_at = NULL, returned_at = $2, returned_by = $3, return_note = $4,
    countersigned_at = NULL, page = 1 WHERE practice_id = portico_here() AND id = $1"""
NOTE = """UPDATE submission SET return_note = $2, returned_at = $3 WHERE practice_id = portico_here()
  AND document_id = $1 AND number = (SELECT max(number) FROM submission s
    WHERE s.practice_id = portico_here() AND s.document_id = $1)"""
ASKED_AGAIN = """SELECT 1 FROM document WHERE practice_id = portico_here() AND access_id = $1 AND form_id = $2
  AND id <> $3 AND withdrawn_at IS NULL AND submitted_at IS NULL AND voided_at IS NULL"""


async def return_for_correction(actor: Actor, client_id: UUID, id: UUID, note: str) -> Document:
    """Ask the person to correct what they handed in; they read the note above their answers, and an e-mail tells them
    that something waits. Raises Conflict for what is not handed in, was voided, or is asked of them anew meanwhile."""
    document = await document_of_client(actor, client_id, id, lock=True)
    if not await sees_client(actor, client_id, "manages"):
        raise Forbidden("not-managed", "You may read this document, not ask for corrections. Ask an administrator.")
    said = note.strip()
    if not said or len(said) > LONGEST:
        raise Invalid(errors={"note": ["Say what is to be corrected, in up to 2,000 letters."]})
    await _ensure_returnable(document)
    async with change(actor, "document.return"):
        at = now()
        await execute(NOTE, document.id, said, at)
        await execute(RETURN, document.id, at, actor.staff_id, said)
        await tell(actor, RETURNED, document)
        access = await PortalAccess.get(id=document.access_id)
        await notices.notify(actor, access, kind="shared", message=WORDS)
    return document


async def _ensure_returnable(document: Document) -> None:
    if document.kind != "form" or document.submitted_at is None or document.voided_at is not None:
        raise Conflict("not-handed-in", "There is nothing handed in that could be corrected. Look again.")
    if await signed_roles(document.id):
        raise Conflict("signed", "This is signed, so it stays as it is. Void it, then ask for it anew.")
    if await fetch_one(ASKED_AGAIN, document.access_id, document.form_id, document.id) is not None:
        raise Conflict("asked-again", "The same form is asked of this person anew already. Corrections go there.")
