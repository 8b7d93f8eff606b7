"""A file that a client brought is new until somebody of the staff has opened it; who brought it then knows."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import Row, fetch_all
from models.core.events import Audience, Part, ToAccess, ToStaffAllClients, ToStaffOf
from models.files.events import SEEN
from models.files.tables import File

NEW = """SELECT id, client_id FROM client_file WHERE practice_id = portico_here() AND file_id = $1 AND seen_at IS NULL
  AND removed_at IS NULL AND deleted_at IS NULL"""
NAMED = """SELECT name, client_id FROM client_file WHERE practice_id = portico_here() AND file_id = $1
  AND removed_at IS NULL AND deleted_at IS NULL ORDER BY id"""
SEE = """UPDATE client_file SET seen_at = now(), seen_by = $2 WHERE practice_id = portico_here() AND id = ANY($1)
  AND seen_at IS NULL RETURNING id, client_id, access_id, file_id"""


async def note_seen(actor: Actor, file_id: UUID) -> None:
    """Staff opened this file: where it stands in a record that they read, it is seen."""
    if not actor.desk or actor.lens is not None:
        return
    rows = [row for row in await fetch_all(NEW, file_id) if await sees_client(actor, row["client_id"], "clinical")]
    if rows:
        await see(actor, [row["id"] for row in rows])


async def see(actor: Actor, kept_ids: list[UUID]) -> None:
    """These entries, which were found for the actor before, are seen from now on; who was first stands there."""
    async with change(actor, "file.see"):
        for row in await fetch_all(SEE, kept_ids, actor.staff_id):
            await record(actor, SEEN, [Part(_rooms(row), _ids(row))], subject_id=row["id"])


async def name_for(actor: Actor, file: File) -> str:
    """What staff called it in the record, for staff who read that record; for everybody else as it came."""
    if actor.desk and actor.lens is None:
        for row in await fetch_all(NAMED, file.id):
            if await sees_client(actor, row["client_id"], "clinical"):
                return str(row["name"])
    return file.name


def _rooms(row: Row) -> list[Audience]:
    staff: list[Audience] = [ToStaffOf(row["client_id"]), ToStaffAllClients()]
    return [ToAccess(row["access_id"]), *staff] if row["access_id"] else staff


def _ids(row: Row) -> dict[str, UUID]:
    ids = {"client": row["client_id"], "file": row["file_id"], "kept": row["id"]}
    return ids | ({"access": row["access_id"]} if row["access_id"] else {})
