"""Real services for all tests, started once; a practice of its own, with the whole cast, for each test.

Where DATABASE_URL and REDIS_URL are given, those are used. Tests never clean up: every practice is new.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest
import pytest_asyncio
import time_machine
from redis import asyncio as aioredis

from models.core import bell, database, limits, transaction
from models.core import presence as online
from models.core import scope as scopes
from models.core.clock import now
from models.core.database import close_database, open_database
from models.core.settings import load_settings, settings

# A busy machine is slower, not wrong: what takes too long is a matter for the benches.
# The same cases at every run: what chance finds one day is no fault of that day's change. `search` has others.
hypothesis.settings.register_profile("portico", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile("portico")


def pytest_configure(config: pytest.Config) -> None:
    """In the process that starts the others: services, newest tables. The others inherit the addresses."""
    # What is compiled is kept: tests start a hundred processes, and each would compile two thousand modules for itself.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if os.environ.get("TESTS_PREPARED"):
        return
    stack = ExitStack()
    config.stash[STACK] = stack
    data = stack.enter_context(tempfile.TemporaryDirectory(prefix="portico-tests-", ignore_cleanup_errors=True))
    Path(data).chmod(0o755)
    os.environ["PORTICO_DATA"] = os.environ.get("PORTICO_DATA", data)
    from server.local import running_services

    services = stack.enter_context(running_services(load_settings(os.environ)))
    os.environ.update(services.environment)
    if "DATABASE_URL" in services.environment and os.environ["PORTICO_DATA"] == data:
        asyncio.run(_waits_for_no_disk(Path(data)))
    os.environ["TESTS_PREPARED"] = "yes"
    settings.cache_clear()
    from models.core.migrating import bring_up

    asyncio.run(bring_up(settings()))


async def _waits_for_no_disk(data: Path) -> None:
    """The tests' own PostgreSQL goes with its folder: a commit need not outlive the machine. It outlives a kill."""
    from server.local.memory import recall
    from server.local.roles import ADMIN, database_url

    admin = await asyncpg.connect(database_url(recall(data), ADMIN))
    try:
        for name in ("fsync", "full_page_writes"):
            await admin.execute(f"ALTER SYSTEM SET {name} = off")
        await admin.execute("SELECT pg_reload_conf()")
    finally:
        await admin.close()


def pytest_unconfigure(config: pytest.Config) -> None:
    stack = config.stash.get(STACK, None)
    if stack is not None:
        stack.close()


STACK: pytest.StashKey[ExitStack] = pytest.StashKey()


# What a worker that stood still for a moment does without is awaited here, since no test is about that: a bell, who is
# online, a count in Redis, the database's answer. And PostgreSQL does not undo what was begun by a test that was held
# up in the middle of it.
PATIENCE, HELD_UP = 30, "60s"
OPEN = scopes.OPEN  # as a worker says it


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def house(wired: None) -> AsyncIterator[None]:
    """The database and Redis of this test process."""
    bell.PATIENCE = online.PATIENCE = limits.PATIENCE = PATIENCE
    database.ANSWERS_WITHIN = database.READING_WITHIN = database.OUTSIDE_WITHIN = PATIENCE
    transaction.ANSWERS_WITHIN = PATIENCE
    scopes.OPEN = OPEN.replace("'5s'", f"'{HELD_UP}'")
    await open_database(settings().database_url or "", pool=10)
    redis = aioredis.Redis.from_url(settings().redis_url or "", socket_timeout=PATIENCE)
    bell.use(redis)
    online.use(redis)
    yield
    await close_database()
    await redis.aclose()


@pytest.fixture(autouse=True)
def all_tries_left() -> None:
    """Whoever tried before from the same address was another test."""
    limits.forget_all()


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """`later(minutes=31)`: the clock stands there for the rest of the test. Durations go on being measured."""
    travels: list[Any] = []

    def travel(**ahead: float) -> None:
        travels.append(time_machine.travel(now() + timedelta(**ahead), tick=True))
        travels[-1].start()

    yield travel
    for one in reversed(travels):
        one.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def cast() -> Any:
    """A new practice with everybody in it: owner, practitioner, supervisor, frontdesk, biller, client, teen, child,
    parent (of teen and child), coparent (of teen)."""
    from tests.support.cast import new_cast

    return await new_cast()


@pytest_asyncio.fixture(loop_scope="session")
async def neighbours() -> Any:
    """Another practice, to whom nothing may cross over."""
    from tests.support.cast import new_cast

    return await new_cast()


@pytest_asyncio.fixture(loop_scope="session")
async def outage() -> AsyncIterator[Any]:
    """`async with outage():` PostgreSQL cannot be reached by this process."""
    from tests.support.outage import behind_a_proxy

    async with behind_a_proxy(settings().database_url or "") as found:
        yield found


@pytest.fixture(scope="session")
def wired() -> None:
    """Every area joined, as in a worker: doors, asks, registries, listeners."""
    from server import wiring

    wiring.wire()


@pytest_asyncio.fixture(loop_scope="session")
async def browse(wired: None) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Browsers against the real application in this process: `await browse(cast, "client")` is signed in."""
    from tests.support.browsing import Browsers

    browsers = Browsers()
    yield browsers.open
    await browsers.close()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of every statement with arguments that reaches PostgreSQL from here on."""
    seen: list[str] = []
    execute_one = asyncpg.Connection._execute

    async def noted(self: Any, query: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(query)
        return await execute_one(self, query, *args, **kwargs)

    monkeypatch.setattr(asyncpg.Connection, "_execute", noted)
    return seen
