"""A file that was shared, as the person opens it; that they did is told to staff."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.errors import missing
from models.documents.events import OPENED
from models.documents.finding import own_document
from models.documents.onboarding import after_done
from models.documents.tables import Document
from models.documents.telling import tell
from models.files.tables import File

FIRST = """UPDATE document SET opened_at = $2
  WHERE practice_id = portico_here() AND id = $1 AND opened_at IS NULL AND withdrawn_at IS NULL"""


async def shared_file(actor: Actor, document_id: UUID) -> tuple[Document, File]:
    """The document and its file, for whom it was shared with; raises Missing else. The first time is written down, but
    not of staff who look through somebody's eyes, nor once the portal can only be read."""
    document = await own_document(actor, document_id)
    if document.kind != "file" or document.file_id is None:
        missing("document")
    file = await File.get_or_none(id=document.file_id, refused_at=None) or missing("file")
    if actor.lens is None and actor.access is not None and not actor.access.read_only and document.opened_at is None:
        await _note_opened(actor, document)
    return document, file


async def _note_opened(actor: Actor, document: Document) -> None:
    async with change(actor, "document.open"):
        if await execute(FIRST, document.id, now()):
            await tell(actor, OPENED, document)
            await after_done(actor, document)
