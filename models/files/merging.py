"""Files, their grants and folders when two records of a client become one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.registries import Merging
from models.core.database import execute, fetch_one

OF_STAFF = "UPDATE file_grant SET holder_id = $1 WHERE holder = 'staff-of-client' AND holder_id = $2"
OF_ACCESS = "UPDATE file_grant SET holder_id = $1 WHERE holder = 'access' AND holder_id = $2"
# What stands in both records stands once; folders of one name become one.
TWINS = """UPDATE client_file g SET removed_at = now() WHERE g.practice_id = portico_here() AND g.client_id = $2
  AND g.removed_at IS NULL AND g.deleted_at IS NULL AND EXISTS (SELECT FROM client_file k WHERE k.client_id = $1
    AND k.practice_id = g.practice_id AND k.file_id = g.file_id AND k.removed_at IS NULL AND k.deleted_at IS NULL)"""
SAME_FOLDER = """UPDATE client_file f SET folder_id = k.id FROM file_folder g JOIN file_folder k
    ON k.practice_id = g.practice_id AND lower(k.name) = lower(g.name) AND k.client_id = $1
  WHERE f.practice_id = portico_here() AND g.client_id = $2 AND f.folder_id = g.id"""
EMPTIED = """DELETE FROM file_folder g WHERE g.practice_id = portico_here() AND g.client_id = $2 AND EXISTS (SELECT
    FROM file_folder k WHERE k.practice_id = g.practice_id AND k.client_id = $1 AND lower(k.name) = lower(g.name))"""
OF_CLIENT = (
    *(f"UPDATE {table} SET {column} = $1 WHERE practice_id = portico_here() AND {column} = $2" for table, column in (
        ("client_file", "client_id"), ("file_folder", "client_id"), ("upload", "client_id"), ("upload", "room_id"),
        ("file", "client_id"), ("file_tag", "client_id"))),
    "DELETE FROM file_usage WHERE practice_id = portico_here() AND client_id = $2 AND client_id <> $1",
)
BROUGHT = tuple(
    f"UPDATE {table} SET access_id = $1 WHERE practice_id = portico_here() AND access_id = $2"
    for table in ("client_file", "upload")
)
COUNT = """SELECT count(DISTINCT file_id)::int AS files FROM file_grant WHERE until IS NULL AND (
    (holder = 'staff-of-client' AND holder_id = $1)
    OR (holder = 'access' AND holder_id IN (SELECT id FROM portal_access WHERE client_id = $1)))"""


async def _move(kept: UUID, gone: UUID, joined: Mapping[UUID, UUID]) -> None:
    await execute(OF_STAFF, kept, gone)
    for ended, stays in joined.items():
        await execute(OF_ACCESS, stays, ended)
        for sql in BROUGHT:
            await execute(sql, stays, ended)
    for sql in (TWINS, SAME_FOLDER, EMPTIED, *OF_CLIENT):
        await execute(sql, kept, gone)


async def _told(gone: UUID) -> list[str]:
    row = await fetch_one(COUNT, gone)
    files = row["files"] if row else 0
    if not files:
        return []
    return [f"{'1 file' if files == 1 else f'{files} files'}, open to whom they were shared with"]


TABLES = frozenset({"file_grant", "client_file", "file_folder", "upload", "file", "file_tag", "file_usage"})
MERGING = Merging(TABLES, _move, _told)
