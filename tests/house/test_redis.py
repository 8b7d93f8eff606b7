"""However much is asked of Redis at once: a few connections, and everybody has a turn."""

from __future__ import annotations

import asyncio
from secrets import token_hex

from redis.exceptions import RedisError

from models.core.settings import settings
from server.redis import MOST_CONNECTIONS, open_redis


async def test_many_at_once_share_a_few_connections():
    name = f"test-{token_hex(4)}"
    redis = open_redis(settings().redis_url or "", name=name)
    await asyncio.gather(*(redis.incr(name) for _ in range(100)))
    assert int(await redis.get(name)) == 100
    held = [one for one in await redis.client_list() if one["name"] == name]
    assert 1 <= len(held) <= MOST_CONNECTIONS
    await redis.delete(name)
    await redis.aclose()


async def test_when_nobody_answers_all_who_wait_hear_so_soon():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    redis = open_redis(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", name="test")
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(redis.ping() for _ in range(60)), return_exceptions=True)
    assert all(isinstance(one, RedisError) for one in answers)
    assert not any(isinstance(one, asyncio.CancelledError) for one in answers)
    await redis.aclose()
    server.close()
