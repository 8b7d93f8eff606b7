"""The house as browsers meet it: one web worker and one job worker as real processes, on a port of their own.

The web worker reaches PostgreSQL through `postgres`, a proxy that a test can close.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from server.local.kept import leashed
from server.local.memory import free_port
from tests.support.outage import proxy_before, through

ROOT = Path(__file__).parents[2]


class House:
    """`port` is where it listens; a practice is at `url(subdomain)`. `mail_after`: the delay of the unread mail."""

    def __init__(self, folder: Path, *, mail_after: float) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **os.environ, "PORT": str(self.port), "WEB_CONCURRENCY": "1", "UNREAD_EMAIL_DELAY": str(mail_after),
            "UNDO_SECONDS": "60",  # a busy machine loads no page in ten
            "PUBLIC_URL": f"http://localhost:{self.port}",
        }
        self.postgres = proxy_before(os.environ["DATABASE_URL"])
        self._processes: list[subprocess.Popen[bytes]] = []

    def url(self, subdomain: str) -> str:
        return f"http://{subdomain}.localhost:{self.port}"

    @property
    def cookie(self) -> str:
        return f"portico_session_{self.port}"

    async def start(self) -> None:
        await self.postgres.start()
        database = through(os.environ["DATABASE_URL"], self.postgres)
        self._start("web", "server.serve", "server.asgi:app", DATABASE_URL=database)
        self._start("worker", "server.cli", "worker")
        until = time.monotonic() + 120
        while not await asyncio.to_thread(self._answers):
            assert time.monotonic() < until and self._alive(), f"the house did not start: {self.words()}"
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def nobody_works(self) -> AsyncIterator[None]:
        """While this lasts no job runs: what is due a moment later is not mailed, however long that moment becomes."""
        worker = self._processes.pop()
        worker.terminate()
        await asyncio.to_thread(worker.wait, 25)
        try:
            yield
        finally:
            self._start("worker", "server.cli", "worker")

    async def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        try:
            for process in self._processes:
                await asyncio.to_thread(process.wait, 60)
        finally:
            for process in self._processes:
                process.kill()  # nothing to one that has ended
            await self.postgres.stop()

    def words(self) -> str:
        """The end of what its processes logged."""
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in sorted(self.folder.glob("*.log")))

    def _start(self, name: str, *module: str, **environment: str) -> None:
        # with the test process these end, whatever ends it
        command = leashed([sys.executable, "-m", *module], signal.SIGKILL)
        with (self.folder / f"{name}.log").open("ab") as output:
            self._processes.append(
                subprocess.Popen(
                    command, cwd=ROOT, env={**self.environment, **environment}, stdout=output, stderr=output
                )
            )

    def _alive(self) -> bool:
        return all(process.poll() is None for process in self._processes)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
