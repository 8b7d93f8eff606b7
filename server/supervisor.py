"""Keeps a number of worker processes alive on one socket, and leaves none behind."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from typing import Any

PR_SET_PDEATHSIG = 1
RESTART_SECONDS = 1.0

log = logging.getLogger("portico.serve")


def die_with(parent: int) -> None:
    """End this process when its parent does, however that ends (Linux; elsewhere only an orderly end is passed on)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)  # it ended before we had asked to be told


async def supervise(command: list[str], listener: socket.socket, *, count: int, stop_seconds: float) -> int:
    """Run `count` workers until SIGTERM or SIGINT; the exit code. Each gets, as its last argument, a descriptor to
    tell that it is ready. A worker that ends is started again; one that ends before its place ever saw one ready
    stops everything: it would fail the same way each time.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    places = [Place(command, listener, stop, stop_seconds) for _ in range(count)]
    codes = await asyncio.gather(*[place.keep() for place in places])
    return next((code for code in codes if code), 0)


class Place:
    """One worker at a time, until `stop`."""

    def __init__(self, command: list[str], listener: socket.socket, stop: asyncio.Event, stop_seconds: float) -> None:
        self._command, self._listener = command, listener
        self._stop, self._stop_seconds = stop, stop_seconds
        self._ever_ready = False

    async def keep(self) -> int:
        """0 after an orderly stop; the worker's code when none ever came up here, and then everything stops."""
        while not self._stop.is_set():
            code, ready = await self._run_once()
            self._ever_ready = self._ever_ready or ready
            if self._stop.is_set():
                break
            if not self._ever_ready:
                self._stop.set()
                return code or 1
            log.error("serve: worker ended code=%d, starting another", code)
            await _first(self._stop.wait(), asyncio.sleep(0 if ready else RESTART_SECONDS))
        return 0

    async def _run_once(self) -> tuple[int, bool]:
        """Run a worker to its end, which `stop` brings about; its exit code and whether it was ready."""
        ready, telling = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, str(telling), pass_fds=[self._listener.fileno(), telling]
            )
        finally:
            os.close(telling)
        try:
            await _first(process.wait(), self._stop.wait())
            if process.returncode is None:
                await self._end(process)
            os.set_blocking(ready, False)
            return await process.wait(), _was_told(ready)
        finally:
            os.close(ready)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._listener.close()  # else newcomers would wait in a queue that nobody serves any more
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._stop_seconds):
                await process.wait()
        except TimeoutError:
            log.error("serve: worker did not end in %d s, killed", self._stop_seconds)
            process.kill()


def _was_told(ready: int) -> bool:
    try:
        return os.read(ready, 1) != b""
    except BlockingIOError:
        return False  # something that the worker started still holds the other end, and nothing was told


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Return when the first of these has ended; the others are ended."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
