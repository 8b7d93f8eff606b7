"""The ear at Redis: it hears every practice it was asked to, however they come and go, and mends itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from redis import asyncio as aioredis

from models.core import bell
from models.core.events import ToStaff
from models.core.settings import settings
from realtime import hints
from realtime.feed import Feed
from realtime.hints import Ear, hint_channel
from tests.faults.ground import eventually, eventually_so
from tests.realtime.test_feed import Fan


class Heard(Feed):
    """A feed that notes what was rung instead of reading it."""

    def __init__(self) -> None:
        super().__init__(Fan(), lambda practice, logins: None)
        self.rung: list = []

    def ring(self, practice_id, seq=None):
        self.rung.append((practice_id, seq))

    def follow(self, practice_id) -> None:
        self.practices[practice_id] = None  # type: ignore[assignment]  # only its name matters here


@pytest_asyncio.fixture(loop_scope="session")
async def ear() -> AsyncIterator[Ear]:
    redis = aioredis.Redis.from_url(settings().redis_url or "", socket_timeout=1)
    feed = Heard()
    ear = Ear(redis, settings().redis_url or "", feed, feed.fanout)
    listening = asyncio.create_task(ear.listen())
    await eventually(lambda: feed.with_redis)
    yield ear
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await redis.aclose()


async def _ring(ear, practice_id, seq):
    return await ear.redis.publish(bell.channel(practice_id), seq)


async def _is_heard(ear, practice_id, seq=7):
    """Rung until it is heard: a bell that meets a connection in its last moment is lost, and may be."""

    async def so():
        await _ring(ear, practice_id, seq)
        return (practice_id, seq) in ear.feed.rung

    await eventually_so(so, what="a bell")


async def test_bells_of_the_practices_it_follows_are_heard_and_no_others(ear):
    mine, other = uuid4(), uuid4()
    ear.feed.follow(mine)
    await ear.subscribe(mine)
    await _is_heard(ear, mine)
    assert await _ring(ear, other, 7) == 0


async def test_many_practices_at_once_are_no_silence(ear):
    """Each subscription is confirmed; a confirmation is a sign of life, not the lack of one."""
    pubsub, practices = ear._pubsub, [uuid4() for _ in range(60)]
    for one in practices:
        ear.feed.follow(one)
    await asyncio.gather(*(ear.subscribe(one) for one in practices))
    for one in practices:
        await _is_heard(ear, one)
    assert ear._pubsub is pubsub


async def test_who_goes_and_comes_back_at_once_is_still_heard(ear):
    practice = uuid4()
    for _ in range(20):
        ear.feed.follow(practice)
        await ear.subscribe(practice)
        ear.feed.practices.pop(practice)
        ear.unsubscribe(practice)
    ear.feed.follow(practice)
    await ear.subscribe(practice)
    await _is_heard(ear, practice)


async def test_a_practice_that_nobody_follows_is_let_go(ear):
    practice = uuid4()
    ear.feed.follow(practice)
    await ear.subscribe(practice)
    await _is_heard(ear, practice)
    ear.feed.practices.pop(practice)
    ear.unsubscribe(practice)

    async def so():
        return await _ring(ear, practice, 8) == 0

    await eventually_so(so, what="the end of the subscription")


async def test_a_broken_connection_is_made_anew_and_every_head_is_looked_at(ear):
    practice = uuid4()
    ear.feed.follow(practice)
    await ear.subscribe(practice)
    await _is_heard(ear, practice)
    ear.feed.rung.clear()
    await ear._pubsub.connection.disconnect()
    await eventually(lambda: (practice, None) in ear.feed.rung, what="a look at the heads")
    await _is_heard(ear, practice, 9)


async def test_a_message_that_makes_no_sense_does_not_cost_the_bell_behind_it(ear):
    pubsub, practice = ear._pubsub, uuid4()
    ear.feed.follow(practice)
    await ear.subscribe(practice)
    await _is_heard(ear, practice)
    for channel in (bell.channel(practice), hint_channel(practice)):
        await ear.redis.publish(channel, b"\xff nonsense")
        await ear.redis.publish(channel, b"[]")
    await _ring(ear, practice, 11)
    await eventually(lambda: (practice, 11) in ear.feed.rung, what="the bell behind the nonsense")
    assert ear._pubsub is pubsub


async def test_a_hint_reaches_the_rooms_and_without_redis_those_of_this_worker(ear, monkeypatch):
    assert hints.PATIENCE < 1
    monkeypatch.setattr(hints, "PATIENCE", 30)  # or a machine that stands still would have it told both ways
    practice = uuid4()
    ear.feed.follow(practice)
    await ear.subscribe(practice)
    await _is_heard(ear, practice)
    await ear.tell(practice, [ToStaff()], "typing", {"on": True})
    await eventually(lambda: len(ear.fanout.told) == 1)
    ear.redis = aioredis.Redis.from_url("redis://127.0.0.1:1/0")
    await ear.tell(practice, [ToStaff()], "typing", {"on": False})
    assert [b"true" in one for one in ear.fanout.told] == [True, False]
