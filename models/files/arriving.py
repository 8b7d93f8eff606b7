"""An upload is whole: its bytes were checked and become a file, or it is refused and says why. Jobs and doors call
this; whoever comes second finds it done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.clients.people import assigned_to
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import fetch_one
from models.core.events import Audience, Part, ToAccess, ToDesk, ToLogin, ToStaffAllClients, ToStaffOf
from models.files import bringing
from models.files.bringing import Arrival
from models.files.events import REFUSED, UPLOAD_ENDED
from models.files.keeping import keep_for_client
from models.files.tables import File, Upload
from models.files.uploading import END, forget_pieces, pieces_of

INFECTED = "file-infected"
# A piece may come in while the day of its upload ends, and be stored behind that (server/incoming.py says how slowly):
# until then the row stays, to say where such a piece lies.
LINGERS = timedelta(hours=3)
# How long the practice reads of a file in which something harmful was found.
TOLD_FOR = timedelta(days=30)

HELD = """SELECT id FROM upload WHERE practice_id = portico_here() AND id = $1 AND whole_at IS NOT NULL
  AND file_id IS NULL AND refused_at IS NULL FOR UPDATE"""
# What `begin` asked, once more: switched off, revoked or discharged meanwhile, nothing comes into the record.
ALLOWED = """SELECT a.id FROM portal_access a JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  WHERE a.practice_id = portico_here() AND a.id = $1 AND portico_open(a) AND c.status <> 'discharged'
    AND portico_on('client-uploads', a.features_off)"""
OFF = "Meanwhile uploads were switched off for you. Nothing was kept."


@dataclass(frozen=True)
class Due:
    """What is to be erased: these keys, and everything below one."""

    keys: list[str]
    below: str


async def waiting(upload_id: UUID) -> Upload | None:
    """An upload that is whole and waits to be checked; None once it is a file, was refused or let go."""
    return await Upload.get_or_none(id=upload_id, whole_at__not_isnull=True, file_id=None, refused_at=None)


async def arrive(upload_id: UUID, arrival: Arrival) -> bool:
    """The upload is a file, whose bytes lie under its storage key already; staff hear of what came for a client's
    record. False when it was decided before. Raises Conflict `no-room`."""
    async with change(None, "upload.arrive"):
        if not await fetch_one(HELD, upload_id):
            return False
        upload = await Upload.get(id=upload_id)
        if upload.access_id is not None and not await fetch_one(ALLOWED, upload.access_id):
            await _refused(upload, "client-uploads-off", OFF)
            return False
        file = await bringing.note_file(None, upload.login_id, arrival, upload.storage_key, upload.room_id)
        await Upload.filter(id=upload_id).update(file_id=file.id)
        if upload.client_id and upload.access_id:
            await keep_for_client(None, file.id, upload.client_id, "upload", access_id=upload.access_id)
        await _ended(upload, file)
        return True


async def refuse(upload_id: UUID, code: str, reason: str) -> None:
    """The upload is none; `reason` is the sentence for who sent it. Staff hear of something harmful."""
    async with change(None, "upload.refuse"):
        if await fetch_one(HELD, upload_id):
            await _refused(await Upload.get(id=upload_id), code, reason)


async def end_due(upload_id: UUID) -> timedelta | Due | None:
    """The job: what lies in the storage of an upload that is over, or when to look again; None where there is nothing.
    While it is being checked it is not over."""
    upload = await Upload.get_or_none(id=upload_id)
    if upload is None:
        return None
    if upload.file_id is None and upload.refused_at is None and (upload.whole_at or upload.ends_at > now()):
        return max(upload.ends_at - now(), timedelta(minutes=5))
    own = [] if upload.file_id else [upload.storage_key, f"{upload.storage_key}.thumbnail"]
    return Due([piece.key for piece in await pieces_of(upload_id)] + own, upload.pieces_key)


async def forget(upload_id: UUID) -> timedelta | None:
    """The bytes of its pieces are erased. Answers when to look again: the row goes some hours after its day; what was
    harmful is told a month longer."""
    await forget_pieces(upload_id)
    upload = await Upload.get_or_none(id=upload_id)
    if upload is None:
        return None
    until = upload.ends_at + (TOLD_FOR if upload.code == INFECTED else LINGERS)
    if until > now():
        return until - now() + timedelta(seconds=1)
    await upload.delete()
    return None


async def _refused(upload: Upload, code: str, reason: str) -> None:
    await Upload.filter(id=upload.id).update(refused_at=now(), code=code, reason=reason)
    await enqueue(END, {"upload": upload.id}, key=f"{END}:{upload.id}:refused")
    await _ended(upload, None)
    if upload.client_id and upload.access_id:
        desks: list[Audience] = []
        if code == INFECTED:
            desks = [ToDesk(one.login_id) for one in await assigned_to(upload.client_id)]
        rooms = (*desks, ToAccess(upload.access_id), ToStaffOf(upload.client_id), ToStaffAllClients())
        ids = {"client": upload.client_id, "access": upload.access_id, "upload": upload.id}
        await record(None, REFUSED, [Part(rooms, ids)], subject_id=upload.id)


async def _ended(upload: Upload, file: File | None) -> None:
    ids = {"upload": upload.id, "file": file.id if file else None}
    await record(None, UPLOAD_ENDED, [Part((ToLogin(upload.login_id),), ids)], subject_id=upload.id)
