"""The processes of a run: tools that end by themselves, and web and worker, which do not."""

from __future__ import annotations

import asyncio
import errno
import shlex
import signal
import socket
import sys
import urllib.request
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from models.core.settings import Settings
from server.local.kept import leashed
from tools.steps import showing

ROOT = Path(__file__).resolve().parent.parent
END_SECONDS = 20.0
LOOK_EVERY = 0.05


class RunFailed(Exception):
    """The run cannot go on; the text says why and what to do."""


async def tool(name: str, command: str, environment: Mapping[str, str]) -> None:
    """Run a command to its end, showing name and time; raises RunFailed with what it said."""
    with showing(name):
        process = await asyncio.create_subprocess_exec(
            *shlex.split(f"env {command}"), cwd=ROOT, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
        said, _ = await process.communicate()
    if process.returncode:
        words = said.decode(errors="replace").strip()
        raise RunFailed(f"{words}\n\n“{name}” failed (`{command}`): mend what stands above and start again.")


async def serve(environment: Mapping[str, str], *, ready: Callable[[], Awaitable[None]]) -> None:
    """Run web and worker until cancelled; raises RunFailed when they end by themselves."""
    crew = await asyncio.create_subprocess_exec(
        *leashed([sys.executable, "-m", "server.processes", "web", "worker"], signal.SIGTERM),
        cwd=ROOT,
        env=environment,
        start_new_session=True,  # Ctrl-C reaches us alone; we stop the crew first and the services after
    )
    telling = asyncio.ensure_future(ready())
    try:
        await crew.wait()
    except asyncio.CancelledError:
        await _end(crew)
        raise
    finally:
        telling.cancel()
    raise RunFailed("Web or worker ended by itself: its reason stands above; mend it and start again.")


async def until_ready(settings: Settings) -> None:
    """Returns when the web workers answer that they are ready."""
    while True:
        if await asyncio.to_thread(_is_ready, settings):
            return
        await asyncio.sleep(LOOK_EVERY)


def refuse_taken_port(settings: Settings) -> None:
    """Raises RunFailed when another program listens where the web workers should."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
            raise RunFailed(f"Port {settings.port} of {settings.host} {why}: stop that, or set PORT.") from None


async def _end(crew: Process) -> None:
    if crew.returncode is None:
        crew.terminate()
    try:
        await asyncio.wait_for(crew.wait(), END_SECONDS)
    except TimeoutError:
        crew.kill()  # what it leaves behind is found by its mark: server.local.strays


def _is_ready(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{host}:{settings.port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
