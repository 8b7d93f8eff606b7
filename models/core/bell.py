"""The doorbell: "practice P has news up to N", and nothing else.

After a commit the process tells its own listeners at once and Redis in the background. A bell may be lost, doubled
or come late without harm: who listens reads the rows from PostgreSQL, and asks for the heads now and then anyway.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any
from uuid import UUID

from redis import asyncio as aioredis
from redis.exceptions import RedisError

RIGHTS_REPEAT = 0.3
PATIENCE = 0.3

Listener = Callable[[UUID, int], None]

_listeners: list[Listener] = []
_tasks: set[asyncio.Task[Any]] = set()
_redis: aioredis.Redis | None = None


def channel(practice_id: UUID) -> str:
    """The name of a practice's bell."""
    return f"portico:bell:{practice_id}"


def use(redis: aioredis.Redis | None) -> None:
    """The connection that bells of this process go out by; None rings in this process alone."""
    global _redis
    _redis = redis


def listen(listener: Listener) -> Callable[[], None]:
    """Hear the bells this process rings itself, without Redis. Returns the way to stop."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def ring(practice_id: UUID, seq: int, *, twice: bool = False) -> None:
    """Ring after a commit; `twice` for rights, which must not wait for the next look at the heads."""
    for listener in list(_listeners):
        listener(practice_id, seq)
    if _redis is not None:
        task = asyncio.get_running_loop().create_task(_publish(practice_id, seq, twice), context=contextvars.Context())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


async def _publish(practice_id: UUID, seq: int, twice: bool) -> None:
    await _try_publish(practice_id, seq)
    if twice:
        await asyncio.sleep(RIGHTS_REPEAT)
        await _try_publish(practice_id, seq)


async def _try_publish(practice_id: UUID, seq: int) -> None:
    if _redis is None:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await _redis.publish(channel(practice_id), str(seq))
    except (RedisError, OSError, TimeoutError):
        return  # a lost bell only delays: every worker asks for the heads
