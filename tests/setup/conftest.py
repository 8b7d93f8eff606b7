"""One set of local services for all of these tests, and the words they share."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from models.core.settings import Settings, load_settings
from server.local import LocalServices, running_services

T = TypeVar("T")


@dataclass(frozen=True)
class Copy:
    """One installation: its settings and what runs for it."""

    settings: Settings
    services: LocalServices

    def url(self, name: str) -> str:
        return self.services.environment[name]


def settings_for(data: Path, **given: str) -> Settings:
    """Settings as from an environment that holds nothing else."""
    return load_settings({"PORTICO_DATA": str(data), **given})


@pytest.fixture(scope="session", autouse=True)
def house() -> None:
    """These tests look at the set-up from outside: no application is wired into their process."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder beside pytest's: every other pytest that starts closes that one to the account of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="portico-setup-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def harbor() -> Iterator[Copy]:
    """A copy whose services run; a test may kill them, they come back."""
    with own_folder() as folder, running_services(settings_for(folder)) as services:
        yield Copy(settings_for(folder), services)


async def eventually(look: Callable[[], Awaitable[T]], within: float = 60.0) -> T:
    """What `look` returns once it no longer raises; after so many seconds, what it raises."""
    until = time.monotonic() + within
    while True:
        try:
            return await look()
        except Exception:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.02)


def processes_in(data: Path) -> list[psutil.Process]:
    """The living processes that work inside this folder or are run from it."""
    return [process for process in psutil.process_iter() if _belongs(process, data)]


def _belongs(process: psutil.Process, data: Path) -> bool:
    try:
        places = [process.cwd(), process.environ().get("PORTICO_DATA", "")]
        alive = process.status() != psutil.STATUS_ZOMBIE and process.pid != psutil.Process().pid
    except (psutil.Error, OSError):
        return False
    return alive and any(Path(place).is_relative_to(data) for place in places if place)
