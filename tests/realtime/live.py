"""A web worker in this process, without a lifespan: its hub can be looked into, held back and broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from models.core import bell
from models.core.change import change, record
from models.core.events import Audience, EventType, Part
from models.core.scope import Scope, run_scope
from models.core.settings import settings
from server.serve import serve_one
from tests.faults.drill import TOLD
from tests.faults.page import Page
from tests.faults.truth import Truth


class House:
    """`hub` is the worker's; `page(cast, name)` opens a page upon it. Bells come as they do in a process of its own."""

    cookie = "portico_session"

    def __init__(self, worker: Any, port: int) -> None:
        self.worker, self.port = worker, port
        self.hub = worker.hub
        self.pages: list[Page] = []
        self.truth = Truth(settings().database_url or "")

    async def page(
        self, cast: Any, name: str, *, session: Any = None, wait: bool = True, cursor: int | None = -1
    ) -> Page:
        """`cursor`: what it says it knows, instead of the head at which it was rendered."""
        page = Page(cast, name, session or await cast.session(name), self.truth, workers=lambda: self)  # type: ignore[arg-type,return-value]
        self.pages.append(page)
        await page.open(wait=False)
        if cursor != -1:
            page.cursor = cursor
        if wait:
            await page.until_live()
        return page

    def line(self, page: Page) -> Any:
        """The hub's side of a page's socket."""
        return next(one for one in self.hub.lines.values() if one.visitor.session_id == page.session_id)


@asynccontextmanager
async def live_house() -> AsyncIterator[House]:
    from server.asgi import Worker

    worker = Worker()
    stop = bell.listen(worker.hub.feed.ring)
    async with serve_one(worker, lifespan="off") as port:
        house = House(worker, port)
        try:
            yield house
        finally:
            await asyncio.gather(*(page.leave() for page in house.pages))
            await house.truth.close()
            stop()


async def tell(cast: Any, *rooms: Audience, words: str = "", rights_of: Any = (), **ids: Any) -> int:
    """One event to these rooms; its seq."""
    return await tell_parts(cast, [Part(rooms, ids, {"words": words})], rights_of=rights_of)


async def tell_parts(cast: Any, parts: list[Part], *, rights_of: Any = (), kind: EventType = TOLD) -> int:
    async def work(scope: Scope) -> Scope:
        async with change(None, "test.tell"):
            await record(None, kind, parts, rights_of=rights_of)
        return scope

    scope = await run_scope(cast.practice_id, work)
    assert scope.seq is not None
    return scope.seq


class Gate:
    """Holds back whoever calls the wrapped function until it is opened; counts who came."""

    def __init__(self, inner: Callable[..., Awaitable[Any]]) -> None:
        self.inner, self.came = inner, 0
        self.opened, self.reached = asyncio.Event(), asyncio.Event()

    async def __call__(self, *args: Any, **options: Any) -> Any:
        self.came += 1
        found = await self.inner(*args, **options)
        self.reached.set()
        await self.opened.wait()
        return found
