"""A server program that lives exactly as long as we do: started again when it dies, gone when we are."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from server.local.memory import LocalServiceError
from server.local.strays import end

LEASH = Path(__file__).with_name("leash.py")
START_SECONDS = 60.0
STOP_SECONDS = 10.0
STRAY_SECONDS = 3.0
LOOK_EVERY = 0.03
REST_AFTER_QUICK_DEATH = 0.5
OURSELVES = (-1, -1)

log = logging.getLogger("portico.local")


@dataclass(frozen=True)
class Program:
    """What to run. Its working folder belongs to this copy alone: by it a stray process is recognised."""

    name: str
    executable: Path
    arguments: tuple[str, ...]
    folder: Path
    log_file: Path
    stop_signal: signal.Signals
    answers: Callable[[], Awaitable[None]]
    account: tuple[int, int] = OURSELVES
    before: Callable[[], None] = lambda: None  # seen to before each start, also one after a death

    @property
    def command(self) -> list[str]:
        return leashed([str(self.executable), *self.arguments], self.stop_signal, self.account)


def leashed(command: list[str], stop_signal: signal.Signals, account: tuple[int, int] = OURSELVES) -> list[str]:
    """The command as this account, sent `stop_signal` when the thread that starts it ends (on Linux)."""
    uid, gid = account
    return [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(stop_signal)), f"{uid}:{gid}", *command]


class Ended(Exception):
    """The program ended before it answered."""


class Kept:
    """One running Program. Use it in one event loop, whose thread must outlive it (the leash hangs on the thread)."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id of the program, or None while it is down."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def start(self) -> None:
        """Start and wait until it answers; raises Ended or LocalServiceError."""
        self._launch()
        try:
            await self._answered()
        except BaseException:
            await self._end()
            raise
        self._watch = asyncio.create_task(self._keep_alive(), name=f"keep {self.program.name}")

    async def stop(self) -> None:
        """Stop it and whatever it started; calling this twice does nothing more."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._end()

    def _launch(self) -> None:
        self._started_at = time.monotonic()
        self.program.before()
        with self.program.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                self.program.command,
                cwd=self.program.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal must not stop it before the web workers
            )

    async def _answered(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.pid is None:
                raise Ended(self.program.name)
            try:
                return await self.program.answers()
            except OSError:
                await asyncio.sleep(LOOK_EVERY)
        raise LocalServiceError(f"{self.program.name} did not answer within {START_SECONDS:.0f} s: {self._hint()}")

    async def _keep_alive(self) -> None:
        while self._process:
            code = await asyncio.to_thread(self._process.wait)
            log.warning("%s ended (%s) and is started again", self.program.name, code)
            if time.monotonic() - self._started_at < 1:
                await asyncio.sleep(REST_AFTER_QUICK_DEATH)
            await asyncio.to_thread(end_strays, self.program.executable.name, self.program.folder)
            self._launch()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(self.program.stop_signal)
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.wait)
        await asyncio.to_thread(end_strays, self.program.executable.name, self.program.folder)

    def _hint(self) -> str:
        return f"its own words are at the end of {self.program.log_file}."


def end_strays(name: str, folder: Path) -> None:
    """End the programs of this name that work in this folder: left over from a run, or from a parent, that was killed.

    They are asked by SIGINT, which both our servers take as "write what you hold and end"; then killed.
    """
    strays = [process for process in psutil.process_iter(["name"]) if _is_stray(process, name, folder)]
    end(strays, (signal.SIGINT, signal.SIGKILL), STRAY_SECONDS)


def _is_stray(process: psutil.Process, name: str, folder: Path) -> bool:
    try:
        return process.info["name"] == name and Path(process.cwd()) == folder
    except (psutil.Error, OSError):  # ended meanwhile, or another person's
        return False
