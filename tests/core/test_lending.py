"""A connection on which nothing comes back is thrown away; one that is only slow stays."""

from __future__ import annotations

import asyncio
import socket

import pytest

from models.core import lending
from models.core.database import fetch_apart, fetch_one, pool, reading
from models.core.lending import lent
from models.core.scope import practice_scope


async def test_the_kernel_is_told_to_notice_a_dead_line():
    async with lent(pool(), 4) as connection:
        wire = connection._transport.get_extra_info("socket")
        if wire.family == socket.AF_UNIX:
            pytest.fail("the tests' own PostgreSQL is reached over TCP, so that this can be seen")
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == lending.SILENT_MS


async def test_what_does_not_answer_in_time_is_thrown_away_and_the_next_one_is_new(monkeypatch):
    monkeypatch.setattr(lending, "_expired_at", float("-inf"))
    async with lent(pool(), 4) as connection:
        before = await connection.fetchval("SELECT pg_backend_pid()")
    with pytest.raises(TimeoutError):
        async with lent(pool(), 2) as connection:  # long enough to be lent one and to learn its number
            silent = await connection.fetchval("SELECT pg_backend_pid()")
            await connection.fetchval("SELECT pg_sleep(60)")
    assert connection._con is None, "it went back to the pool"
    (row,) = await fetch_apart("SELECT pg_backend_pid() AS pid")
    assert row["pid"] not in {before, silent}, "what is as old went the same way"


async def test_a_reading_that_is_cancelled_gives_its_connection_back(cast):
    async def read() -> None:
        async with reading(cast.practice_id) as connection:
            await connection.fetchval("SELECT pg_sleep(5)")

    for _ in range(pool().get_max_size() + 2):
        task = asyncio.create_task(read())
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with reading(cast.practice_id) as connection:
        assert await connection.fetchval("SELECT practice_id FROM practice_profile") == cast.practice_id


async def test_a_scope_that_was_not_answered_rolls_back_without_asking(cast):
    with pytest.raises(TimeoutError):
        async with practice_scope(cast.practice_id):
            pid = (await fetch_one("SELECT pg_backend_pid() AS pid"))["pid"]
            await fetch_one("UPDATE client SET phone = 'lost' RETURNING 1")
            raise TimeoutError
    (row,) = await fetch_apart("SELECT count(*) AS n FROM pg_stat_activity WHERE pid = $1 AND state = 'idle'", pid)
    assert row["n"] == 0, "it was asked to roll back and given to the next"
    async with practice_scope(cast.practice_id):
        assert (await fetch_one("SELECT count(*) AS n FROM client WHERE phone = 'lost'"))["n"] == 0
