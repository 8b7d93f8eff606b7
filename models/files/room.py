"""How much room files have: a limit for each, one for each client, and one for the practice.

PostgreSQL counts what is kept as files come and go (sql/0033_uploads.sql), in the transaction that brings them: of two
that arrive at the edge together the second waits for the first, and is then told.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.accounts.sides import refuse_unless_administrator
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, TooLarge
from models.core.events import Part, ToStaff
from models.core.scope import current_scope
from models.files.events import ROOM_CHANGED
from models.files.kinds import MOST_BYTES

MB, GB = 1024**2, 1024**3


@dataclass(frozen=True)
class Room:
    """In bytes. `version` grows with each change by hand."""

    most_file: int = MOST_BYTES
    most_client: int = 5 * GB
    most_practice: int = 100 * GB
    version: int = 0


@dataclass(frozen=True)
class Used:
    bytes: int = 0
    files: int = 0


FOUND = "SELECT most_file, most_client, most_practice, version FROM file_settings WHERE practice_id = portico_here()"
USED = "SELECT client_id, bytes, files FROM file_usage WHERE practice_id = portico_here() AND client_id = ANY($1)"
OPEN = """SELECT coalesce(sum(size), 0)::bigint AS all_of_it,
    coalesce(sum(size) FILTER (WHERE room_id = $1), 0)::bigint AS theirs
  FROM upload WHERE practice_id = portico_here() AND file_id IS NULL AND refused_at IS NULL
    AND (whole_at IS NOT NULL OR ends_at > now())"""
SET = """INSERT INTO file_settings AS s (most_file, most_client, most_practice) SELECT $2, $3, $4
  WHERE $1 = 0 OR EXISTS (SELECT FROM file_settings WHERE practice_id = portico_here() AND version = $1)
  ON CONFLICT (practice_id) DO UPDATE SET most_file = $2, most_client = $3, most_practice = $4, version = s.version + 1
  WHERE s.version = $1"""
TURN = "SELECT pg_advisory_xact_lock(hashtextextended('file.room:' || portico_here()::text, 0))"


async def room() -> Room:
    """The limits of the open practice."""
    row = await fetch_one(FOUND)
    return Room(row["most_file"], row["most_client"], row["most_practice"], row["version"]) if row else Room()


async def used(client_id: UUID | None = None) -> Used:
    """What a client's files take, or all of the practice's."""
    rows = await fetch_all(USED, [client_id or current_scope().practice_id])
    return Used(rows[0]["bytes"], rows[0]["files"]) if rows else Used()


async def refuse_too_large(size: int) -> None:
    """Raises TooLarge for more than a file may have here."""
    most = (await room()).most_file
    if size > most:
        raise TooLarge(detail=f"This file is larger than {spoken(most)}. Nothing was kept; send a smaller one.",
                       errors={"file": [f"This file is larger than {spoken(most)}."]})


async def ensure_room(client_id: UUID | None, size: int = 0, *, ahead: bool = False) -> None:
    """Raises Conflict `no-room` when so much more does not fit, for this client or at all. With 0, inside the change
    that brought a file: what is kept must not be more than it may. `ahead`: uploads that are under way count as well,
    and those who begin at the same moment are counted one after the other."""
    underway, theirs = 0, 0
    if ahead:
        await execute(TURN)
        row = await fetch_one(OPEN, client_id)
        underway, theirs = (row["all_of_it"], row["theirs"]) if row else (0, 0)
    limits = await room()
    if client_id is not None:
        taken = (await used(client_id)).bytes + theirs
        if taken + size > limits.most_client:
            raise _full(f"There is no room left for more files here: {spoken(taken)} of {spoken(limits.most_client)} "
                        "are taken. Remove some, or ask the practice.")
    if (await used()).bytes + underway + size > limits.most_practice:
        raise _full("The practice has no room left for files. Nothing was kept; tell the practice, or bring it along.")


async def set_room(actor: Actor, version: int, *, most_file: int, most_client: int, most_practice: int) -> None:
    """The limits from now on; what is kept stays. Raises Forbidden for anybody but an administrator, Invalid by field,
    Conflict `stale` when somebody else set them meanwhile."""
    refuse_unless_administrator(actor)
    wrong: dict[str, list[str]] = {}
    if not MB <= most_file <= MOST_BYTES:
        wrong["most_file_mb"] = [f"Choose between 1 and {MOST_BYTES // MB} MB."]
    if most_client < most_file:
        wrong["most_client_gb"] = ["A client needs room for one file of the largest size."]
    if most_practice < most_client:
        wrong["most_practice_gb"] = ["The practice needs at least the room of one client."]
    if wrong:
        raise Invalid(errors=wrong)
    async with change(actor, "file.set_room"):
        if not await execute(SET, version, most_file, most_client, most_practice):
            raise Conflict("stale", "Somebody else changed this meanwhile. Look at it again, then save.")
        await record(actor, ROOM_CHANGED, [Part((ToStaff(),))])


def spoken(size: int) -> str:
    """`4.9 GB`, `500 MB`, `12 KB`; static/js/sizes.js says the same."""
    if size >= GB:
        return f"{size / GB:.1f}".removesuffix(".0") + " GB"
    return f"{size / MB:.1f}".removesuffix(".0") + " MB" if size >= MB else f"{size and max(1, round(size / 1024))} KB"


def _full(words: str) -> Conflict:
    return Conflict("no-room", words, errors={"file": [words]})
