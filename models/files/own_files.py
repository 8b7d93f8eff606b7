"""What a portal person uploaded for whom they act for: only what they brought themselves, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.core.actor import AccessOf, Actor
from models.core.change import change, record
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict, missing
from models.core.events import Part, ToAccess, ToStaffAllClients, ToStaffOf
from models.files import bringing
from models.files.events import REMOVED
from models.files.paging import NEWEST

PAGE = 50
State = Literal["uploading", "checking", "ready", "refused", "deleted"]

KEPT = """SELECT k.id, k.file_id, f.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail, k.kept_at AS at,
    k.seen_at IS NOT NULL AS seen, k.source, k.deleted_at
  FROM client_file k JOIN file f ON f.practice_id = k.practice_id AND f.id = k.file_id
  WHERE k.practice_id = portico_here() AND k.access_id = $1 AND k.removed_at IS NULL
    AND k.id < $2 ORDER BY k.id DESC LIMIT $3"""
# What is under way, and what was refused within the day; what was cancelled is nobody's business any more.
UNDERWAY = """SELECT id, key, name, size, received, begun_at AS at, whole_at, refused_at, reason FROM upload
  WHERE practice_id = portico_here() AND access_id = $1 AND login_id = $2 AND file_id IS NULL AND code <> 'cancelled'
    AND ends_at > now() ORDER BY id DESC LIMIT $3"""
MOST_UNDERWAY = 200
HELD = """SELECT id, client_id, file_id, seen_at, source FROM client_file WHERE practice_id = portico_here()
  AND id = $1 AND access_id = $2 AND removed_at IS NULL AND deleted_at IS NULL FOR UPDATE"""
REMOVE = "UPDATE client_file SET removed_at = now() WHERE practice_id = portico_here() AND id = $1"


@dataclass(frozen=True)
class OwnFile:
    """`file` is what opens; None while it is under way, when it was refused, or was deleted by the practice."""

    id: UUID
    state: State
    name: str
    type: str
    size: int
    received: int
    at: datetime
    file: UUID | None = None
    key: UUID | None = None
    thumbnail: bool = False
    seen: bool = False
    removable: bool = False
    reason: str = ""


@dataclass(frozen=True)
class OwnPage:
    """`next`: what to give as `before` for those older; None at the end."""

    files: list[OwnFile]
    next: UUID | None = None


async def own_uploads(actor: Actor, *, before: UUID | None = None, limit: int = PAGE) -> OwnPage:
    """Newest first, a page at a time by key: what this person brought for whom they act for, led by what is on its
    way."""
    access = _acting(actor)
    login = None if actor.lens else actor.login_id
    underway = [] if before else await fetch_all(UNDERWAY, access.access_id, login, MOST_UNDERWAY)
    may = actor.lens is None and not access.read_only
    kept = [_kept(row, may) for row in await fetch_all(KEPT, access.access_id, before or NEWEST, limit + 1)]
    shown = kept[:limit]
    return OwnPage([*map(_underway, underway), *shown], shown[-1].id if len(kept) > limit else None)


async def remove(actor: Actor, kept_id: UUID) -> None:
    """Take back what one uploaded, as long as nobody of the staff has opened it: as if it had never come, for staff as
    well. What was asked for, and what they have seen, stays in the record.

    Raises Conflict `seen-already`.
    """
    access = _acting(actor)
    async with change(actor, "file.remove"):
        row = await fetch_one(HELD, kept_id, access.access_id)
        if row is None:
            missing("file")
        if row["seen_at"] is not None or row["source"] != "upload":
            raise Conflict("seen-already", "The practice has opened this file, so it stays in your record. Ask them to "
                           "delete it.")
        await execute(REMOVE, kept_id)
        await bringing.withdraw(kept_id)
        ids = {"client": row["client_id"], "access": access.access_id, "kept": kept_id}
        rooms = (ToAccess(access.access_id), ToStaffOf(row["client_id"]), ToStaffAllClients())
        await record(actor, REMOVED, [Part(rooms, ids)], subject_id=kept_id)


def _acting(actor: Actor) -> AccessOf:
    access = actor.lens or (actor.access if actor.portal else None)
    if access is None:
        missing("client")
    return access


def _kept(row: Row, may: bool) -> OwnFile:
    gone = row["deleted_at"] is not None
    return OwnFile(
        id=row["id"], state="deleted" if gone else "ready", name=row["name"], type=row["type"], size=row["size"],
        received=row["size"], at=row["at"], file=None if gone else row["file_id"], seen=row["seen"],
        thumbnail=row["thumbnail"] and not gone,
        removable=may and not gone and not row["seen"] and row["source"] == "upload",
    )


def _underway(row: Row) -> OwnFile:
    state: State = "refused" if row["refused_at"] else "checking" if row["whole_at"] else "uploading"
    return OwnFile(
        id=row["id"], state=state, name=row["name"], type="", size=row["size"], received=row["received"], at=row["at"],
        key=row["key"], reason=row["reason"],
    )
