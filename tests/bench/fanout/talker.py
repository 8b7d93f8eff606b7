"""Child processes of the fan-out bench: commands as lines in, one JSON line out for each."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
START_SECONDS = 20


class Talker:
    """A child on one core."""

    def __init__(self, command: list[str], core: int) -> None:
        pin = ["taskset", "-c", str(core)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []
        self.process = subprocess.Popen(
            pin + command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def ask(self, line: str) -> dict[str, Any]:
        """Raises RuntimeError when the child has ended."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        if not told:
            raise RuntimeError(f"{self.process.args} ended")
        answer: dict[str, Any] = json.loads(told)
        return answer

    def cpu(self) -> float:
        """Seconds of CPU of all its threads, from its CPU clock."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def pair(command: Callable[[int], list[str]], sockets: int) -> Iterator[tuple[Talker, Talker, int]]:
    """A server with so many sockets joined, their listeners, and the server's port."""
    port = _free_port()
    server = Talker(command(port), core=0)
    load = Talker([sys.executable, "-m", "tests.bench.fanout.load"], core=1)
    try:
        _until_listening(port, server)
        load.ask(f"connect {port} {sockets}")
        yield server, load, port
    finally:
        load.end()
        server.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_listening(port: int, server: Talker) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError(f"{server.process.args} does not listen")
