"""Two or more who look at the same calendar at the same moment: each has seen it as it was before the others changed
it. Nothing here is left to luck; whoever should wait, and does not, fails the test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from models.appointments.locking import LOCK
from models.core.database import execute, fetch_apart

WAITING = """SELECT count(*)::int AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND (classid::bigint << 32) | objid::bigint = hashtextextended($1::uuid::text || $2::uuid::text, 0)"""


async def at_once(cast: Any, held: UUID, *tries: Callable[[], Awaitable[Any]]) -> list[Any]:
    """While somebody holds this calendar, all of them get as far as waiting for it, in this order; then it is let go.
    What each came to, a refusal included."""
    there, go = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        await execute(LOCK, [held])
        there.set()
        await go.wait()

    first = asyncio.create_task(cast.inside(hold))
    await there.wait()
    made = []
    try:
        for number, one in enumerate(tries, 1):
            made.append(asyncio.create_task(cast.inside(one)))
            await _wait_until(cast, held, number, made[-1])
    finally:
        go.set()
        await first
    return await asyncio.gather(*made, return_exceptions=True)


async def _wait_until(cast: Any, held: UUID, number: int, task: asyncio.Task[Any]) -> None:
    while (await fetch_apart(WAITING, cast.practice_id, held))[0]["waiting"] < number:
        assert not task.done(), f"it did not wait: {task.exception() or task.result()}"
        await asyncio.sleep(0)
