"""A connection on which nothing comes back is thrown away, and everything opened before it goes the same way.

A network that falls silent (a pulled cable, a forgotten entry in a firewall) tells neither end. Two nets are under it:
the kernel's, which ends a connection whose other end acknowledges nothing (and leaves alone one whose server is only
slow); and ours, for whatever stands between and acknowledges in the server's place: what needs no table and no lock is
answered at once or never. On such a connection no ROLLBACK is sent, which would wait as long again: the server undoes
what was begun by itself, at latest when idle_in_transaction_session_timeout ends the session.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from models.core.clock import monotonic
from models.core.patience import answered_within

# For what is answered in a millisecond. Not shorter: a busy machine is slow now and then, and reconnecting is work too.
ANSWERS_WITHIN = 4.0

SILENT_MS = 10_000
KEEP_ALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": SILENT_MS}

_expired_at = float("-inf")


@asynccontextmanager
async def lent(pool: asyncpg.Pool, seconds: float) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the pool, for so long at most. Raises TimeoutError when the answers do not come."""
    connection: Any = None
    try:
        async with answered_within(seconds):
            connection = await pool.acquire()
            yield connection
    except TimeoutError:
        await throw_away(pool, connection)
        raise
    finally:
        await give_back(pool, connection)


async def give_back(pool: asyncpg.Pool | None, connection: Any) -> None:
    """Return a connection; one that cannot be used again is ended instead. Never fails: the work on it is over."""
    if pool is not None and connection is not None:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await pool.release(connection, timeout=ANSWERS_WITHIN)


async def throw_away(pool: asyncpg.Pool | None, connection: Any) -> None:
    """End a connection that fell silent without asking it, and have all that are older replaced when next taken."""
    global _expired_at
    if pool is None or connection is None:
        return
    with suppress(asyncpg.InterfaceError):  # the pool has it back already
        connection.terminate()
    # Several find out at the same time; those opened since the first are not meant.
    if monotonic() - _expired_at > ANSWERS_WITHIN:
        _expired_at = monotonic()
        await pool.expire_connections()


def notice_silence(connection: asyncpg.Connection) -> None:
    """Have the kernel end this connection within about ten seconds when its other end is gone."""
    # A private name of asyncpg's, which has no option for it: the connection's asyncio transport.
    wire = connection._transport.get_extra_info("socket")
    if wire is None or wire.family not in (socket.AF_INET, socket.AF_INET6):
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        if hasattr(socket, name):  # not every system has each of them
            wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
