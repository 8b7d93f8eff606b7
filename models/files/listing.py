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
from models.core.errors import missing
from models.files.managing import reads_files
from models.files.paging import NEWEST

PAGE = 30

# More are not counted: a number on a page must not cost what it counts.
MOST_NEW, MOST_COUNTED, MOST_TAGS = 100, 1000, 100

# Rows of the record. $1 client, $2 those before this entry, $3 how many; then what narrows them.
# What is told of people and folders is asked one by one: joins to so many tables take longer to plan than to read.
KEPT = """SELECT k.id, k.file_id, k.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail, k.kept_at AS at,
    coalesce((SELECT coalesce(
          (SELECT co.name FROM contact co WHERE co.practice_id = a.practice_id AND co.id = a.contact_id),
          (SELECT cl.name FROM client cl WHERE cl.practice_id = a.practice_id AND cl.id = a.client_id))
        FROM portal_access a WHERE a.practice_id = k.practice_id AND a.id = k.access_id),
      {staff}k.staff_id), '') AS who,
    k.source, k.seen_at, coalesce({staff}k.seen_by), '') AS seen_by, k.folder_id,
    (SELECT d.name FROM file_folder d WHERE d.practice_id = k.practice_id AND d.id = k.folder_id) AS folder,
    f.scanned_at IS NOT NULL AS scanned, k.deleted_at, k.delete_reason AS reason,
    coalesce({staff}k.deleted_by), '') AS deleted_by,
    ARRAY(SELECT t.name FROM file_tag t WHERE t.practice_id = k.practice_id AND t.client_file_id = k.id
      ORDER BY t.name) AS tags
  FROM (SELECT k.* FROM {rows} WHERE k.practice_id = portico_here() AND k.client_id = $1 AND k.removed_at IS NULL
      AND k.id < $2 AND {where} ORDER BY {by} DESC LIMIT $3) k
  JOIN file f ON f.practice_id = k.practice_id AND f.id = k.file_id
  ORDER BY k.id DESC"""
STAFF = "(SELECT s.name FROM staff_member s WHERE s.practice_id = k.practice_id AND s.id = "
WHERE = {
    "uploaded": "k.source <> 'message' AND k.deleted_at IS NULL",
    "messages": "k.source = 'message' AND k.deleted_at IS NULL",
    "deleted": "k.deleted_at IS NOT NULL",
}
# From the tag to its entries by their key, whatever the planner believes of either.
TAGGED = """(SELECT t.practice_id, t.client_file_id FROM file_tag t WHERE t.practice_id = portico_here()
      AND t.client_id = $1 AND t.name = $4 AND t.client_file_id < $2) t
    CROSS JOIN LATERAL (SELECT * FROM client_file c WHERE c.practice_id = t.practice_id AND c.id = t.client_file_id
      OFFSET 0) k"""
# What the practice shared with the client's portal: grants of accesses to others than who brought the file.
SHARED = """WITH page AS (SELECT DISTINCT x.file_id FROM portal_access a CROSS JOIN LATERAL (
      SELECT DISTINCT g.file_id FROM file_grant g
        JOIN file f ON f.practice_id = g.practice_id AND f.id = g.file_id AND f.refused_at IS NULL
      WHERE g.practice_id = portico_here() AND g.holder = 'access' AND g.holder_id = a.id AND g.until IS NULL
        AND NOT g.own AND g.file_id < $2 AND position(lower($4) IN lower(f.name)) > 0
      ORDER BY g.file_id DESC LIMIT $3) x
    WHERE a.practice_id = portico_here() AND a.client_id = $1 ORDER BY x.file_id DESC LIMIT $3)
  SELECT f.id AS file_id, f.name, f.type, f.size, f.thumbnail_key IS NOT NULL AS thumbnail,
    f.scanned_at IS NOT NULL AS scanned, whom.at, whom.names AS with_whom,
    coalesce((SELECT s.name FROM staff_member s WHERE s.practice_id = f.practice_id AND s.login_id = f.login_id), '')
      AS who,
    EXISTS (SELECT FROM file_grant s WHERE s.practice_id = f.practice_id AND s.file_id = f.id AND s.until IS NULL
      AND s.holder = 'staff-of-client' AND s.holder_id = $1) AS opens
  FROM page JOIN file f ON f.practice_id = portico_here() AND f.id = page.file_id CROSS JOIN LATERAL (
    SELECT min(g.since) AS at, array_agg(DISTINCT coalesce(
        (SELECT co.name FROM contact co WHERE co.practice_id = a.practice_id AND co.id = a.contact_id),
        (SELECT cl.name FROM client cl WHERE cl.practice_id = a.practice_id AND cl.id = a.client_id))) AS names
      FROM file_grant g JOIN portal_access a ON a.practice_id = g.practice_id AND a.id = g.holder_id
      WHERE g.practice_id = f.practice_id AND g.file_id = f.id AND g.holder = 'access' AND g.until IS NULL
        AND NOT g.own AND a.client_id = $1) whom
  ORDER BY f.id DESC"""
NEW = f"""SELECT count(*)::int AS new FROM (SELECT FROM client_file WHERE practice_id = portico_here()
  AND client_id = $1 AND source <> 'message' AND seen_at IS NULL AND removed_at IS NULL AND deleted_at IS NULL
  LIMIT {MOST_NEW}) one"""
FOLDERS = f"""SELECT d.id, d.name, held.files FROM file_folder d CROSS JOIN LATERAL (
    SELECT count(*)::int AS files FROM (SELECT FROM client_file k WHERE k.practice_id = d.practice_id
      AND k.folder_id = d.id AND k.removed_at IS NULL AND k.deleted_at IS NULL LIMIT {MOST_COUNTED}) one) held
  WHERE d.practice_id = portico_here() AND d.client_id = $1 ORDER BY lower(d.name)"""
# From one tag to the next, however many files have it.
TAGS = f"""WITH RECURSIVE tag(name) AS (
    (SELECT t.name FROM file_tag t WHERE t.practice_id = portico_here() AND t.client_id = $1 ORDER BY t.name LIMIT 1)
    UNION ALL SELECT (SELECT t.name FROM file_tag t WHERE t.practice_id = portico_here() AND t.client_id = $1
      AND t.name > tag.name ORDER BY t.name LIMIT 1) FROM tag WHERE tag.name IS NOT NULL)
  SELECT tag.name FROM tag WHERE tag.name IS NOT NULL AND (SELECT true FROM file_tag t
      CROSS JOIN LATERAL (SELECT removed_at, deleted_at FROM client_file c WHERE c.practice_id = t.practice_id
        AND c.id = t.client_file_id OFFSET 0) k
    WHERE t.practice_id = portico_here() AND t.client_id = $1 AND t.name = tag.name AND k.removed_at IS NULL
      AND k.deleted_at IS NULL
    ORDER BY t.client_file_id DESC LIMIT 1) LIMIT {MOST_TAGS} + 1"""
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
    """What stands beside the list: folders with how much is in them, tags in use (the first hundred; `more_tags` when
    there are others), how many are new, what was harmful."""

    new: int = 0
    folders: list[Row] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    more_tags: bool = False
    harmful: list[Row] = field(default_factory=list)


# Attachments of the client's conversations that this staff member may open; messaging stands above files and registers
# it (server/wiring.py): actor, client, before this file's key, part of the name, how many.
Attachments = Callable[[Actor, UUID, UUID, str, int], Awaitable[list[Listed]]]
ATTACHMENTS: list[Attachments] = []


async def kept_files(
    actor: Actor, client_id: UUID, view: str = "uploaded", *, narrowed: Narrowed | None = None,
    before: UUID | None = None, limit: int = PAGE,
) -> FilePage:
    """Entries of the record: `uploaded` by the client and contacts, saved from `messages`, or `deleted` ones. Raises
    Forbidden for who may not read what the record says."""
    await reads_files(actor, client_id)
    sql, narrowing = _kept_sql(view, narrowed or Narrowed())
    rows = await fetch_all(sql, client_id, before or NEWEST, limit + 1, *narrowing)
    return _page([_kept(row) for row in rows], limit, lambda one: one.id)


async def one_kept(actor: Actor, client_id: UUID, kept_id: UUID) -> Listed:
    """One entry of the record, also a deleted one; raises Missing for what is none. Raises Forbidden likewise."""
    await reads_files(actor, client_id)
    sql = KEPT.format(rows="client_file k", where="k.id = $4", by="k.id", staff=STAFF)
    rows = await fetch_all(sql, client_id, NEWEST, 1, kept_id)
    return _kept(rows[0]) if rows else missing("file")


async def shared_files(
    actor: Actor, client_id: UUID, *, words: str = "", before: UUID | None = None, limit: int = PAGE
) -> FilePage:
    """What the practice shared with the client and contacts, with whom."""
    await reads_files(actor, client_id)
    rows = await fetch_all(SHARED, client_id, before or NEWEST, limit + 1, words)
    return _page([_shared(row) for row in rows], limit, lambda one: one.file)


async def attached_files(
    actor: Actor, client_id: UUID, *, words: str = "", before: UUID | None = None, limit: int = PAGE
) -> FilePage:
    """Attachments of the client's conversations that the actor may open, and that are not in the record yet."""
    await reads_files(actor, client_id)
    found = [one for each in ATTACHMENTS for one in await each(actor, client_id, before or NEWEST, words, limit + 1)]
    return _page(found, limit, lambda one: one.file)


async def around(actor: Actor, client_id: UUID) -> Around:
    await reads_files(actor, client_id)
    tags = [row["name"] for row in await fetch_all(TAGS, client_id)]
    return Around(
        new=await new_files(client_id), folders=await fetch_all(FOLDERS, client_id), tags=tags[:MOST_TAGS],
        more_tags=len(tags) > MOST_TAGS, harmful=await fetch_all(HARMFUL, client_id),
    )


async def new_files(client_id: UUID) -> int:
    """How many nobody has opened, at most 100, which means "99+"; the client must have been found for the actor
    before."""
    row = await fetch_one(NEW, client_id)
    return row["new"] if row else 0


def _kept_sql(view: str, by: Narrowed) -> tuple[str, list[UUID | str]]:
    """The statement of one view, and what narrows it, from $4 on. Only what is asked for stands in it: a condition that
    may be none cannot be answered by an index."""
    rows, where = TAGGED if by.tag else "client_file k", [WHERE[view]]
    narrowing: list[UUID | str] = [by.tag] if by.tag else []
    for value, condition in ((by.folder, "k.folder_id = ${}"), (by.words, "position(lower(${}) IN lower(k.name)) > 0")):
        if value:
            narrowing.append(value)
            where.append(condition.format(len(narrowing) + 3))
    sql = KEPT.format(rows=rows, where=" AND ".join(where), by="t.client_file_id" if by.tag else "k.id", staff=STAFF)
    return sql, narrowing


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
