"""Limits: counted together in Redis, alone while it is away, and nobody's address kept."""

from __future__ import annotations

import asyncio
from secrets import token_hex

import asyncpg
import pytest
from redis import asyncio as aioredis

from models.core import limits
from models.core.errors import TooMany
from models.core.limits import Limit, give_back, network_of, take
from models.core.settings import settings


@pytest.fixture
def limit() -> Limit:
    return Limit(f"test-{token_hex(6)}", most=3, seconds=60)


@pytest.fixture(params=["with Redis", "without Redis", "while Redis is away"])
async def counted(request):
    """Each promise holds in all three."""
    urls = {"with Redis": settings().redis_url, "while Redis is away": "redis://127.0.0.1:1/0"}
    redis = aioredis.Redis.from_url(urls[request.param]) if request.param in urls else None
    limits.use(redis)
    yield request.param
    limits.use(None)
    if redis is not None:
        await redis.aclose()


async def test_the_fourth_of_three_waits(counted, limit):
    assert [await take(limit, "ana") for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooMany) as refused:
        await take(limit, "ana")
    assert 55 < refused.value.retry_after <= 60 and "1 minute" in refused.value.detail
    assert await take(limit, "leo") == 2


async def test_a_long_wait_is_told_in_hours(counted):
    day = Limit(f"test-{token_hex(6)}", most=0, seconds=86400)
    with pytest.raises(TooMany) as refused:
        await take(day, "ana")
    assert refused.value.detail == "Too many tries. Try again in 24 hours."


async def test_what_is_given_back_can_be_taken_again(counted, limit):
    for _ in range(10):
        await take(limit, "ana")
        await give_back(limit, "ana")
    assert await take(limit, "ana") == 2


async def test_giving_back_what_was_never_taken_earns_nothing(counted, limit):
    await give_back(limit, "ana")
    assert await take(limit, "ana") == 2


async def test_what_is_run_again_because_it_lost_a_race_is_the_same_try(counted, limit, cast):
    runs: list[list[int]] = []

    async def lose_twice() -> None:
        await take(limit, "leo")
        await give_back(limit, "leo")
        runs.append([await take(limit, "ana"), await take(limit, "ana")])
        if len(runs) < 3:
            raise asyncpg.DeadlockDetectedError("lost")

    await cast.inside(lose_twice)
    assert runs == [[2, 1]] * 3
    assert (await take(limit, "ana"), await take(limit, "leo")) == (0, 2)


async def test_a_hundred_at_once_are_a_hundred(counted, limit):
    answers = await asyncio.gather(*(take(limit, "ana") for _ in range(100)), return_exceptions=True)
    assert sum(isinstance(one, TooMany) for one in answers) == 97


async def test_the_window_begins_with_the_first_try_and_ends(counted, monkeypatch):
    short = Limit(f"test-{token_hex(6)}", most=1, seconds=1)
    await take(short, "ana")
    with pytest.raises(TooMany):
        await take(short, "ana")
    moment = limits.monotonic()
    monkeypatch.setattr(limits, "monotonic", lambda: moment + 2)
    if limits._redis is not None and counted == "with Redis":
        await limits._redis.delete(limits._key(short, ("ana",)))
    assert await take(short, "ana") == 0


async def test_two_processes_count_together(limit):
    redis = aioredis.Redis.from_url(settings().redis_url)
    limits.use(redis)
    for _ in range(3):
        await take(limit, "ana")
        limits.forget_all()  # as another process, which has counted nothing itself
    with pytest.raises(TooMany):
        await take(limit, "ana")
    limits.use(None)
    await redis.aclose()


async def test_when_redis_goes_away_the_tries_made_here_are_not_forgotten(limit):
    redis = aioredis.Redis.from_url(settings().redis_url)
    limits.use(redis)
    for _ in range(3):
        await take(limit, "ana")
    limits.use(None)
    with pytest.raises(TooMany):
        await take(limit, "ana")
    await redis.aclose()


async def test_redis_holds_no_address_and_every_count_ends(limit):
    redis = aioredis.Redis.from_url(settings().redis_url)
    limits.use(redis)
    await take(limit, "ana@mail.test", "203.0.113.7")
    (key,) = [key async for key in redis.scan_iter(f"portico:limit:{limit.name}:*")]
    assert b"ana" not in key and b"203.0" not in key
    assert 0 < await redis.ttl(key) <= 60
    limits.use(None)
    await redis.aclose()


async def test_memory_stays_in_bounds(monkeypatch, limit):
    limits.use(None)
    monkeypatch.setattr(limits, "MOST_REMEMBERED", 5)
    for number in range(50):
        await take(limit, number)
    assert len(limits._counts) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::/64"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("<local>", "unknown"),
    ],
)
def test_one_caller_is_one_network(address, network):
    assert network_of(address) == network
