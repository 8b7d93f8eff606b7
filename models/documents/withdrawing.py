"""Un-sharing: what was asked or shared is taken back. Answers that were begun are closed and stay with the practice."""

from __future__ import annotations

from models.core.actor import Actor
from models.core.database import execute
from models.core.errors import Conflict
from models.documents.events import WITHDRAWN
from models.documents.onboarding import after_done
from models.documents.tables import Document
from models.documents.telling import tell
from models.documents.vouching import refuse_unvouched
from models.files.granting import end_grants

TAKE_BACK = """UPDATE document SET withdrawn_at = clock_timestamp(), withdrawn_by = $2
  WHERE practice_id = portico_here() AND id = $1 AND withdrawn_at IS NULL AND submitted_at IS NULL"""


async def withdraw(actor: Actor, document: Document) -> None:
    """Inside a change: gone from the person's pages at once; a file cannot be opened by them any more. Raises Conflict
    `handed-in` for what was handed in meanwhile, which stays, `not-vouched` for what stands under a signature that was
    put in from outside."""
    await refuse_unvouched(document.id)
    if not await execute(TAKE_BACK, document.id, actor.staff_id):
        raise Conflict("handed-in", f"{document.title} was handed in meanwhile. Look again: it stays.")
    if document.kind == "file":
        await end_grants(document.id)
    await tell(actor, WITHDRAWN, document)
    await after_done(actor, document)
