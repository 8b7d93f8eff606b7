"""The files of one client, as staff who read the record see them: what the client brought, what the practice shared,
and what came in conversations. Newest first, a page at a time by key, so that ten thousand cost what ten do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.core.actor import Actor
from models.core.database import Row, fetch_all, fetch_one
from models.files.managing import reads_files

PAGE = 30

# Rows of the record. $1 client, $2 those before this entry, $3 how many, $4 folder, $5 tag, $6 part of the name.
KEPT = """SELECT k.id, k.file_id, k.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail, k.kept_at AS at,
    coalesce(co.name, cl.name, by.name, '') AS who, k.source, k.seen_at, coalesce(seer.name, '') AS seen_by,
    k.folder_id, d.name AS folder, f.scanned_at IS NOT NULL AS scanned, k.deleted_at, k.delete_reason AS reason,
    coalesce(deleter.name, '') AS deleted_by,
    ARRAY(SELECT t.name FROM file_tag t WHERE t.practice_id = k.practice_id AND t.client_file_id = k.id
      ORDER BY t.name) AS tags
  FROM (SELECT * FROM client_file WHERE practice_id = portico_here() AND client_id = $1 AND removed_at IS NULL
      AND {where} AND ($2::uuid IS NULL OR id < $2) AND ($4::uuid IS NULL OR folder_id = $4)
      AND ($5 = '' OR EXISTS (SELECT FROM file_tag t WHERE t.practice_id = client_file.practice_id
        AND t.client_file_id = client_file.id AND t.name = $5))
      AND ($6 = '' OR position(lower($6) IN lower(name)) > 0)
    ORDER BY id DESC LIMIT $3) k
  JOIN file f ON f.practice_id = k.practice_id AND f.id = k.file_id
  LEFT JOIN portal_access a ON a.practice_id = k.practice_id AND a.id = k.access_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  LEFT JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id AND a.contact_id IS NULL
  LEFT JOIN staff_member by ON by.practice_id = k.practice_id AND by.id = k.staff_id
  LEFT JOIN staff_member seer ON seer.practice_id = k.practice_id AND seer.id = k.seen_by
  LEFT JOIN staff_member deleter ON deleter.practice_id = k.practice_id AND deleter.id = k.deleted_by
  LEFT JOIN file_folder d ON d.practice_id = k.practice_id AND d.id = k.folder_id
  ORDER BY k.id DESC"""
WHERE = {
    "uploaded": "source <> 'message' AND deleted_at IS NULL",
    "messages": "source = 'message' AND deleted_at IS NULL",
    "deleted": "deleted_at IS NOT NULL",
}
# What the practice shared with the client's portal: grants of accesses that are none of what they brought themselves.
SHARED = """SELECT f.id AS file_id, f.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail, 
    min(g.since) AS at, f.scanned_at IS NOT NULL AS scanned, coalesce(min(by.name), '') AS who,
    array_agg(DISTINCT coalesce(co.name, cl.name)) AS with_whom,
    EXISTS (SELECT FROM file_grant s WHERE s.practice_id = f.practice_id AND s.file_id = f.id AND s.until IS NULL
      AND s.holder = 'staff-of-client' AND s.holder_id = $1) AS opens
  FROM file_grant g
  JOIN portal_access a ON a.practice_id = g.practice_id AND a.id = g.holder_id
  JOIN file f ON f.practice_id = g.practice_id AND f.id = g.file_id AND f.refused_at IS NULL
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  LEFT JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id AND a.contact_id IS NULL
  LEFT JOIN staff_member by ON by.practice_id = f.practice_id AND by.login_id = f.login_id
  WHERE g.practice_id = portico_here() AND g.holder = 'access' AND g.until IS NULL AND g.holder_id = ANY(ARRAY(
      SELECT id FROM portal_access WHERE practice_id = portico_here() AND client_id = $1))
    AND ($2::uuid IS NULL OR f.id < $2) AND position(lower($4) IN lower(f.name)) > 0
    AND NOT EXISTS (SELECT FROM client_file k WHERE k.practice_id = g.practice_id AND k.id = g.subject_id)
  GROUP BY f.practice_id, f.id ORDER BY f.id DESC LIMIT $3"""
NEW = """SELECT count(*)::int AS new FROM client_file WHERE practice_id = portico_here() AND client_id = $1
  AND source <> 'message' AND seen_at IS NULL AND removed_at IS NULL AND deleted_at IS NULL"""
FOLDERS = """SELECT d.id, d.name, count(k.id)::int AS files FROM file_folder d
  LEFT JOIN client_file k ON k.practice_id = d.practice_id AND k.folder_id = d.id AND k.removed_at IS NULL
    AND k.deleted_at IS NULL
  WHERE d.practice_id = portico_here() AND d.client_id = $1 GROUP BY d.id, d.name ORDER BY lower(d.name)"""
TAGS = """SELECT DISTINCT t.name FROM client_file k JOIN file_tag t ON t.practice_id = k.practice_id
    AND t.client_file_id = k.id
  WHERE k.practice_id = portico_here() AND k.client_id = $1 AND k.removed_at IS NULL AND k.deleted_at IS NULL
  ORDER BY t.name"""
HARMFUL = """SELECT u.id, u.name, u.begun_at AS at, coalesce(co.name, cl.name, '') AS who FROM upload u
  JOIN portal_access a ON a.practice_id = u.practice_id AND a.id = u.access_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  LEFT JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id AND a.contact_id IS NULL
  WHERE u.practice_id = portico_here() AND u.client_id = $1 AND u.code = 'file-infected' ORDER BY u.id DESC LIMIT 20"""


@dataclass(frozen=True)
class Listed:
    """A file as staff see it. `id`: its entry in the record, None for what is shared or in a conversation alone."""

    file: UUID
    name: str
    type: str
    size: int
    thumbnail: bool
    at: datetime
    who: str
    id: UUID | None = None
    source: str = ""
    seen: bool = True
    seen_by: str = ""
    folder: str = ""
    folder_id: UUID | None = None
    tags: Sequence[str] = ()
    scanned: bool = False
    opens: bool = True
    with_whom: Sequence[str] = ()
    conversation: UUID | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class FilePage:
    """`next`: what to give as `before` for those older; None at the end."""

    files: list[Listed]
    next: UUID | None = None


@dataclass(frozen=True)
class Narrowed:
    folder: UUID | None = None
    tag: str = ""
    words: str = ""


@dataclass(frozen=True)
class Around:
    """What stands beside the list: folders with how much is in them, tags in use, how many are new, what was
    harmful."""

    new: int = 0
    folders: list[Row] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    harmful: list[Row] = field(default_factory=list)


# Attachments of the client's conversations that this staff member may open; messaging stands above files and registers
# it (server/wiring.py): actor, client, before this file's key, part of the name, how many.
Attachments = Callable[[Actor, UUID, UUID | None, str, int], Awaitable[list[Listed]]]
ATTACHMENTS: list[Attachments] = []


async def kept_files(
    actor: Actor, client_id: UUID, view: str = "uploaded", *, narrowed: Narrowed | None = None,
    before: UUID | None = None, limit: int = PAGE,
) -> FilePage:
    """Entries of the record: `uploaded` by the client and contacts, saved from `messages`, or `deleted` ones. Raises
    Forbidden for who may not read what the record says."""
    await reads_files(actor, client_id)
    by = narrowed or Narrowed()
    sql = KEPT.format(where=WHERE[view])
    rows = await fetch_all(sql, client_id, before, limit + 1, by.folder, by.tag, by.words)
    return _page([_kept(row) for row in rows], limit, lambda one: one.id)


async def shared_files(
    actor: Actor, client_id: UUID, *, words: str = "", before: UUID | None = None, limit: int = PAGE
) -> FilePage:
    """What the practice shared with the client and contacts, with whom."""
    await reads_files(actor, client_id)
    rows = await fetch_all(SHARED, client_id, before, limit + 1, words)
    return _page([_shared(row) for row in rows], limit, lambda one: one.file)


async def attached_files(
    actor: Actor, client_id: UUID, *, words: str = "", before: UUID | None = None, limit: int = PAGE
) -> FilePage:
    """Attachments of the client's conversations that the actor may open, and that are not in the record yet."""
    await reads_files(actor, client_id)
    found = [one for each in ATTACHMENTS for one in await each(actor, client_id, before, words, limit + 1)]
    return _page(found, limit, lambda one: one.file)


async def around(actor: Actor, client_id: UUID) -> Around:
    await reads_files(actor, client_id)
    return Around(
        new=await new_files(client_id), folders=await fetch_all(FOLDERS, client_id),
        tags=[row["name"] for row in await fetch_all(TAGS, client_id)], harmful=await fetch_all(HARMFUL, client_id),
    )


async def new_files(client_id: UUID) -> int:
    """How many nobody has opened; the client must have been found for the actor before."""
    row = await fetch_one(NEW, client_id)
    return row["new"] if row else 0


def _page(found: list[Listed], limit: int, key: Callable[[Listed], UUID | None]) -> FilePage:
    return FilePage(found[:limit], key(found[limit - 1]) if len(found) > limit else None)


def _kept(row: Row) -> Listed:
    return Listed(
        file=row["file_id"], name=row["name"], type=row["type"], size=row["size"], thumbnail=row["thumbnail"],
        at=row["at"], who=row["who"], id=row["id"], source=row["source"], seen=row["seen_at"] is not None,
        seen_by=row["seen_by"], folder=row["folder"] or "", folder_id=row["folder_id"], tags=tuple(row["tags"]),
        scanned=row["scanned"], deleted_at=row["deleted_at"], deleted_by=row["deleted_by"], reason=row["reason"],
        opens=row["deleted_at"] is None,
    )


def _shared(row: Row) -> Listed:
    return Listed(
        file=row["file_id"], name=row["name"], type=row["type"], size=row["size"], thumbnail=row["thumbnail"],
        at=row["at"], who=row["who"], scanned=row["scanned"], opens=row["opens"], with_whom=tuple(row["with_whom"]),
    )
