"""What staff do with the files of a client's record: rename, move into folders, tag, delete with a reason, restore.

Whoever reads what the record says and may change it. A deleted file is opened by nobody from that moment; its bytes
wait thirty days for who finds it was a mistake.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from models.clients.access import client_for, sees_client
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Audience, EventType, Part, ToAccess, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id
from models.core.scope import remembered
from models.files import bringing
from models.files.events import CHANGED, DELETED, FOLDERS_CHANGED, RESTORED
from models.files.kinds import kind_named
from models.files.names import clean_name, extension_of
from models.files.tables import ClientFile, File, FileFolder

KEPT_FOR = timedelta(days=30)
ERASE = "file.erase_deleted"
MOST_TAGS, MOST_FOLDERS = 10, 200

END = """UPDATE file_grant SET until = now() WHERE practice_id = portico_here() AND subject_id = $1 AND until IS NULL"""
AGAIN = "UPDATE file_grant SET until = NULL WHERE practice_id = portico_here() AND subject_id = $1"
EMPTY = "UPDATE client_file SET folder_id = NULL WHERE practice_id = portico_here() AND folder_id = $1"
# Whoever restores it in the moment in which its thirty days end gets it whole, or is told that it was erased; of two
# who tag it at once, the second counts the tag of the first.
HELD = "SELECT 1 FROM client_file WHERE practice_id = portico_here() AND id = $1 FOR UPDATE"
TAG = "INSERT INTO file_tag (client_id, client_file_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
UNTAG = "DELETE FROM file_tag WHERE practice_id = portico_here() AND client_file_id = $1 AND name = $2"
TAGS = "SELECT name FROM file_tag WHERE practice_id = portico_here() AND client_file_id = $1"
FOLDER = "SELECT id FROM file_folder WHERE practice_id = portico_here() AND client_id = $1 AND lower(name) = lower($2)"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('file.folders:' || $1::uuid::text, 0))"
TWIN = """SELECT 1 FROM client_file WHERE practice_id = portico_here() AND client_id = $1 AND file_id = $2
  AND removed_at IS NULL AND deleted_at IS NULL"""


async def reads_files(actor: Actor, client_id: UUID) -> None:
    """Raises Missing for a client that is not seen, Forbidden `not-clinical` for who may not read what the record
    says."""
    await remembered(("files-of", client_id, actor.staff_id), lambda: client_for(actor, client_id))
    if not await sees_client(actor, client_id, "clinical"):
        raise Forbidden("not-clinical", "You may see this record, not its files. Ask an administrator.")


async def manages_files(actor: Actor, client_id: UUID) -> None:
    """The same for who changes something of them; raises Forbidden `not-managed` besides."""
    await reads_files(actor, client_id)
    if not await sees_client(actor, client_id, "manages"):
        raise Forbidden("not-managed", "You may look at this record, not change it. Ask an administrator.")


async def kept_file(actor: Actor, client_id: UUID, kept_id: UUID, *, deleted: bool = False) -> ClientFile:
    """An entry that stands in the record, for who may change it; with `deleted` one that was deleted."""
    await manages_files(actor, client_id)
    found = await ClientFile.get_or_none(id=kept_id, client_id=client_id, removed_at=None)
    if found is None or (found.deleted_at is not None) is not deleted:
        missing("file")
    return found


async def rename(actor: Actor, client_id: UUID, kept_id: UUID, name: str) -> None:
    """For staff; who brought it reads the name it came with. Its ending stays."""
    async with change(actor, "file.rename"):
        kept = await kept_file(actor, client_id, kept_id)
        await ClientFile.filter(id=kept.id).update(name=_with_ending(name, kept.name))
        await _tell(actor, CHANGED, kept)


async def move(actor: Actor, client_id: UUID, kept_id: UUID, folder_id: UUID | None) -> None:
    """Into a folder of the same client, or out of any."""
    async with change(actor, "file.move"):
        kept = await kept_file(actor, client_id, kept_id)
        if folder_id is not None:
            await _folder(client_id, folder_id)
        await ClientFile.filter(id=kept.id).update(folder_id=folder_id)
        await _tell(actor, CHANGED, kept)


async def tag(actor: Actor, client_id: UUID, kept_id: UUID, name: str) -> None:
    async with change(actor, "file.tag"):
        kept = await kept_file(actor, client_id, kept_id)
        await execute(HELD, kept.id)
        if len(await fetch_all(TAGS, kept.id)) >= MOST_TAGS:
            raise Invalid(errors={"tag": [f"A file has at most {MOST_TAGS} tags."]})
        await execute(TAG, client_id, kept.id, " ".join(name.split()))
        await _tell(actor, CHANGED, kept)


async def untag(actor: Actor, client_id: UUID, kept_id: UUID, name: str) -> None:
    async with change(actor, "file.untag"):
        kept = await kept_file(actor, client_id, kept_id)
        if await execute(UNTAG, kept.id, name):
            await _tell(actor, CHANGED, kept)


async def delete(actor: Actor, client_id: UUID, kept_id: UUID, reason: str) -> None:
    """Nobody opens it here any more, also who brought it; the reason stands beside it. What else shares the same bytes
    (a message) goes on."""
    async with change(actor, "file.delete"):
        kept = await kept_file(actor, client_id, kept_id)
        gone = {"deleted_at": now(), "deleted_by": actor.staff_id, "delete_reason": reason}
        if not await ClientFile.filter(id=kept.id, deleted_at=None, removed_at=None).update(**gone):
            missing("file")  # a colleague was quicker, whose reason stands, or who brought it took it back
        await execute(END, kept.id)
        await enqueue(ERASE, {"kept": kept.id}, after=KEPT_FOR, key=f"{ERASE}:{kept.id}:{new_id()}")
        await _tell(actor, DELETED, kept)


async def restore(actor: Actor, client_id: UUID, kept_id: UUID) -> None:
    """It stands where it stood, for whom it was. Raises Conflict `kept-already` where the same was saved anew, and
    `erased` after its thirty days."""
    async with change(actor, "file.restore"):
        kept = await kept_file(actor, client_id, kept_id, deleted=True)
        await execute(HELD, kept.id)
        if not await File.exists(id=kept.file_id, refused_at=None):
            raise Conflict("erased", "Its thirty days are over: it was erased.")
        if await fetch_one(TWIN, client_id, kept.file_id):
            raise Conflict("kept-already", "This file stands in Files already.")
        await ClientFile.filter(id=kept.id).update(deleted_at=None, deleted_by=None, delete_reason="")
        await execute(AGAIN, kept.id)
        await _tell(actor, RESTORED, kept)


async def erase_due(kept_id: UUID) -> timedelta | None:
    """The job, thirty days after a file was deleted; when it was restored, or deleted anew since, it is none."""
    await execute(HELD, kept_id)
    kept = await ClientFile.get_or_none(id=kept_id)
    if kept is not None and kept.deleted_at is not None:
        if kept.deleted_at + KEPT_FOR > now():
            return kept.deleted_at + KEPT_FOR - now()
        await bringing.withdraw(kept.id)
    return None


async def add_folder(actor: Actor, client_id: UUID, name: str) -> UUID:
    """A folder of this client's files; the one of that name if there is one."""
    async with change(actor, "file.add_folder"):
        await manages_files(actor, client_id)
        named = " ".join(name.split())
        await execute(ALONE, client_id)  # folders of one client are counted one after the other
        if (row := await fetch_one(FOLDER, client_id, named)) is not None:
            return UUID(str(row["id"]))
        if await FileFolder.filter(client_id=client_id).count() >= MOST_FOLDERS:
            raise Invalid(errors={"folder_name": [f"A client has at most {MOST_FOLDERS} folders."]})
        made = await FileFolder.create(client_id=client_id, name=named, created_by=actor.staff_id)
        await _tell_folders(actor, client_id)
        return made.id


async def rename_folder(actor: Actor, client_id: UUID, folder_id: UUID, name: str) -> None:
    async with change(actor, "file.rename_folder"):
        await manages_files(actor, client_id)
        folder, named = await _folder(client_id, folder_id), " ".join(name.split())
        row = await fetch_one(FOLDER, client_id, named)
        if row is not None and row["id"] != folder.id:
            raise Invalid(errors={"folder_name": ["There is a folder of that name."]})
        await FileFolder.filter(id=folder.id).update(name=named)
        await _tell_folders(actor, client_id)


async def remove_folder(actor: Actor, client_id: UUID, folder_id: UUID) -> None:
    """What stood in it stands in no folder."""
    async with change(actor, "file.remove_folder"):
        await manages_files(actor, client_id)
        folder = await _folder(client_id, folder_id)
        await execute(EMPTY, folder.id)
        await folder.delete()
        await _tell_folders(actor, client_id)


async def _folder(client_id: UUID, folder_id: UUID) -> FileFolder:
    return await FileFolder.get_or_none(id=folder_id, client_id=client_id) or missing("folder")


def _with_ending(given: str, before: str) -> str:
    ending = extension_of(before)
    name = clean_name(given)
    if ending and extension_of(name) != ending:
        name = clean_name(f"{name}.{ending}")
    if not name.rpartition(".")[0]:
        raise Invalid(errors={"name": ["Give it a name."]})
    kind_named(name)
    return name


async def _tell(actor: Actor, kind: EventType, kept: ClientFile) -> None:
    rooms: list[Audience] = [ToStaffOf(kept.client_id), ToStaffAllClients()]
    ids = {"client": kept.client_id, "kept": kept.id}
    if kept.access_id and "access" in kind.audiences:
        rooms, ids = [ToAccess(kept.access_id), *rooms], {**ids, "access": kept.access_id}
    await record(actor, kind, [Part(rooms, ids)], subject_id=kept.id)


async def _tell_folders(actor: Actor, client_id: UUID) -> None:
    rooms = (ToStaffOf(client_id), ToStaffAllClients())
    await record(actor, FOLDERS_CHANGED, [Part(rooms, {"client": client_id})], subject_id=client_id)
