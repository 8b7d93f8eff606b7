"""A file comes in, and one that nobody ever shared goes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.core.practices import where_waiting
from models.files.events import FILE_ERASED, FILE_READY
from models.files.tables import File

UNSHARED_FOR = timedelta(hours=24)

FORGOTTEN = """SELECT f.id FROM file f WHERE f.practice_id = portico_here() AND f.refused_at IS NULL
  AND f.created_at < now() - $1::interval AND NOT EXISTS (SELECT FROM file_grant g
    WHERE g.practice_id = portico_here() AND g.file_id = f.id)
ORDER BY f.id LIMIT 200 FOR UPDATE SKIP LOCKED"""
# A statement of its own: it sees a grant that was given while the row above was waited for.
LET_GO = """UPDATE file f SET refused_at = clock_timestamp() WHERE f.practice_id = portico_here() AND f.id = ANY($1)
  AND NOT EXISTS (SELECT FROM file_grant g WHERE g.practice_id = portico_here() AND g.file_id = f.id)
RETURNING f.id, f.login_id"""


@dataclass(frozen=True)
class Arrival:
    """Checked bytes that wait to be kept. `scanned`: a virus scanner found nothing."""

    name: str
    type: str
    size: int
    sha256: bytes
    thumbnail: bool
    scanned: bool


@dataclass(frozen=True)
class StoredAt:
    """Where the bytes of a file lie in the storage."""

    key: str
    thumbnail_key: str | None


async def bring(actor: Actor, arrival: Arrival) -> File:
    """Note a checked file as the actor's own, under a storage key made here. Its bytes are stored right after."""
    async with change(actor, "file.bring"):
        key = f"{actor.practice_id}/{uuid4()}"
        file = await File.create(
            id=new_id(), login_id=actor.login_id, name=arrival.name, type=arrival.type, size=arrival.size,
            sha256=arrival.sha256, storage_key=key, thumbnail_key=f"{key}.thumbnail" if arrival.thumbnail else None,
            scanned_at=now() if arrival.scanned else None,
        )
        await record(actor, FILE_READY, [Part((ToLogin(actor.login_id),), {"file": file.id})], subject_id=file.id)
        return file


async def let_go(file_id: UUID) -> None:
    """A file whose bytes could not be stored: nobody finds it from here on, and a job erases what there is."""
    await _let_go([file_id])


async def let_all_forgotten_go() -> None:
    """The same in every practice that has such files; outside any scope."""
    await where_waiting("forgotten_files", UNSHARED_FOR, lambda _: let_forgotten_go())


async def let_forgotten_go() -> int:
    """Files older than 24 h that were never shared; returns how many (at most 200 at a time)."""
    rows = await fetch_all(FORGOTTEN, UNSHARED_FOR)
    return await _let_go([row["id"] for row in rows])


async def stored_at(file_id: UUID) -> StoredAt | None:
    """Where the bytes of a file lie that was let go; None when it is gone already or is still somebody's."""
    row = await fetch_one(
        """SELECT storage_key, thumbnail_key FROM file
           WHERE practice_id = portico_here() AND id = $1 AND refused_at IS NOT NULL""",
        file_id,
    )
    return StoredAt(row["storage_key"], row["thumbnail_key"]) if row else None


async def forget(file_id: UUID) -> None:
    """The last trace of a file whose bytes are erased."""
    await execute(
        "DELETE FROM file WHERE practice_id = portico_here() AND id = $1 AND refused_at IS NOT NULL", file_id
    )


async def _let_go(ids: list[UUID]) -> int:
    async with change(None, "file.let_go"):
        gone = await fetch_all(LET_GO, ids) if ids else []
        for row in gone:
            await record(None, FILE_ERASED, [Part((ToLogin(row["login_id"]),), {"file": row["id"]})])
            await enqueue("file.erase", {"file": row["id"]}, key=f"file.erase:{row['id']}")
        return len(gone)
