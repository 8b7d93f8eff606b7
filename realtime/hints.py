"""What is no event: typing, presence, who is looking. Ids only, by Redis to every worker, and it may be lost.

The same connection carries the bells. It is rebuilt whenever it falls silent: a half-open one looks alive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from models.core import bell
from models.core.events import Audience
from realtime.fanout import FanOut
from realtime.feed import Feed
from realtime.rooms import room

SILENCE = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
PATIENCE = 0.3

log = structlog.get_logger("portico.redis")


def hint_channel(practice_id: UUID) -> str:
    return f"portico:hint:{practice_id}"


class Ear:
    """This worker's ear at Redis: bells for the feed, hints for the rooms."""

    def __init__(self, redis: aioredis.Redis, url: str, feed: Feed, fanout: FanOut) -> None:
        self.redis = redis
        self.url = url
        self.feed = feed
        self.fanout = fanout
        self._pubsub: Any = None
        feed.subscribe = self.subscribe
        feed.unsubscribe = self.unsubscribe

    async def subscribe(self, practice_id: UUID) -> None:
        """Hear this practice from now on. Without Redis nothing happens: the heads are asked anyway."""
        if self._pubsub is not None:
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._pubsub.subscribe(bell.channel(practice_id), hint_channel(practice_id))

    def unsubscribe(self, practice_id: UUID) -> None:
        if self._pubsub is not None:
            asyncio.get_running_loop().create_task(self._unsubscribe(practice_id))

    async def _unsubscribe(self, practice_id: UUID) -> None:
        if self._pubsub is None or practice_id in self.feed.practices:
            return  # somebody came back meanwhile
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._pubsub.unsubscribe(bell.channel(practice_id), hint_channel(practice_id))

    async def tell(
        self, practice_id: UUID, audiences: Iterable[Audience], name: str, payload: Mapping[str, Any]
    ) -> None:
        """Send a hint to the rooms of every worker; without Redis to those of this one."""
        rooms = [[one.kind, one.id] for one in audiences]
        hint = orjson.dumps({"rooms": rooms, "name": name, "payload": payload}, default=str)
        try:
            async with asyncio.timeout(PATIENCE):
                if await self.redis.publish(hint_channel(practice_id), hint) and self.feed.with_redis:
                    return
        except (RedisError, OSError, TimeoutError):
            pass  # told below, as far as this worker reaches
        self._hint(practice_id, hint)

    async def listen(self) -> None:
        """For ever: listen, and when the connection fails or falls silent, connect anew and look at every head."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen_once()
            except (RedisError, OSError, TimeoutError) as trouble:
                if self.feed.with_redis:
                    log.warning("redis.away", error=type(trouble).__name__)
                    pause = FIRST_PAUSE
            except Exception:
                log.exception("redis.trouble")  # a deaf worker would hide behind the poll
            finally:
                self._pubsub, self.feed.with_redis = None, False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _listen_once(self) -> None:
        # No retries of its own: a connection that the library mends in silence has missed bells nobody looks for.
        client = aioredis.Redis.from_url(self.url, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
        try:
            async with client.pubsub() as pubsub:
                await self._resubscribe(pubsub)
                await self._hear(pubsub)
        finally:
            with suppress(RedisError, OSError):
                await client.aclose()

    async def _resubscribe(self, pubsub: Any) -> None:
        async with asyncio.timeout(SILENCE):
            await pubsub.subscribe("portico:any", *_channels(self.feed.practices))
        self._pubsub, self.feed.with_redis = pubsub, True
        self.feed.ring_all()

    async def _hear(self, pubsub: Any) -> None:
        answered = True
        while pubsub.connection.is_connected:
            message = await pubsub.get_message(timeout=SILENCE)
            if message is None:
                if not answered:
                    raise TimeoutError("Redis fell silent")
                await pubsub.ping()
                answered = False
                continue
            answered = True
            if message["type"] == "message":
                self._take(message["channel"].decode(), message["data"])
        raise ConnectionError("a subscription failed on the way")

    def _take(self, channel: str, data: bytes) -> None:
        try:
            self._got(channel, data)
        except Exception:
            log.exception("redis.nonsense")  # what makes no sense must not cost the bells behind it

    def _got(self, channel: str, data: bytes) -> None:
        what, practice_id = channel.split(":")[1], UUID(channel.rsplit(":", 1)[1])
        if what == "bell":
            self.feed.ring(practice_id, int(data))
        else:
            self._hint(practice_id, data)

    def _hint(self, practice_id: UUID, data: bytes) -> None:
        hint = orjson.loads(data)
        frame = self.fanout.prepare(hint["name"], hint["payload"])
        self.fanout.fan([((room(practice_id, kind, of),), frame) for kind, of in hint["rooms"]])


def _channels(practices: Iterable[UUID]) -> list[str]:
    return [name for one in practices for name in (bell.channel(one), hint_channel(one))]
