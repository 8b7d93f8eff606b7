"""Files that were asked for ("insurance card, front and back"): added one by one, handed in together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid, missing
from models.documents.events import FILES_CHANGED, SUBMITTED
from models.documents.finding import own_document
from models.documents.onboarding import after_done
from models.documents.tables import Document
from models.documents.telling import tell
from models.files.granting import grant_to_people
from models.files.keeping import keep_for_client
from models.files.tables import File

MOST = 20
KEEP = """INSERT INTO document_file (document_id, file_id, login_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"""
DROP = """DELETE FROM document_file WHERE practice_id = portico_here() AND document_id = $1 AND file_id = $2"""
END = """UPDATE file_grant SET until = clock_timestamp()
  WHERE practice_id = portico_here() AND subject_id = $1 AND file_id = $2 AND until IS NULL"""
BEGIN = """UPDATE document SET opened_at = coalesce(opened_at, $2), started_at = coalesce(started_at, $2), saved_at = $2
  WHERE practice_id = portico_here() AND id = $1"""
FINISH = "UPDATE document SET submitted_at = $2, returned_at = NULL WHERE practice_id = portico_here() AND id = $1"
FILES = """SELECT f.id, f.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail FROM document_file x
  JOIN file f ON f.practice_id = x.practice_id AND f.id = x.file_id AND f.refused_at IS NULL
  WHERE x.practice_id = portico_here() AND x.document_id = $1 ORDER BY x.added_at, f.id"""
LATER = "This was handed in already. Write to the practice if something is missing."


@dataclass(frozen=True)
class Given:
    """A file that was added."""

    id: UUID
    name: str
    type: str
    size: int
    thumbnail: bool


async def files_of(document_id: UUID) -> list[Given]:
    """In the order in which they came; for who has found the document."""
    return [Given(**row) for row in await fetch_all(FILES, document_id)]


async def files_shown(document: Document) -> list[Given]:
    """What belongs to a document that is no form: the file that was shared, or what was sent in; for who may read what
    the document says."""
    if document.file_id is None:
        return await files_of(document.id)
    file = await File.get_or_none(id=document.file_id, refused_at=None)
    return [] if file is None else [Given(file.id, file.name, file.type, file.size, file.thumbnail_key is not None)]


async def requested(actor: Actor, document_id: UUID, *, lock: bool = False) -> Document:
    """A request for files, for whom it was made; raises Missing else."""
    document = await own_document(actor, document_id, lock=lock)
    return document if document.kind == "file-request" else missing("document")


async def add_files(actor: Actor, document_id: UUID, file_ids: Sequence[UUID]) -> None:
    """Files the person has just uploaded; staff of the client see them at once. Raises Missing, Conflict `handed-in`,
    Invalid for too many."""
    async with change(actor, "document.add_files"):
        document = await _open(actor, document_id)
        given = list(dict.fromkeys(file_ids))
        if not given or len(given) + len(await files_of(document_id)) > MOST:
            raise Invalid(errors={"files": [f"Choose a file; at most {MOST} can be sent for this."]})
        await grant_to_people(
            actor, given, accesses=[document.access_id], staff_of=document.client_id, subject_id=document_id
        )
        for one in given:
            await execute(KEEP, document_id, one, actor.login_id)
        await execute(BEGIN, document_id, now())
        await tell(actor, FILES_CHANGED, document)


async def take_out(actor: Actor, document_id: UUID, file_id: UUID) -> None:
    """A file that was added by mistake, before it is handed in. Raises Missing, Conflict."""
    async with change(actor, "document.take_out"):
        document = await _open(actor, document_id)
        if not await execute(DROP, document_id, file_id):
            missing("file")
        await execute(END, document_id, file_id)
        await tell(actor, FILES_CHANGED, document)


async def hand_in(actor: Actor, document_id: UUID) -> None:
    """That is all of them: the request is done, and they stand in the client's Files. Raises Missing, Conflict, Invalid
    while there is no file."""
    async with change(actor, "document.hand_in"):
        document = await _open(actor, document_id)
        given = await files_of(document_id)
        if not given:
            raise Invalid(errors={"files": ["Add a file first."]})
        for one in given:
            await keep_for_client(actor, one.id, document.client_id, "request", access_id=document.access_id)
        await execute(FINISH, document_id, now())
        await tell(actor, SUBMITTED, document)
        await after_done(actor, await Document.get(id=document_id))


async def _open(actor: Actor, document_id: UUID) -> Document:
    document = await requested(actor, document_id, lock=True)
    if document.submitted_at is not None:
        raise Conflict("handed-in", LATER)
    return document
