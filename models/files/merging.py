"""Grants of files when two records of a client become one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.registries import Merging
from models.core.database import execute, fetch_one

OF_STAFF = "UPDATE file_grant SET holder_id = $1 WHERE holder = 'staff-of-client' AND holder_id = $2"
OF_ACCESS = "UPDATE file_grant SET holder_id = $1 WHERE holder = 'access' AND holder_id = $2"
COUNT = """SELECT count(DISTINCT file_id)::int AS files FROM file_grant WHERE until IS NULL AND (
    (holder = 'staff-of-client' AND holder_id = $1)
    OR (holder = 'access' AND holder_id IN (SELECT id FROM portal_access WHERE client_id = $1)))"""


async def _move(kept: UUID, gone: UUID, joined: Mapping[UUID, UUID]) -> None:
    await execute(OF_STAFF, kept, gone)
    for ended, stays in joined.items():
        await execute(OF_ACCESS, stays, ended)


async def _told(gone: UUID) -> list[str]:
    row = await fetch_one(COUNT, gone)
    files = row["files"] if row else 0
    if not files:
        return []
    return [f"{'1 file' if files == 1 else f'{files} files'}, open to whom they were shared with"]


MERGING = Merging(frozenset({"file_grant"}), _move, _told)
