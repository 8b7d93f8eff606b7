"""A file comes in by pieces, so that it goes on where the line was lost: begun, moved on, whole, let go.

Whoever sends it makes the key: the same key is the same upload, on whichever tab or device and however often it is
begun; the same file under another key is another one. How far it is stands in its row, so any worker takes the next
piece. What becomes of it when it is whole stands in arriving.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from models.accounts.features import switched_off
from models.core.actor import AccessOf, Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Gone, TooMany, missing
from models.core.events import Part, ToLogin
from models.core.ids import new_id
from models.files import bringing
from models.files.events import UPLOAD_ENDED
from models.files.kinds import kind_named
from models.files.names import clean_name
from models.files.registering import UPLOADS
from models.files.room import ensure_room, refuse_too_large
from models.files.tables import Upload

LASTS = timedelta(hours=24)
PIECE = 8 * 1024 * 1024
MOST_OPEN = 20

FINISH, END = "upload.finish", "upload.end"
# What is so large is checked by a job, so that nobody's request hangs on it. Of what is smaller a job looks after a
# while whether the worker that had it was killed.
AT_ONCE = 32 * 1024 * 1024
LOOK_AFTER = timedelta(seconds=30)

COUNT = """SELECT count(*)::int AS open FROM upload WHERE practice_id = portico_here() AND login_id = $1
  AND file_id IS NULL AND refused_at IS NULL AND ends_at > now()"""
MOVE = """UPDATE upload SET received = received + $3, whole_at = CASE WHEN received + $3 = size THEN now() END
  WHERE practice_id = portico_here() AND id = $1 AND received = $2 AND whole_at IS NULL AND refused_at IS NULL
    AND received + $3 <= size RETURNING id"""
PIECES = """SELECT storage_key, size FROM upload_piece WHERE practice_id = portico_here() AND upload_id = $1
  ORDER BY starts"""
NOTE_PIECE = "INSERT INTO upload_piece (upload_id, starts, size, storage_key) VALUES ($1, $2, $3, $4)"
FORGET_PIECES = "DELETE FROM upload_piece WHERE practice_id = portico_here() AND upload_id = $1"
BUSY = f"{MOST_OPEN} uploads of yours are open. Let one of them end, or cancel it, before you begin another."
OVER = "This upload lasted longer than a day and was let go. Begin it again."


@dataclass(frozen=True)
class Stored:
    """A piece, or all of a file, as it lies in the storage."""

    key: str
    size: int


async def begin(actor: Actor, *, name: str, size: int, key: UUID, client_id: UUID | None = None) -> Upload:
    """An upload of that many bytes, or the one that this key began before. `client_id`: it goes to the files of this
    client, brought by the access that the actor has for them.

    Raises Invalid for a name that is not taken, TooLarge, Conflict `no-room` or `key-reused`, TooMany beyond 20 open
    ones or 1 GB that was never shared, Missing for a client that is not theirs, Forbidden where uploads are off.
    """
    cleaned = clean_name(name)
    kind_named(cleaned)
    before = await Upload.filter(login_id=actor.login_id, key=key).first()
    if before is not None:
        if (before.size, before.name, before.client_id) != (size, cleaned, client_id):
            raise Conflict("key-reused", "This key began another file before. Begin again with a new key.")
        return before
    await refuse_too_large(size)
    access = await _brings_for(actor, client_id) if client_id else None
    async with change(actor.acting_for(client_id) if access else actor, "upload.begin"):
        whose = access.client_id if access else bringing.client_of(actor)
        await ensure_room(whose, size, ahead=True)
        await _refuse_too_many(actor)  # behind it, where those who begin at the same moment wait for each other
        if access is None:
            await bringing.ensure_few_unshared(actor, size)
        upload = await Upload.create(
            id=new_id(), login_id=actor.login_id, key=key, name=cleaned, size=size, ends_at=now() + LASTS,
            access_id=access.access_id if access else None, client_id=access.client_id if access else None,
            room_id=whose, storage_key=f"{actor.practice_id}/{uuid4()}",
        )
        await enqueue(END, {"upload": upload.id}, after=LASTS, key=f"{END}:{upload.id}")
        return upload


async def upload_for(actor: Actor, upload_id: UUID) -> Upload:
    """The person's own upload; Missing for everybody else's. Raises Gone `upload-over` after its day."""
    found = None if actor.lens else await Upload.get_or_none(id=upload_id, login_id=actor.login_id)
    if found is None:
        missing("upload")
    if found.ends_at <= now() and found.whole_at is None:
        raise Gone("upload-over", OVER)
    return found


async def expects(actor: Actor, upload_id: UUID, at: int) -> Upload:
    """The upload, for its next piece. Raises Conflict `piece-elsewhere` when it goes on at another place, which
    `errors.received` says."""
    found = await upload_for(actor, upload_id)
    if found.refused_at is not None or found.whole_at is not None or found.received != at:
        raise _elsewhere(found)
    return found


async def move_on(actor: Actor, upload_id: UUID, at: int, piece: Stored) -> Upload:
    """The piece that begins at `at` is kept. Of two that bring the same one the second is refused as by `expects`.

    With the last one the job is queued that makes a file of them; it finds it done where the request itself was
    quicker.
    """
    async with change(actor, "upload.move_on"):
        if not await fetch_one(MOVE, upload_id, at, piece.size):
            raise _elsewhere(await upload_for(actor, upload_id))
        await execute(NOTE_PIECE, upload_id, at, piece.size, piece.key)
        moved = await upload_for(actor, upload_id)
        if moved.whole_at is not None:
            await enqueue(FINISH, {"upload": upload_id}, key=f"{FINISH}:{upload_id}",
                          after=LOOK_AFTER if moved.size <= AT_ONCE else None)
        return moved


async def take_whole(actor: Actor, upload_id: UUID, whole: Stored) -> Upload:
    """All bytes came in one request: as one piece."""
    return await move_on(actor, upload_id, 0, whole)


async def cancel(actor: Actor, upload_id: UUID) -> None:
    """What was sent is erased, and the person's other pages hear of it; what is a file already stays one. A second time
    nothing happens."""
    async with change(actor, "upload.cancel"):
        found = await upload_for(actor, upload_id)
        if found.file_id is None and found.refused_at is None:
            cancelled = {"refused_at": now(), "code": "cancelled", "reason": "You cancelled it."}
            if not await Upload.filter(id=upload_id, file_id=None, refused_at=None).update(**cancelled):
                return
            await enqueue(END, {"upload": upload_id}, key=f"{END}:{upload_id}:cancelled")
            ids = {"upload": upload_id, "file": None}
            await record(actor, UPLOAD_ENDED, [Part((ToLogin(found.login_id),), ids)], subject_id=upload_id)


async def pieces_of(upload_id: UUID) -> list[Stored]:
    """In their order."""
    return [Stored(row["storage_key"], row["size"]) for row in await fetch_all(PIECES, upload_id)]


async def forget_pieces(upload_id: UUID) -> None:
    """Their bytes are erased."""
    await execute(FORGET_PIECES, upload_id)


async def _brings_for(actor: Actor, client_id: UUID) -> AccessOf:
    access = actor.acting_for(client_id).access
    if access is None:
        missing("client")
    if UPLOADS.key not in access.features:
        raise await switched_off(UPLOADS.key)
    return access


async def _refuse_too_many(actor: Actor) -> None:
    row = await fetch_one(COUNT, actor.login_id)
    if row is not None and row["open"] >= MOST_OPEN:
        raise TooMany("too-many-uploads", BUSY, errors={"file": [BUSY]}, retry_after=60)


def _elsewhere(found: Upload) -> Conflict:
    words = "This upload goes on at another place." if found.whole_at is None else "This upload is whole already."
    return Conflict("piece-elsewhere", words, errors={"received": [str(found.received)]})
