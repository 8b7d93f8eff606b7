"""What a worker does for ever: one failure must not end it, or the net under lost bells would be gone unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from models.core.database import AWAY

log = structlog.get_logger("portico.worker")


async def every(seconds: Callable[[], float], work: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Wait, work, again. An absent database is nothing special; anything else is logged, and the next turn comes."""
    while True:
        await asyncio.sleep(seconds())
        try:
            await work()
        except AWAY:
            continue
        except Exception:
            log.exception("loop.failed", loop=name)
