"""A file is kept in a client's record: brought by the client or a contact, or saved from a message by staff.

Who brought it goes on reading it, and so does whoever reads what this client's record says; nobody else: each parent
sees only their own.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from models.clients.access import client_for, sees_client
from models.clients.people import assigned_to
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Forbidden, missing
from models.core.events import Part, ToAccess, ToDesk, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id
from models.files.events import SAVED, UPLOADED
from models.files.granting import GIVE, LOCKED, file_for
from models.files.room import ensure_room
from models.files.tables import ClientFile, File
from models.files.whose import clients_of

Source = Literal["upload", "request"]

TWIN = """SELECT id FROM client_file WHERE practice_id = portico_here() AND client_id = $1 AND file_id = $2
  AND removed_at IS NULL AND deleted_at IS NULL"""
MOST_SAVED = 500
FROM_MESSAGES = """SELECT file_id FROM client_file WHERE practice_id = portico_here() AND client_id = $1
  AND source = 'message' AND removed_at IS NULL AND deleted_at IS NULL ORDER BY id DESC LIMIT $2"""
COUNTED = "UPDATE file SET client_id = $2 WHERE practice_id = portico_here() AND id = $1 AND client_id IS NULL"


async def keep_for_client(
    actor: Actor | None, file_id: UUID, client_id: UUID, source: Source, *, access_id: UUID
) -> ClientFile:
    """Put a file that this person brought into the client's record, as brought by this access of theirs; staff hear of
    it at once. In the open change or in one of its own; a second time it is the same entry.

    `actor` None: a job that ends what the person began. Raises Missing for a file or an access that is not theirs,
    Conflict `no-room`.
    """
    async with change(actor, "file.keep"):
        await execute(LOCKED, [file_id])  # no clean-up may take it from here to the commit
        file = await _brought(actor, file_id, client_id, access_id)
        twin = await fetch_one(TWIN, client_id, file_id)
        if twin is not None:
            return await ClientFile.get(id=twin["id"])
        kept = await ClientFile.create(
            client_id=client_id, file_id=file.id, access_id=access_id, source=source, name=file.name
        )
        await _granted(kept, [("access", access_id), ("staff-of-client", client_id)])
        await _count(file, client_id)
        ids = {"client": client_id, "access": access_id, "file": file.id, "kept": kept.id}
        desks = [ToDesk(one.login_id) for one in await assigned_to(client_id)]
        rooms = (*desks, ToAccess(access_id), ToStaffOf(client_id), ToStaffAllClients())
        await record(actor, UPLOADED, [Part(rooms, ids)], subject_id=client_id)
        return kept


async def save_from_message(actor: Actor, file_id: UUID, client_id: UUID) -> ClientFile:
    """A message's attachment joins the client's files: whoever reads that record may open it from then on, also when
    the message goes. A second time it is the same entry.

    Raises Missing for a file that the actor may not open or that belongs to somebody else's conversation, Forbidden
    `not-managed` for who may only look at the record.
    """
    client = await client_for(actor, client_id)
    if not await sees_client(actor, client_id, "manages"):
        raise Forbidden("not-managed", "You may look at this record, not change it. Ask an administrator.")
    async with change(actor, "file.save"):
        await execute(LOCKED, [file_id])
        file = await file_for(actor, file_id)
        if client.id not in await clients_of(file.id):
            missing("file")
        twin = await fetch_one(TWIN, client_id, file_id)
        if twin is not None:
            return await ClientFile.get(id=twin["id"])
        kept = await ClientFile.create(
            client_id=client_id, file_id=file.id, staff_id=actor.staff_id, source="message", name=file.name,
            seen_by=actor.staff_id, seen_at=now(),
        )
        await _granted(kept, [("staff-of-client", client_id)])
        await _count(file, client_id)
        ids = {"client": client_id, "file": file.id, "kept": kept.id}
        await record(actor, SAVED, [Part((ToStaffOf(client_id), ToStaffAllClients()), ids)], subject_id=kept.id)
        return kept


async def saved_from_messages(actor: Actor, client_id: UUID) -> list[UUID]:
    """Attachments that stand in the client's files, the latest 500; none for who does not read the record."""
    rows = await fetch_all(FROM_MESSAGES, client_id, MOST_SAVED)
    return [row["file_id"] for row in rows] if rows and await sees_client(actor, client_id, "clinical") else []


async def _brought(actor: Actor | None, file_id: UUID, client_id: UUID, access_id: UUID) -> File:
    if actor is not None:
        access = actor.access
        if actor.lens is not None or access is None or (access.access_id, access.client_id) != (access_id, client_id):
            missing("client")
    file = await File.get_or_none(id=file_id, refused_at=None)
    if file is None or (actor is not None and file.login_id != actor.login_id):
        missing("file")
    return file


async def _count(file: File, client_id: UUID) -> None:
    """It takes the client's room from now on."""
    if await execute(COUNTED, file.id, client_id):
        await ensure_room(client_id)


async def _granted(kept: ClientFile, holders: list[tuple[str, UUID]]) -> None:
    rows = [(new_id(), kept.file_id, holder, of, kept.id) for holder, of in holders]
    await execute(GIVE, *(list(column) for column in zip(*rows, strict=True)), False)
