"""However many doors are at work, the feed still reads what they committed."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from models.core.database import KEPT_FOR_READING, pool, reading
from models.core.scope import Scope, run_scope


async def test_the_feed_reads_while_more_scopes_are_wanted_than_there_are_connections(cast):
    at_once = pool().get_max_size() - KEPT_FOR_READING
    inside, full, go = [], asyncio.Event(), asyncio.Event()

    async def work(scope: Scope) -> None:
        inside.append(scope)
        if len(inside) == at_once:
            full.set()
        await go.wait()

    wanted = [asyncio.create_task(run_scope(cast.practice_id, work)) for _ in range(at_once * 2)]
    async with asyncio.timeout(60):
        await full.wait()
        async with reading(cast.practice_id) as one, reading(cast.practice_id) as other:
            assert [await one.fetchval("SELECT 1"), await other.fetchval("SELECT 2")] == [1, 2]
        assert len(inside) == at_once
        go.set()
        await asyncio.gather(*wanted)
    assert len(inside) == at_once * 2


async def test_a_reading_that_fails_leaves_its_connection_fit_for_the_next(cast, neighbours):
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with reading(cast.practice_id) as connection:
            await connection.fetchval("SELECT 1 / 0")
    async with reading(neighbours.practice_id) as connection:
        found = await connection.fetchval("SELECT practice_id FROM practice_profile")
    assert found == neighbours.practice_id
    async with pool().acquire() as connection:
        assert not connection.is_in_transaction()
