"""How the queue of jobs stands: what gave up, how late it is, and when a worker last took a turn. Counts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

# The turn that every worker is always about to take; its last time is the workers' sign of life.
PULSE = "house.idle_sessions"

# Keys of the jobs that gave up: what calls lost jobs again must leave those alone.
GIVEN_UP_KEYS = "SELECT dedupe_key FROM pgqueuer WHERE status = 'failed' AND dedupe_key IS NOT NULL"

GIVEN_UP = "SELECT entrypoint, count(*) AS jobs FROM pgqueuer WHERE status = 'failed' GROUP BY entrypoint ORDER BY 1"
WAITING = """SELECT count(*) FILTER (WHERE execute_after <= now()) AS due,
  coalesce(extract(epoch FROM now() - min(execute_after) FILTER (WHERE execute_after <= now())), 0)::float AS late
FROM pgqueuer WHERE status = 'queued'"""
SILENT = """SELECT extract(epoch FROM now() - coalesce(last_run, created))::float FROM pgqueuer_schedules
WHERE entrypoint = $1 ORDER BY 1 LIMIT 1"""
AGAIN = """UPDATE pgqueuer q SET status = 'queued', attempts = 0, execute_after = now(), updated = now()
WHERE status = 'failed' AND NOT EXISTS (SELECT FROM pgqueuer twin WHERE twin.id <> q.id
  AND twin.dedupe_key = q.dedupe_key AND twin.status IN ('queued', 'picked'))"""


@dataclass(frozen=True)
class Standing:
    """`given_up`: jobs by name that failed for a day · `due`: waiting although their time has come · `late`: seconds
    that the oldest of those has waited · `silent`: seconds since any worker's last sign of life; None: never one."""

    given_up: Mapping[str, int]
    due: int
    late: float
    silent: float | None


async def standing(connection: asyncpg.Connection | asyncpg.Pool) -> Standing:
    """Of all practices at once; the queue's tables hold ids only and stand outside every practice."""
    given_up = {row["entrypoint"]: row["jobs"] for row in await connection.fetch(GIVEN_UP)}
    waiting = await connection.fetchrow(WAITING)
    silent = await connection.fetchval(SILENT, PULSE)
    return Standing(given_up, waiting["due"], waiting["late"], silent)


async def call_again(connection: asyncpg.Connection) -> int:
    """Jobs that gave up start over, as if queued now; returns how many."""
    return int((await connection.execute(AGAIN)).rsplit(" ", 1)[-1])
