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
OF_PRACTICE = """SELECT 1 FROM file_grant WHERE practice_id = portico_here() AND file_id = $1
  AND subject_id = practice_id AND until IS NULL"""
# `own`: it goes to the access of who brought the file, or for whom staff brought it ($6); what the practice shared is
# all the rest.
GIVE = """INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id, own)
SELECT g.*, g.holder = 'access' AND ($6 OR EXISTS (SELECT FROM portal_access a
    JOIN file f ON f.practice_id = a.practice_id AND f.login_id = a.login_id
  WHERE a.practice_id = portico_here() AND a.id = g.holder_id AND f.id = g.file_id))
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[])
  AS g(id, file_id, holder, holder_id, subject_id)"""


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
    files = [await givable(actor, file_id) for file_id in file_ids]
    await give(files, "seat", seat_ids, subject_id)
    return files


async def end_grants(subject_id: UUID) -> None:
    """End all grants of a subject (a message deleted) at once; its links answer 404 from the commit on."""
    await execute(
        """UPDATE file_grant SET until = clock_timestamp()
           WHERE practice_id = portico_here() AND subject_id = $1 AND until IS NULL""",
        subject_id,
    )


async def givable(actor: Actor, file_id: UUID) -> File:
    """A file that this person may let others open: their own, or one that is open to them. Raises Missing."""
    file = await File.filter(id=file_id, refused_at=None).first()
    if file is not None and not actor.lens and (file.login_id == actor.login_id or await _of_practice(actor, file)):
        return file
    return await file_for(actor, file_id)


async def _of_practice(actor: Actor, file: File) -> bool:
    """A blank that the practice itself keeps (holding.py): any of its staff gives it on, and it opens with that."""
    return actor.desk and bool(await fetch_all(OF_PRACTICE, file.id))


async def _may_open(actor: Actor, file: File) -> bool:
    grants: list[Row] = await fetch_all(GRANTS, file.id)
    if not grants:
        return file.login_id == actor.login_id and not actor.lens
    return await holds_any(actor, [(row["holder"], row["holder_id"]) for row in grants if row["until"] is None])


async def give(
    files: Sequence[File], holder: str, holder_ids: Sequence[UUID], subject_id: UUID, *, own: bool = False
) -> None:
    """Inside a change, and after the files were found for whom it is that gives. `own`: as if the holder had brought
    them."""
    rows = [(new_id(), file.id, holder, holder_id, subject_id) for file in files for holder_id in holder_ids]
    if rows:
        await execute(GIVE, *(list(column) for column in zip(*rows, strict=True)), own)


async def grant_to_people(
    actor: Actor, file_ids: Sequence[UUID], *, accesses: Sequence[UUID] = (), staff_of: UUID | None = None,
    subject_id: UUID, own: bool = False,
) -> list[File]:
    """Let the people of these accesses, and staff of this client, open these files as long as the subject (a document)
    stands; in the open transaction. `own`: staff brought them in place of these people. Returns the files in the order
    asked for. Raises Missing for a file that the actor neither brought nor may open."""
    await fetch_all(LOCKED, list(file_ids))
    files = [await givable(actor, file_id) for file_id in file_ids]
    await give(files, "access", accesses, subject_id, own=own)
    await give(files, "staff-of-client", [staff_of] if staff_of else [], subject_id)
    return files
