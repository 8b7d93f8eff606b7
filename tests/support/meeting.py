"""Two or more in the same moment: each has read, and written what it could, before any of them commits. Nothing is left
to luck: nobody commits a change until all of them stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from models.core.database import pool

HELD = "SELECT pg_backend_pid() FROM practice_head WHERE practice_id = $1 FOR UPDATE"
WAITING = """WITH RECURSIVE waits AS (SELECT pid, unnest(pg_blocking_pids(pid)) AS behind FROM pg_stat_activity
    WHERE wait_event_type = 'Lock'),
  all_behind AS (SELECT pid FROM waits WHERE behind = $1 UNION SELECT w.pid FROM waits w JOIN all_behind b
    ON w.behind = b.pid)
  SELECT count(DISTINCT pid)::int FROM all_behind"""
PATIENCE = 60  # whoever waits for a lock in vain meanwhile is run again, and waits again


async def meet(practice_id: UUID, *tries: Callable[[], Awaitable[Any]]) -> list[Any]:
    """What each of them came to, in their order; a refusal, or what went wrong, included."""
    async with pool().acquire() as holder, pool().acquire() as looking:
        async with holder.transaction():
            pid = await holder.fetchval(HELD, practice_id)
            made = [asyncio.ensure_future(one()) for one in tries]
            async with asyncio.timeout(PATIENCE):
                while await looking.fetchval(WAITING, pid) < sum(not one.done() for one in made):
                    await asyncio.sleep(0)
        return await asyncio.gather(*made, return_exceptions=True)
