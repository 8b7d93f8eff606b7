"""A limit of time for answers from outside that does not count the time in which this process itself stood still.

A machine that is put to sleep, or too busy to let a process run, comes back with its timers due and the answers lying
there unread; asyncio's own limit takes the timer first, and what was answered in a millisecond would be thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# A timer this late was not held up by work: what this process does in one go takes a fraction of it.
STOOD_STILL = 0.5


@asynccontextmanager
async def answered_within(seconds: float) -> AsyncIterator[None]:
    """Raises TimeoutError after so many seconds, or after as many more where the process stood still as they ended."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds

    def over() -> None:
        again = seconds if loop.time() - due > STOOD_STILL else 0
        limit.reschedule(loop.time() + again)

    async with asyncio.timeout(None) as limit:
        timer = loop.call_at(due, over)
        try:
            yield
        finally:
            timer.cancel()
