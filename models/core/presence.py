"""Who is online: kept in Redis with an expiry, ids only. It may be lost; nobody's rights hang on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from redis import asyncio as aioredis
from redis.exceptions import RedisError

EXPIRES = 60
PATIENCE = 0.3

Face = tuple[UUID, str]  # practice and name

_redis: aioredis.Redis | None = None


def use(redis: aioredis.Redis | None) -> None:
    global _redis
    _redis = redis


async def here(practice_id: UUID, who: Iterable[str], *, holder: str | None = None) -> set[str]:
    """Say that these are online for the next minute; returns those that were not before.

    `holder`: the process that holds their pages, to be given to `left`.
    """
    return {name for _, name in await all_here([(practice_id, name) for name in who], holder=holder)}


async def all_here(faces: Sequence[Face], *, holder: str | None = None) -> set[Face]:
    """The same for many of any practices, in one exchange."""
    if _redis is None or not faces:
        return set()
    now = time.time()
    exchange = _redis.pipeline(transaction=False)
    for practice_id, name in faces:
        exchange.zscore(_key(practice_id), name)
    for practice_id, name in faces:
        exchange.zadd(_key(practice_id), {name: now + EXPIRES})
        exchange.expire(_key(practice_id), EXPIRES * 2)
        if holder:
            exchange.zadd(_held(practice_id, name), {holder: now + EXPIRES})
            exchange.expire(_held(practice_id, name), EXPIRES * 2)
    try:
        async with asyncio.timeout(PATIENCE):
            before = (await exchange.execute())[: len(faces)]
    except (RedisError, OSError, TimeoutError):
        return set()
    return {face for face, until in zip(faces, before, strict=True) if until is None or until < now}


async def left(practice_id: UUID, who: str, *, holder: str) -> bool:
    """Say that this process holds no page of theirs any more; True when no other one does, and they are gone."""
    if _redis is None:
        return True
    held = _held(practice_id, who)
    try:
        async with asyncio.timeout(PATIENCE):
            await _redis.zrem(held, holder)
            if await _redis.zcount(held, time.time(), "+inf"):
                return False
    except (RedisError, OSError, TimeoutError):
        return True
    await gone(practice_id, who)
    return True


async def gone(practice_id: UUID, who: str) -> None:
    """Say that this one is online no more."""
    if _redis is None:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await _redis.zrem(_key(practice_id), who)
    except (RedisError, OSError, TimeoutError):
        return  # expires by itself


async def expired(practices: Sequence[UUID], before: float) -> dict[UUID, list[str]]:
    """Of these practices, in one exchange: who was online until a moment before this one (in seconds, as time.time())
    and went without a word, because the process that held their pages was killed."""
    if _redis is None or not practices:
        return {}
    exchange = _redis.pipeline(transaction=False)
    for practice_id in practices:
        exchange.zrangebyscore(_key(practice_id), "-inf", f"({before}")
    try:
        async with asyncio.timeout(PATIENCE):
            found = await exchange.execute()
    except (RedisError, OSError, TimeoutError):
        return {}
    return {one: _names(names) for one, names in zip(practices, found, strict=True) if names}


async def end_expired(practice_id: UUID, before: float) -> set[str]:
    """Forget them; returns whom no other process forgot meanwhile, and who did not come back."""
    if _redis is None:
        return set()
    exchange = _redis.pipeline(transaction=True)
    exchange.zrangebyscore(_key(practice_id), "-inf", f"({before}")
    exchange.zremrangebyscore(_key(practice_id), "-inf", f"({before}")
    try:
        async with asyncio.timeout(PATIENCE):
            names, _ = await exchange.execute()
    except (RedisError, OSError, TimeoutError):
        return set()
    return set(_names(names))


async def online(practice_id: UUID) -> frozenset[str]:
    """Everyone online in a practice: `login:<id>` for the desk, `access:<id>` for the portal."""
    if _redis is None:
        return frozenset()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await _redis.zrangebyscore(_key(practice_id), time.time(), "+inf")
    except (RedisError, OSError, TimeoutError):
        return frozenset()
    return frozenset(_names(found))


def _names(found: Iterable[object]) -> list[str]:
    return [bytes(cast(bytes, name)).decode() for name in found]


def _key(practice_id: UUID) -> str:
    return f"portico:online:{practice_id}"


def _held(practice_id: UUID, name: str) -> str:
    return f"portico:online:{practice_id}:{name}"
