"""A web worker: the Quart application, the socket line behind its guard, and what runs beside them.

One of the few files that see every layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from redis import asyncio as aioredis

from models.accounts.practices import practice_by_host
from models.accounts.sessions import session_by_token
from models.core import bell
from models.core import presence as online
from models.core.database import AWAY, close_database, open_database
from models.core.errors import Refusal
from models.core.scope import finish_work
from models.core.settings import Settings, settings
from realtime import presence
from realtime.fanout import settle_collector
from realtime.guard import Guard, Visitor
from realtime.hints import Ear
from realtime.hub import Hub
from realtime.visiting import follow_visitors
from server import metrics, wiring
from server.app import create_app
from server.cookies import token_of_header
from server.doctor import Unhealthy, refuse_unsafe_role
from server.logs import set_up_logs
from server.redis import open_redis
from server.requests import scope_address, scope_host, scope_scheme, scope_whence
from server.visitors import open_lately, open_now

SHUTDOWN_SECONDS = 8.0
ADMITTING_AT_ONCE = 16

log = structlog.get_logger("portico.worker")

Message = dict[str, Any]


class Worker:
    """One process of the web: HTTP to Quart, websockets to the guard, lifespan here."""

    def __init__(self) -> None:
        self.settings: Settings = settings()
        set_up_logs(self.settings)
        wiring.wire()
        self.app = create_app(development=not self.settings.production)
        self.hub = Hub(wiring.clients_of)
        self.guard = Guard(
            self.hub.sio.eio.handle_request, who=self._who, public_open=open_lately,
            host=scope_host, scheme=scope_scheme, address=scope_address,
        )  # fmt: skip
        self.hub.visitors = self.guard.visitors
        follow_visitors(self.hub, open_now)
        self._tasks: list[asyncio.Task[Any]] = []
        self._redis: aioredis.Redis | None = None
        # A thousand pages that come back at once wait here; none of them is told that it is signed out.
        self._admitting = asyncio.Semaphore(ADMITTING_AT_ONCE)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith("/socket.io"):
            await self.guard(scope, receive, send)
        elif scope["type"] == "http":
            await self.app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4404})

    async def _lifespan(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            log.error("worker.start_failed", error=type(error).__name__)
            reason = str(error) if isinstance(error, (Unhealthy, ValueError)) else type(error).__name__
            await send({"type": "lifespan.startup.failed", "message": reason})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Open the database, the way to Redis and the line."""
        if self.settings.database_url is None:
            raise ValueError("DATABASE_URL is not set; `make run` starts a local PostgreSQL and sets it")
        await refuse_unsafe_role(self.settings)
        await open_database(self.settings.database_url, pool=self.settings.database_pool)
        await self._meet_redis()
        bell.listen(self.hub.feed.ring)
        work = [self.hub.feed.poll(), self.hub.beat(), self.hub.sweep(), presence.refresh(self.hub)]
        if presence.ear is not None:
            work.append(presence.ear.listen())
        self._tasks = [asyncio.create_task(one) for one in work]
        metrics.watch(self.hub)
        settle_collector()

    async def stop(self) -> None:
        """Finish what runs, then close."""
        await finish_work(SHUTDOWN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._redis is not None:
            with suppress(Exception):
                await self._redis.aclose()
        await close_database()

    async def _meet_redis(self) -> None:
        if self.settings.redis_url is None:
            return
        self._redis = open_redis(self.settings.redis_url, name="portico-web")
        bell.use(self._redis)
        online.use(self._redis)
        wiring.use_redis(self._redis)
        presence.ear = Ear(self._redis, self.settings.redis_url, self.hub.feed, self.hub.fanout)

    async def _who(self, scope: Any) -> Visitor | None:
        """Practice by host, session by cookie. What the session may hear the hub reads, and cuts it if it is over.

        One short question: when a thousand pages come back at once, each must be let in, not sent away to come again.
        """
        host = scope_host(scope)
        with suppress(Refusal, *AWAY):
            found = await practice_by_host(host) if host else None
            if found is None:
                return None
            token = token_of_header(scope["headers"])
            key = await session_by_token(found.id, token)
            if key is None:
                # the page of a session that is over is sent to sign in, and does not listen on as anybody
                over = token is not None and b"visitor=1" not in scope["query_string"]
                visitor = Visitor(found.id, at=found.subdomain, whence=scope_whence(scope))
                return None if found.moved_to or over else visitor
            # Who comes by an address that was left is told so, and may first say what is still unsaid.
            at = str(host).lower().partition(".")[0] if found.moved_to else found.subdomain
            return Visitor(found.id, key.login_id, key.session_id, at=at, whence=scope_whence(scope))
        return None


app = Worker()
