"""PostgreSQL, Valkey and a mail catcher for a machine that has none: whatever no address was given for.

Everything lives in PORTICO_DATA; several copies with different folders run side by side.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from models.core.settings import Settings
from server.local.kept import Ended, Kept, Program
from server.local.mailbox import list_mail, mail_folder, read_mail
from server.local.memory import LocalServiceError, Memory, keep, recall
from server.local.postgres import postgres
from server.local.roles import database_url
from server.local.valkey import valkey

__all__ = [
    "AlreadyRunning",
    "LocalServiceError",
    "LocalServices",
    "list_mail",
    "read_mail",
    "remembered_environment",
    "running_services",
    "start_services",
]


class AlreadyRunning(LocalServiceError):
    """Another run holds this data folder."""


class Service(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


@dataclass
class LocalServices:
    """What was started. `environment` holds the addresses to add to the environment of other processes."""

    environment: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    _running: list[Service] = field(default_factory=list)
    _lock: IO[str] | None = None

    async def stop(self) -> None:
        """Stop everything that was started here; leaves no process behind."""
        while self._running:
            await self._running.pop().stop()
        if self._lock:
            self._lock.close()


async def start_services(settings: Settings) -> LocalServices:
    """Start what `settings` gives no address for and wait until it answers; raises LocalServiceError.

    Each is watched by the running event loop and started again on the same port when it dies, until stop().
    """
    data = settings.portico_data.resolve()
    services = LocalServices()
    try:
        (data / "logs").mkdir(parents=True, exist_ok=True)
        services._lock = _only_one(data)
        await _start_missing(services, settings, data)
    except OSError as error:
        await services.stop()
        raise LocalServiceError(
            f"The data folder {data} cannot be written ({error.strerror}): {_remedy(error)} "
            "or set PORTICO_DATA to another."
        ) from None
    except BaseException:
        await services.stop()
        raise
    return services


def _remedy(error: OSError) -> str:
    refused = error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
    return "let this account write there" if refused else "free space"


def remembered_environment(settings: Settings) -> dict[str, str]:
    """The addresses of this copy's local services, as they were last started; only those `settings` does not give."""
    memory, found = recall(settings.portico_data), {}
    if not settings.database_url and "postgres" in memory.ports:
        found["DATABASE_URL"] = database_url(memory, "portico_app")
        found["DATABASE_OWNER_URL"] = database_url(memory, "portico_owner")
    if not settings.redis_url and "valkey" in memory.ports:
        found["REDIS_URL"] = f"redis://127.0.0.1:{memory.ports['valkey']}/0"
    if not settings.smtp_url and "mail" in memory.ports:
        found["SMTP_URL"] = f"smtp://127.0.0.1:{memory.ports['mail']}"
    return found


@contextmanager
def running_services(settings: Settings) -> Iterator[LocalServices]:
    """The same for code without an event loop of its own: they run in a thread until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="local services", daemon=True)
    thread.start()
    try:
        services = asyncio.run_coroutine_threadsafe(start_services(settings), loop).result()
        try:
            yield services
        finally:
            asyncio.run_coroutine_threadsafe(services.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start_missing(services: LocalServices, settings: Settings, data: Path) -> None:
    memory = recall(data)
    if not settings.database_url:
        await _start_program(services, "postgres", data, memory)
    if not settings.redis_url:
        await _start_program(services, "valkey", data, memory)
    if not settings.smtp_url:
        await _start_catcher(services, mail_folder(settings).resolve(), memory)
    keep(memory, data)
    services.environment |= remembered_environment(settings)


async def _start_program(services: LocalServices, name: str, data: Path, memory: Memory) -> None:
    """Three tries: between choosing a free port and listening on it another program may take it."""
    for _ in range(3):
        program = await asyncio.to_thread(_program, name, data, memory)
        keep(memory, data)
        kept = Kept(program)
        try:
            await kept.start()
            services._running.append(kept)
            services.kept[name] = kept
            return
        except Ended:
            memory.ports.pop(name, None)
    raise LocalServiceError(f"{program.name} ends as soon as it is started: see the end of {program.log_file}.")


def _program(name: str, data: Path, memory: Memory) -> Program:
    return postgres(data, memory) if name == "postgres" else valkey(data, memory)


async def _start_catcher(services: LocalServices, folder: Path, memory: Memory) -> None:
    from server.local.catcher import Catcher  # aiosmtpd takes a while to import; web workers only read mails

    catcher = Catcher(folder, memory)
    await catcher.start()
    services._running.append(catcher)


def _only_one(data: Path) -> IO[str]:
    """Hold the data folder; the lock ends with the process that holds it, however that ends."""
    lock = (data / "local.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyRunning(
            f"Another run already uses {data}: stop it, or set PORT and PORTICO_DATA to others."
        ) from None
    return lock
