"""What `make run` does after the set-up: services, tables, the demo world, web and worker, and where to look.

`python -m server.run seed [world]` only seeds: beside a running copy, or by itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from models.core.settings import Settings, SettingsError, load_settings
from server.crew import RunFailed, refuse_taken_port, serve, tool, until_ready
from server.local import AlreadyRunning, LocalServiceError, LocalServices, remembered_environment, start_services
from server.local.leash import die_with_parent
from server.local.strays import COPY, end_copy
from server.processes import command_of
from server.welcome import welcome
from tools.steps import showing


def main(arguments: list[str]) -> int:
    logging.basicConfig(format="  %(message)s")
    if "MAKELEVEL" in os.environ:  # when make itself is killed, nobody is left to press Ctrl-C
        die_with_parent(signal.SIGTERM)
    try:
        settings = load_settings(os.environ)
        work = seed(settings, *arguments[1:2]) if arguments[:1] == ["seed"] else run(settings)
        return asyncio.run(_until_told_to_stop(work))
    except (SettingsError, LocalServiceError, RunFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # nobody reads any more; all is stopped by now
        return 1


async def run(settings: Settings) -> None:
    """Everything, until it is cancelled or a process ends (RunFailed). Leaves no process behind."""
    began = time.monotonic()
    with showing("PostgreSQL, Valkey, mail catcher"):
        services = await start_services(settings)
    data = str(settings.portico_data.resolve())
    try:
        await asyncio.to_thread(end_copy, data)  # of a run that was killed
        refuse_taken_port(settings)
        await _prepare(settings, _environment(settings, services))
        await serve(_environment(settings, services), ready=lambda: _tell(settings, began))
    finally:
        await asyncio.to_thread(end_copy, data)
        await services.stop()


async def seed(settings: Settings, world: str = "demo") -> None:
    """Bring the tables up to date and make this world; then stop what was started for it."""
    try:
        services = await start_services(settings)
    except AlreadyRunning:
        services = LocalServices(environment=remembered_environment(settings))
    try:
        environment = _environment(settings, services)
        await tool("Tables", command_of("release"), environment)
        await tool(f"The {world} world", f"portico seed --world {shlex.quote(world)}", environment)
    finally:
        await services.stop()


async def _prepare(settings: Settings, environment: dict[str, str]) -> None:
    await tool("Tables", command_of("release"), environment)
    if not settings.production:
        await tool("The demo world", "portico seed --world demo", environment)


async def _tell(settings: Settings, began: float) -> None:
    await until_ready(settings)
    print(welcome(settings, seconds=time.monotonic() - began), flush=True)


def _environment(settings: Settings, services: LocalServices) -> dict[str, str]:
    data = str(settings.portico_data.resolve())
    return {**os.environ, **services.environment, "PORTICO_DATA": data, "PATH": _path(), COPY: data}


def _path() -> str:
    """Where `portico` is found: beside this Python, also when its environment is not active."""
    given, ours = os.environ.get("PATH", "").split(os.pathsep), str(Path(sys.executable).parent)
    return os.pathsep.join(given if ours in given else [ours, *given])


async def _until_told_to_stop(work: Coroutine[Any, Any, None]) -> int:
    """Do the work. Ctrl-C, SIGTERM or a closed terminal cancels it; asked again meanwhile, it still cleans up."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, _cancel_once, task)
    try:
        await task
    except asyncio.CancelledError:
        print("Stopped.", flush=True)
    return 0


def _cancel_once(task: asyncio.Future[None]) -> None:
    if isinstance(task, asyncio.Task) and not task.cancelling():
        task.cancel()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
