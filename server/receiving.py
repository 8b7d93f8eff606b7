"""From bytes that came in to a file: put together, checked, without its place, scanned, stored. For doors and jobs.

Until all of that is done the bytes lie in pieces under keys to which no address leads: that is the quarantine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID

from models.core.errors import Busy, Missing, Refusal
from models.core.scope import run_scope
from models.files import arriving, uploading
from models.files.arriving import Due
from models.files.bringing import Arrival
from models.files.checking import check
from models.files.kinds import kind_named
from models.files.places import strip_place
from models.files.tables import Upload
from models.files.uploading import Stored
from server import antivirus, storage
from server.incoming import Sink, nameless

CHECKED_AT_ONCE = asyncio.Semaphore(2)
READ_AT_ONCE = 1024 * 1024
LOST = "A part of this file was lost here. Nothing was kept; send it again."


@dataclass(frozen=True)
class Checked:
    arrival: Arrival
    thumbnail: bytes | None


async def checked(file: BinaryIO, name: str, digest: bytes) -> Checked:
    """What is known of a whole file of that cleaned name, whose place was taken out. Raises Invalid with the reason it
    is not taken, Busy when the scanner does not answer."""
    kind = kind_named(name)
    async with CHECKED_AT_ONCE:  # a large picture takes a hundred megabytes while it is made small
        thumbnail = await asyncio.to_thread(check, file, kind)
        if await asyncio.to_thread(strip_place, file, kind):
            digest = await asyncio.to_thread(_digest, file)
    scanned = await antivirus.scan(file)
    size = file.seek(0, 2)
    return Checked(Arrival(name, kind.type, size, digest, thumbnail is not None, scanned), thumbnail)


async def stored(key: str, file: BinaryIO, thumbnail: bytes | None) -> None:
    """Its bytes, and those of its small picture, under the key. Raises Busy."""
    await storage.keep(key, file)
    if thumbnail:
        await storage.keep(f"{key}.thumbnail", thumbnail)


async def finish(practice_id: UUID, upload_id: UUID) -> None:
    """Make a file of an upload that is whole, or refuse it; whoever comes second finds it done. Raises Busy while the
    storage or the scanner is away: then it waits, and the job tries again."""
    upload = await run_scope(practice_id, lambda _: arriving.waiting(upload_id))
    if upload is None:
        return
    try:
        with nameless() as file:
            found = await checked(file, upload.name, await _together(practice_id, upload, file))
            await stored(upload.storage_key, file, found.thumbnail)
        await run_scope(practice_id, lambda _: arriving.arrive(upload_id, found.arrival))
    except Busy:
        raise
    except Missing:
        await run_scope(practice_id, lambda _: arriving.refuse(upload_id, "file-lost", LOST))
    except Refusal as refused:
        code, words = refused.code, refused.detail
        await run_scope(practice_id, lambda _: arriving.refuse(upload_id, code, words))
    with suppress(Busy):  # else the job at the end of its day erases them
        await _pieces_gone(practice_id, upload)


async def finish_job(practice_id: UUID, ids: Mapping[str, UUID]) -> timedelta | None:
    """The job: for what is large, and for what a killed worker left."""
    await finish(practice_id, ids["upload"])
    return None


async def end_job(practice_id: UUID, ids: Mapping[str, UUID]) -> timedelta | None:
    """The job at the end of an upload: bytes first, then what is known of them."""
    upload_id = ids["upload"]
    due = await run_scope(practice_id, lambda _: arriving.end_due(upload_id))
    if not isinstance(due, Due):
        return due
    await _erased(due)
    return await run_scope(practice_id, lambda _: arriving.forget(upload_id))


async def _together(practice_id: UUID, upload: Upload, file: BinaryIO) -> bytes:
    """All pieces one behind the other in the file; returns the SHA-256 of them."""
    sink = Sink(file, upload.size)
    for piece in await run_scope(practice_id, lambda _: uploading.pieces_of(upload.id)):
        await _copied(piece, sink)
    await sink.flush()
    return sink.digest()


async def _copied(piece: Stored, sink: Sink) -> None:
    async for part in await storage.read(piece.key, 0, piece.size):
        await sink.write(part)


async def _pieces_gone(practice_id: UUID, upload: Upload) -> None:
    pieces = await run_scope(practice_id, lambda _: uploading.pieces_of(upload.id))
    await _erased(Due([piece.key for piece in pieces], upload.pieces_key))
    await run_scope(practice_id, lambda _: uploading.forget_pieces(upload.id))


async def _erased(due: Due) -> None:
    await storage.erase(*due.keys)
    await storage.erase_below(due.below)


def _digest(file: BinaryIO) -> bytes:
    found = sha256()
    file.seek(0)
    while piece := file.read(READ_AT_ONCE):
        found.update(piece)
    return found.digest()
