"""The house that benches measure: PostgreSQL and Valkey of its own in a new folder, web workers as real processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from redis import asyncio as aioredis

from models.core import bell
from models.core.database import close_database, open_database
from models.core.settings import load_settings
from server.local import running_services
from server.local.memory import recall
from server.local.roles import ADMIN, EXTENSIONS, database_url
from tests.bench.stack.figures import Machine
from tests.faults.ground import ROOT, WebWorker

NOWHERE = "smtp://127.0.0.1:9"  # nothing here sends mail


class House:
    """`environment`: of its workers. `admin`: a superuser's connection, past every policy."""

    def __init__(self, folder: Path, services: Any) -> None:
        self.folder, self.services = folder, services
        self.environment = {
            **services.environment, "SMTP_URL": NOWHERE, "PORTICO_DATA": str(folder), "LOG_LEVEL": "warning",
        }  # fmt: skip
        self.workers: list[WebWorker] = []
        self.admin: asyncpg.Connection = None

    @property
    def database(self) -> str:
        return str(self.environment["DATABASE_URL"])

    async def connect_admin(self, database: str = "portico") -> asyncpg.Connection:
        url = database_url(recall(self.folder), ADMIN)
        return await asyncpg.connect(at(url, database))

    async def new_worker(self, name: str, **environment: str) -> WebWorker:
        worker = WebWorker(self, name)  # type: ignore[arg-type]  # it asks for a folder and an environment
        self.workers.append(worker)
        await worker.start(**environment)
        return worker

    async def new_database(self, name: str) -> dict[str, str]:
        """Another database of the same server, migrated; the environment of a worker upon it."""
        await self.admin.execute(f"CREATE DATABASE {name} OWNER portico_owner")
        inside = await self.connect_admin(name)
        for extension in EXTENSIONS:
            await inside.execute(f"CREATE EXTENSION {extension}")
        await inside.close()
        names = ("DATABASE_URL", "DATABASE_OWNER_URL")
        environment = {one: at(self.environment[one], name) for one in names}
        await migrate({**self.environment, **environment})
        return environment

    async def reopen(self, pool: int) -> None:
        """This process's connections anew, with whatever was set for its role meanwhile."""
        await close_database()
        await open_database(self.database, pool=pool)

    def backends_cpu(self, worker: WebWorker) -> float:
        """Seconds of CPU of the database's processes that serve this worker."""
        postgres = self.services.kept["postgres"].pid
        server_port = int(self.database.rsplit(":", 1)[1].split("/")[0])
        ports = {one.laddr.port for one in psutil.Process(worker.pid).net_connections() if _to(one, server_port)}
        children = psutil.Process(postgres).children()
        return sum(cpu(child.pid) for child in children if _serves(child, ports))


@asynccontextmanager
async def new_house(bench: str, *, pool: int = 10) -> AsyncIterator[House]:
    """Started, migrated, and this process's own database and bell are the house's. Tells at the end how busy others
    kept the machine."""
    with ExitStack() as stack:
        folder = _new_folder(stack)
        given = load_settings({"PORTICO_DATA": str(folder), "SMTP_URL": NOWHERE})
        services = await asyncio.to_thread(stack.enter_context, running_services(given))
        house = House(folder, services)
        await migrate(house.environment)
        house.admin = await house.connect_admin()
        try:
            async with _own_database(house, pool):
                machine = Machine()
                yield house
                machine.tell(bench)
        finally:
            for worker in house.workers:
                worker.kill()
            await house.admin.close()


def _new_folder(stack: ExitStack) -> Path:
    """PostgreSQL may run as another account, which has to pass through."""
    made = tempfile.TemporaryDirectory(prefix="portico-bench-", ignore_cleanup_errors=True)
    folder = Path(stack.enter_context(made))
    folder.chmod(0o755)
    return folder


@asynccontextmanager
async def _own_database(house: House, pool: int) -> AsyncIterator[None]:
    await open_database(house.database, pool=pool)
    redis = aioredis.Redis.from_url(house.environment["REDIS_URL"], socket_timeout=1)
    bell.use(redis)
    try:
        yield
    finally:
        bell.use(None)
        await redis.aclose()
        await close_database()


async def migrate(environment: dict[str, str]) -> None:
    """In a process of its own: the migrator would take this one's database with it."""
    command, given = [sys.executable, "-m", "server.cli", "migrate"], {**os.environ, **environment}
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=given, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def at(url: str, database: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{database}"


def cpu(pid: int) -> float:
    """Seconds of CPU of all threads of a process, from its CPU clock; 0 when it has ended."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _to(connection: Any, port: int) -> bool:
    return bool(connection.raddr) and connection.raddr.port == port


def _serves(process: psutil.Process, ports: set[int]) -> bool:
    """PostgreSQL writes the other end of its connection into its title."""
    try:
        title = " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False
    return any(f"({port})" in title for port in ports)
