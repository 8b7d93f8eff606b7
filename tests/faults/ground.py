"""The ground on which things break: PostgreSQL and Valkey of our own behind proxies, web workers as real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from models.core.settings import load_settings
from server.local import running_services
from server.local.kept import leashed
from server.local.memory import free_port
from tests.faults.proxy import Proxy

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


# Longer than this no look takes that is not held up.
HELD_UP = 0.25


class Waited:
    """Seconds of waiting. A moment in which the whole machine stood still, so that nobody could have done anything,
    counts for a quarter of a second and not for the five that a clock may say."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._seen = time.monotonic()

    def for_less_than(self, within: float, what: str) -> None:
        """To be called at each look; fails with `what` when that was enough."""
        now = time.monotonic()
        self.seconds += min(now - self._seen, HELD_UP)
        self._seen = now
        assert self.seconds < within, f"{what}: not within {within} s"


async def eventually_so(true: Callable[[], Awaitable[bool]], *, within: float = 20.0, what: str = "it") -> None:
    """The same for what has to be asked for. How long a question takes counts as well, as it is the answer's."""
    began = time.monotonic()
    while not await true():
        assert time.monotonic() - began < within, f"{what}: not within {within} s"
        await asyncio.sleep(0.005)


async def eventually(true: Callable[[], Any], *, within: float = 20.0, what: str = "what was waited for") -> float:
    """Wait until it holds; returns after how many seconds. Fails with `what` when it does not come."""
    waited = Waited()
    while not true():
        waited.for_less_than(within, what)
        await asyncio.sleep(0.005)
    return waited.seconds


async def in_time(work: Awaitable[T], within: float, what: str = "an answer") -> T:
    """What it came to, which must not take longer."""
    working = asyncio.ensure_future(work)
    try:
        await eventually(working.done, within=within, what=what)
    finally:
        working.cancel()
    return await working


class WebWorker:
    """`portico serve` with one worker, on a port of its own."""

    def __init__(self, ground: Ground, name: str, app: str = "server.asgi:app") -> None:
        self.ground, self.name, self.app = ground, name, app
        self.port = free_port()
        self.log = ground.folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._said = 0

    async def start(self, **environment: str) -> None:
        await self.launch(**environment)
        await self.ready()

    async def launch(self, **environment: str) -> None:
        given = {**os.environ, **self.ground.environment, "PORT": str(self.port), "WEB_CONCURRENCY": "1", **environment}
        # With the thread that starts it the worker ends, whatever ends the thread.
        command = leashed([sys.executable, "-m", "server.serve", self.app], signal.SIGKILL)
        self._process = self._spawn(command, given)

    def _spawn(self, command: list[str], given: dict[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(command, cwd=ROOT, env=given, stdout=output, stderr=output)

    async def ready(self) -> None:
        """Returns once it takes requests."""
        until = time.monotonic() + 90
        while await self.get("/healthz") != 200:
            assert self.alive and time.monotonic() < until, f"{self.name} did not start: {self.words()}"
            await asyncio.sleep(0.03)

    @property
    def cookie(self) -> str:
        return f"portico_session_{self.port}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9: no goodbye to sockets, no bell."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def stop(self) -> None:
        if self._process is not None and self.alive:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 60)

    async def get(self, path: str, host: str = "x.localhost") -> int:
        """The status that a GET is answered with; 0 when nobody listens."""
        ask = f"GET {path} HTTP/1.1\r\nHost: {host}:{self.port}\r\nConnection: close\r\n\r\n"
        try:
            line = await said_first(self.port, ask.encode(), within=30)
            return int(line.split()[1]) if line else 0
        except (OSError, IndexError):
            return 0

    def begin_words(self) -> None:
        self._said = self.log.stat().st_size if self.log.exists() else 0

    def words(self) -> str:
        """What it logged since `begin_words`, or the end of that."""
        return self.log.read_bytes()[self._said :].decode(errors="replace")[-4000:] if self.log.exists() else ""

    def memory(self) -> int:
        """Resident bytes."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


class Ground:
    """Two workers, `a` and `b`, before PostgreSQL and Valkey, each behind its proxy. `environment`: of the workers."""

    def __init__(self, folder: Path, services: Any) -> None:
        self.folder = folder
        self.services = services
        self.direct: str = services.environment["DATABASE_URL"]
        self.owner: str = services.environment["DATABASE_OWNER_URL"]
        self.direct_redis: str = services.environment["REDIS_URL"]
        self.postgres = Proxy(_port(self.direct))
        self.redis = Proxy(_port(self.direct_redis))
        self.environment: dict[str, str] = {}
        self.a = WebWorker(self, "a")
        self.b = WebWorker(self, "b")

    async def start(self) -> None:
        await asyncio.gather(self.postgres.start(), self.redis.start())
        self.environment = {
            "DATABASE_URL": self.direct.replace(f":{self.postgres.target}/", f":{self.postgres.port}/"),
            "DATABASE_OWNER_URL": self.owner,
            "REDIS_URL": self.direct_redis.replace(f":{self.redis.target}/", f":{self.redis.port}/"),
            "SMTP_URL": "smtp://127.0.0.1:9",
            "PORTICO_DATA": str(self.folder),
            "LOG_LEVEL": "info",
        }
        await asyncio.gather(self.a.start(), self.b.start())

    async def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
        await asyncio.gather(self.postgres.stop(), self.redis.stop())

    @property
    def workers(self) -> list[WebWorker]:
        return [self.a, self.b]

    async def whole(self) -> None:
        """As it was at the beginning: everything up, nothing in the way."""
        self.postgres.heal()
        self.redis.heal()
        await asyncio.gather(*(worker.start() for worker in self.workers if not worker.alive))
        await self.redis_is_up()

    def kill_redis(self) -> None:
        """kill -9; whoever keeps it starts it again at once, on the same port, with nothing in it."""
        os.kill(self.services.kept["valkey"].pid, signal.SIGKILL)

    @contextmanager
    def redis_paused(self) -> Iterator[None]:
        """It is there, takes connections and what is sent on them, and says nothing."""
        pid = self.services.kept["valkey"].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    async def redis_is_up(self) -> None:
        await _answers(_port(self.direct_redis), b"PING\r\n")

    async def restart_postgres(self) -> None:
        """An administrator's restart: sessions are ended, what was committed stays."""
        pid = self.services.kept["postgres"].pid
        os.kill(pid, signal.SIGINT)
        await eventually(lambda: self.services.kept["postgres"].pid not in (None, pid), within=60, what="a restart")
        await self.postgres_is_up()

    async def postgres_is_up(self) -> None:
        async def answers() -> bool:
            try:
                await (await asyncpg.connect(self.direct, timeout=10)).close()
            except (OSError, asyncpg.PostgresError):
                return False
            return True

        await eventually_so(answers, within=60, what="PostgreSQL")


@asynccontextmanager
async def new_ground() -> AsyncIterator[Ground]:
    with ExitStack() as stack:
        folder = _folder(stack)
        given = load_settings({"PORTICO_DATA": str(folder), "SMTP_URL": "smtp://127.0.0.1:9"})
        services = await asyncio.to_thread(stack.enter_context, running_services(given))
        await _migrate(services.environment)
        ground = Ground(folder, services)
        try:
            await ground.start()
            yield ground
        finally:
            await ground.stop()


def _folder(stack: ExitStack) -> Path:
    made = tempfile.TemporaryDirectory(prefix="portico-faults-", ignore_cleanup_errors=True)
    folder = Path(stack.enter_context(made))
    folder.chmod(0o755)  # PostgreSQL may run as another account
    return folder


async def _migrate(environment: dict[str, str]) -> None:
    """In a process of its own: the migrator would take this one's database with it."""
    command = [sys.executable, "-m", "server.cli", "migrate"]
    given = {**os.environ, **environment}
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=given, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])


async def _answers(port: int, hello: bytes) -> None:
    async def so() -> bool:
        try:
            return bool(await said_first(port, hello, within=2))
        except OSError:
            return False

    await eventually_so(so, within=60, what="Valkey")


async def said_first(port: int, ask: bytes, *, within: float) -> bytes:
    """The first line of the answer; empty when the line ended without one. Raises OSError, of which TimeoutError is
    one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(ask)
        async with asyncio.timeout(within):
            return await reader.readline()
    finally:
        writer.close()
