"""Who may open a file: whoever holds an open grant, and the person who brought it until it is first shared."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.core.actor import Actor
from models.core.database import Row, execute, fetch_all
from models.core.errors import Invalid, missing
from models.core.ids import new_id
from models.files.holders import holds_any
from models.files.tables import File

MOST_FILES = 20

LOCKED = """SELECT id FROM file WHERE practice_id = portico_here() AND id = ANY($1) AND refused_at IS NULL
ORDER BY id FOR SHARE"""
GRANTS = "SELECT holder, holder_id, until FROM file_grant WHERE practice_id = portico_here() AND file_id = $1"
GIVE = """INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[])"""


async def file_for(actor: Actor, file_id: UUID) -> File:
    """The file, for whoever may open it now; Missing for everyone else and for a file that is none."""
    file = await File.filter(id=file_id, refused_at=None).first()
    if file is None or not await _may_open(actor, file):
        missing("file")
    return file


async def grant_to_seats(
    actor: Actor, file_ids: Sequence[UUID], seat_ids: Sequence[UUID], *, subject_id: UUID
) -> list[File]:
    """Let those seats open these files, as long as the subject (the message) stands; in the open transaction.

    Returns the files in the order asked for. Raises Missing for a file that the actor neither brought nor may open,
    Invalid for more than 20 or for the same one twice.
    """
    if len(file_ids) > MOST_FILES or len(set(file_ids)) < len(file_ids):
        raise Invalid(errors={"files": [f"Attach each file once, and at most {MOST_FILES} to one message."]})
    await fetch_all(LOCKED, list(file_ids))  # no clean-up may take them from here to the commit
    files = [await _givable(actor, file_id) for file_id in file_ids]
    await _give(files, "seat", seat_ids, subject_id)
    return files


async def end_grants(subject_id: UUID) -> None:
    """End all grants of a subject (a message deleted) at once; its links answer 404 from the commit on."""
    await execute(
        """UPDATE file_grant SET until = clock_timestamp()
           WHERE practice_id = portico_here() AND subject_id = $1 AND until IS NULL""",
        subject_id,
    )


async def _givable(actor: Actor, file_id: UUID) -> File:
    file = await File.filter(id=file_id, refused_at=None).first()
    if file is not None and file.login_id == actor.login_id and not actor.lens:
        return file
    return await file_for(actor, file_id)


async def _may_open(actor: Actor, file: File) -> bool:
    grants: list[Row] = await fetch_all(GRANTS, file.id)
    if not grants:
        return file.login_id == actor.login_id and not actor.lens
    return await holds_any(actor, [(row["holder"], row["holder_id"]) for row in grants if row["until"] is None])


async def _give(files: Sequence[File], holder: str, holder_ids: Sequence[UUID], subject_id: UUID) -> None:
    rows = [(new_id(), file.id, holder, holder_id, subject_id) for file in files for holder_id in holder_ids]
    if rows:
        await execute(GIVE, *(list(column) for column in zip(*rows, strict=True)))


async def grant_to_people(
    actor: Actor, file_ids: Sequence[UUID], *, accesses: Sequence[UUID] = (), staff_of: UUID | None = None,
    subject_id: UUID,
) -> list[File]:
    """Let the people of these accesses, and staff of this client, open these files as long as the subject (a document)
    stands; in the open transaction. Returns the files in the order asked for. Raises Missing for a file that the actor
    neither brought nor may open."""
    await fetch_all(LOCKED, list(file_ids))
    files = [await _givable(actor, file_id) for file_id in file_ids]
    await _give(files, "access", accesses, subject_id)
    await _give(files, "staff-of-client", [staff_of] if staff_of else [], subject_id)
    return files
