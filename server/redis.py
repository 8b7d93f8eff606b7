"""The way to Redis, for commands: a few connections, and a turn for everyone who wants one.

Left to itself the library opens a connection for each command that runs at the same time: a thousand pages that come
back at once would open a thousand.
"""

from __future__ import annotations

from redis import asyncio as aioredis

MOST_CONNECTIONS = 16
PATIENCE = 1.0


def open_redis(url: str, *, name: str) -> aioredis.Redis:
    """A client that waits a second at most: for its turn, for a connection, for an answer. Raises RedisError then.

    `name` is what CLIENT LIST shows; no blanks.
    """
    pool = aioredis.BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=PATIENCE,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        client_name=name,
    )
    return aioredis.Redis.from_pool(pool)
