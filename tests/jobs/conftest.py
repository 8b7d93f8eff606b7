"""Workers of the tests' own: their jobs carry a name that no other test process listens to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from models.core import change
from models.core.settings import settings
from models.files import bringing
from models.notifications import account_mail, mailing, streaks
from server import jobs, worker
from tests.notifications.conftest import Talk, post, use_settings

__all__ = ["post", "use_settings"]

PREFIX = f"test{os.getpid()}:"


@pytest.fixture
def talk(cast: Any) -> Talk:
    return Talk(cast)


@pytest.fixture
def own_queue(monkeypatch: pytest.MonkeyPatch) -> dict[str, jobs.Job]:
    """Jobs of this process only; further ones can be added under names of their own."""

    async def enqueue(job: str, ids: Any, **options: Any) -> None:
        await change.enqueue(PREFIX + job, ids, **options)

    for module in (streaks, mailing, account_mail, bringing):
        monkeypatch.setattr(module, "enqueue", enqueue)
    mine = {PREFIX + name: job for name, job in jobs.JOBS.items()}
    monkeypatch.setattr(jobs, "JOBS", mine)
    monkeypatch.setattr(jobs, "REGULAR", [])
    return mine


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unread message is mailed after a third of a second."""
    monkeypatch.setattr(streaks, "unread_delay", lambda: timedelta(seconds=0.3))


class Crew:
    """Workers side by side, as `portico worker` runs them, each on a connection of its own."""

    def __init__(self) -> None:
        self._running: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    def hire(self, count: int = 1) -> None:
        for _ in range(count):
            stop = asyncio.Event()
            self._running.append((stop, asyncio.create_task(worker._keep_running(stop))))

    async def dismiss(self) -> None:
        running, self._running = self._running, []
        for stop, _ in running:
            stop.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*(task for _, task in running))


@pytest_asyncio.fixture
async def crew(own_queue: Any, wired: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crew]:
    monkeypatch.setattr(worker, "TOLD", {"application_name": PREFIX})
    found = Crew()
    yield found
    await found.dismiss()


@pytest_asyncio.fixture
async def database() -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings().database_url)
    yield connection
    await connection.close()


