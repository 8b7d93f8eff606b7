"""Documents when two records of a client become one: each stays whose it was. Who was asked the same form twice has it
once, the copy that is further; the other one is closed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from models.clients.registries import Merging
from models.core.database import execute, fetch_one

OPEN = "{d}.form_id IS NOT NULL AND {d}.withdrawn_at IS NULL AND {d}.submitted_at IS NULL AND {d}.voided_at IS NULL"
TWICE = f"""UPDATE document x SET withdrawn_at = clock_timestamp() WHERE x.id IN (
    SELECT CASE WHEN coalesce(g.saved_at, '-infinity') > coalesce(k.saved_at, '-infinity') THEN k.id ELSE g.id END
    FROM document k JOIN document g ON g.practice_id = k.practice_id AND g.form_id = k.form_id
    WHERE k.practice_id = portico_here() AND k.access_id = $1 AND g.access_id = $2
      AND {OPEN.format(d="k")} AND {OPEN.format(d="g")})"""
OF_ACCESS = (
    "UPDATE document SET access_id = $1 WHERE practice_id = portico_here() AND access_id = $2",
    "UPDATE share_notice SET access_id = $1 WHERE practice_id = portico_here() AND access_id = $2",
    "UPDATE risk_alert SET access_id = $1 WHERE practice_id = portico_here() AND access_id = $2",
)
OF_CLIENT = (
    "UPDATE document SET client_id = $1 WHERE practice_id = portico_here() AND client_id = $2",
    "UPDATE risk_alert SET client_id = $1 WHERE practice_id = portico_here() AND client_id = $2",
)
COUNT = "SELECT count(*)::int AS papers FROM document WHERE client_id = $1 AND withdrawn_at IS NULL"


async def _move(kept: UUID, gone: UUID, joined: Mapping[UUID, UUID]) -> None:
    for ended, stays in joined.items():
        await execute(TWICE, stays, ended)
        for sql in OF_ACCESS:
            await execute(sql, stays, ended)
    for sql in OF_CLIENT:
        await execute(sql, kept, gone)


async def _told(gone: UUID) -> list[str]:
    row = await fetch_one(COUNT, gone)
    papers = row["papers"] if row else 0
    if not papers:
        return []
    return ["1 document, with what was answered" if papers == 1 else f"{papers} documents, with what was answered"]


MERGING = Merging(frozenset({"document", "share_notice", "risk_alert"}), _move, _told)
