"""A file comes in, and one that nobody ever shared goes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import TooMany
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.core.practices import where_waiting
from models.files.events import FILE_ERASED, FILE_READY
from models.files.room import ensure_room
from models.files.tables import File

UNSHARED_FOR = timedelta(hours=24)
MOST_UNSHARED = 1024**3  # two of the largest files

UNSHARED = """SELECT coalesce(sum(f.size), 0)::bigint AS bytes FROM file f
  WHERE f.practice_id = portico_here() AND f.login_id = $1 AND f.refused_at IS NULL
    AND f.created_at > now() - $2::interval * 2 AND NOT EXISTS (SELECT FROM file_grant g
      WHERE g.practice_id = portico_here() AND g.file_id = f.id)"""

TOO_MUCH = "You have uploaded 1 GB that you did not send. Send some of it, or wait until it is let go after a day."

FORGOTTEN = """SELECT f.id FROM file f WHERE f.practice_id = portico_here() AND f.refused_at IS NULL
  AND f.created_at < now() - $1::interval AND NOT EXISTS (SELECT FROM file_grant g
    WHERE g.practice_id = portico_here() AND g.file_id = f.id)
ORDER BY f.id LIMIT 200 FOR UPDATE SKIP LOCKED"""
WITHDRAW = """DELETE FROM file_grant WHERE practice_id = portico_here() AND subject_id = $1 RETURNING file_id"""
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
    """Note a checked file as the actor's own, under a storage key made here. Its bytes are stored right after.

    Raises TooMany `too-much-unshared`, Conflict `no-room`.
    """
    async with change(actor, "file.bring"):
        await _one_at_a_time(actor)
        await ensure_few_unshared(actor, arrival.size)
        return await note_file(actor, actor.login_id, arrival, f"{actor.practice_id}/{uuid4()}", client_of(actor))


async def note_file(
    actor: Actor | None, login_id: UUID, arrival: Arrival, storage_key: str, client_id: UUID | None
) -> File:
    """The row of checked bytes, in the open change. `client_id`: whose room it takes. Raises Conflict `no-room`."""
    file = await File.create(
        id=new_id(), login_id=login_id, client_id=client_id, name=arrival.name, type=arrival.type, size=arrival.size,
        sha256=arrival.sha256, storage_key=storage_key, scanned_at=now() if arrival.scanned else None,
        thumbnail_key=f"{storage_key}.thumbnail" if arrival.thumbnail else None,
    )
    await ensure_room(client_id)
    await record(actor, FILE_READY, [Part((ToLogin(login_id),), {"file": file.id})], subject_id=file.id)
    return file


def client_of(actor: Actor) -> UUID | None:
    """Whose room a portal person's file takes: of whom they act for, or the only one there is."""
    if actor.access is not None:
        return actor.access.client_id
    return actor.accesses[0].client_id if actor.portal and len(actor.accesses) == 1 else None


async def ensure_few_unshared(actor: Actor, size: int = 0) -> None:
    """Whether this person may bring so much more: nobody fills the practice's storage with what is never shared.

    Raises TooMany `too-much-unshared` beyond 1 GB; what is not shared goes after a day.
    """
    row = await fetch_one(UNSHARED, actor.login_id, UNSHARED_FOR)
    if row is not None and row["bytes"] + size > MOST_UNSHARED:
        raise TooMany("too-much-unshared", TOO_MUCH, errors={"file": [TOO_MUCH]}, retry_after=3600)


async def let_go(file_id: UUID) -> None:
    """A file whose bytes could not be stored: nobody finds it from here on, and a job erases what there is."""
    await _let_go([file_id])


async def withdraw(subject_id: UUID) -> None:
    """A message was undone: as if its files had never been shared. Links answer 404 from the commit on, for everybody;
    a file that nothing else ever shared is let go, and a job erases its bytes."""
    rows = await fetch_all(WITHDRAW, subject_id)
    await _let_go([row["file_id"] for row in rows])


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


async def _one_at_a_time(actor: Actor) -> None:
    """Uploads of one person that end at the same moment are counted one after the other."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended('file.bring:' || $1::text, 0))", str(actor.login_id))


async def _let_go(ids: list[UUID]) -> int:
    async with change(None, "file.let_go"):
        gone = await fetch_all(LET_GO, ids) if ids else []
        for row in gone:
            await record(None, FILE_ERASED, [Part((ToLogin(row["login_id"]),), {"file": row["id"]})])
            await enqueue("file.erase", {"file": row["id"]}, key=f"file.erase:{row['id']}")
        return len(gone)
