"""One ground for all fault tests, whole again before each; practices and pages made as the tests ask for them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count, cycle
from typing import Any

import pytest
import pytest_asyncio
from redis import asyncio as aioredis

from models.core import bell
from models.core.database import close_database, open_database
from models.core.settings import settings
from tests.faults.ground import Ground, WebWorker, new_ground
from tests.faults.page import Page
from tests.faults.truth import Truth

SEEDS = [int(seed) for seed in os.environ.get("FAULT_SEEDS", "7").split()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", SEEDS)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def standing_ground() -> AsyncIterator[Ground]:
    """Started once. Meanwhile this process's own database is the ground's, reached past the proxies."""
    async with new_ground() as ground:
        await close_database()
        await open_database(ground.direct, pool=10)
        redis = aioredis.Redis.from_url(ground.direct_redis, socket_timeout=1, socket_connect_timeout=1)
        bell.use(redis)
        yield ground
        await redis.aclose()
        await close_database()
        await open_database(settings().database_url or "", pool=10)
        bell.use(None)


@pytest_asyncio.fixture(loop_scope="session")
async def ground(standing_ground: Ground, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    await standing_ground.whole()
    for worker in standing_ground.workers:
        worker.begin_words()
    yield standing_ground
    for worker in standing_ground.workers:
        request.node.add_report_section("call", f"worker {worker.name}", worker.words())


@pytest_asyncio.fixture(loop_scope="session")
async def cast(ground: Ground) -> Any:
    from tests.support.cast import new_cast

    return await new_cast()


@pytest_asyncio.fixture(loop_scope="session")
async def neighbours(ground: Ground) -> Any:
    from tests.support.cast import new_cast

    return await new_cast()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(ground: Ground) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """`await open_page(cast, "client", on=ground.b)`; without `on`, each connection goes to the other worker."""
    pages: list[Page] = []
    truth, seeds = Truth(ground.direct), count(1)

    async def open_one(
        cast: Any, name: str, *, on: WebWorker | None = None, session: Any = None, wait: bool = True
    ) -> Page:
        turn = cycle(ground.workers if len(pages) % 2 else reversed(ground.workers))
        workers = (lambda: on) if on is not None else (lambda: next(turn))
        page = Page(cast, name, session or await cast.session(name), truth, workers=workers, seed=next(seeds))
        pages.append(page)
        return await page.open(wait=wait)

    yield open_one
    await asyncio.gather(*(page.leave() for page in pages))
    await truth.close()
