"""The way to PostgreSQL: one pool a process, opened once; raw statements for what the ORM cannot say.

Inside a scope every statement goes through the scope's own connection; outside one nothing of a practice is visible.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import asyncpg
import orjson
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError, IntegrityError

from models.core.lending import ANSWERS_WITHIN, lent, notice_silence

Row = Mapping[str, Any]

# Connections that no scope takes: however many doors are at work, the feed reads what they committed.
KEPT_FOR_READING = 2

# Seconds for all that is read in one go without a scope, whose own limits PostgreSQL keeps (statement_timeout).
READING_WITHIN = 6.0
OUTSIDE_WITHIN = 12.0

TABLES = {
    "accounts": "models.accounts.tables",
    "clients": "models.clients.tables",
    "files": "models.files.tables",
    "appointments": "models.appointments.tables",
    "documents": "models.documents.tables",
    "messaging": "models.messaging.tables",
    "notifications": "models.notifications.tables",
}

# What the database answers when a transaction lost a race; run again, it wins or gets its refusal. A time that somebody
# else took is one: the second run finds it taken.
RETRIED = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.ExclusionViolationError,
)
# Two who never met at a lock: one wrote what can be there once, or took away what the other writes about. Run again, a
# verb finds what the other did and says so in words; where nobody did anything it is a fault of ours.
MET = (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError, IntegrityError)
# The database cannot be reached, or ended the connection: it stops, crashed, starts again, or is full.
AWAY = (
    DBConnectionError,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # used in the moment between the server's farewell and the end of the connection
)
# The disk or the memory of the database is full: it goes on reading, and takes writes when somebody made room.
FULL = (asyncpg.InsufficientResourcesError,)


def tortoise_config(url: str, *, pool: int) -> dict[str, Any]:
    """The ORM's configuration for a PostgreSQL address; `pool` connections at most."""
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": _credentials(url, pool)}},
        "apps": {
            "models": {
                "models": list(TABLES.values()),
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(url: str, *, pool: int) -> None:
    """Open the pool for this process; raises when the database cannot be reached.

    The fallback is global: request tasks are not children of this one.
    """
    global _turns
    _turns = asyncio.Semaphore(max(1, pool - KEPT_FOR_READING))
    await Tortoise.init(config=tortoise_config(url, pool=pool), _enable_global_fallback=True)
    await cast(AsyncpgDBClient, get_connection("default")).create_connection(with_db=True)


_turns: asyncio.Semaphore | None = None


def turn() -> asyncio.Semaphore:
    """One scope's turn at a connection, first come, first served: the pool itself lets newcomers overtake."""
    if _turns is None:
        raise DBConnectionError("The database is not open.")
    return _turns


async def close_database() -> None:
    await Tortoise.close_connections()


async def fetch_all(sql: str, *args: object) -> list[Row]:
    """Rows of a statement, also of one that changes and RETURNs. Arguments are $1, $2, …"""
    async with _connection() as connection:
        return cast(list[Row], await connection.fetch(sql, *args))


async def fetch_one(sql: str, *args: object) -> Row | None:
    """The first row, or None."""
    async with _connection() as connection:
        return cast(Row | None, await connection.fetchrow(sql, *args))


async def execute(sql: str, *args: object) -> int:
    """Run a statement; returns how many rows it touched."""
    async with _connection() as connection:
        status = await connection.execute(sql, *args)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


@asynccontextmanager
async def _connection() -> AsyncIterator[asyncpg.Connection]:
    _check_open()
    client = cast(AsyncpgDBClient, get_connection("default"))
    own = isinstance(client, TransactionWrapper)
    async with client.acquire_connection() if own else lent(pool(), OUTSIDE_WITHIN) as connection:
        yield cast(asyncpg.Connection, connection)


def raw_connection() -> asyncpg.Connection:
    """The scope's own asyncpg connection, for what must commit with it (jobs)."""
    _check_open()
    return cast(Any, get_connection("default"))._connection


def pool() -> asyncpg.Pool:
    """The process's pool, for readers that follow many practices (the feed, the sweep); also from inside a scope."""
    client = cast(AsyncpgDBClient, get_connection("default"))
    while isinstance(client, TransactionWrapper):
        client = client._parent
    if client._pool is None:
        raise DBConnectionError("The database is not open.")
    return client._pool


@asynccontextmanager
async def reading(practice_id: object) -> AsyncIterator[asyncpg.Connection]:
    """A short read-only look into one practice on a connection of its own; nothing it does is kept."""
    # One message, not two: screens wait for this. A UUID's spelling holds nothing that could end the quotes.
    here = f"SELECT set_config('portico.practice', '{UUID(str(practice_id))}', true)"
    async with lent(pool(), READING_WITHIN) as connection:
        await connection.execute(f"BEGIN READ ONLY; {here}")
        yield connection
        await connection.execute("COMMIT")  # after a failure the pool rolls back


async def fetch_apart(sql: str, *args: object) -> list[Row]:
    """Rows of a question that is answered in no time, on a connection of its own, whatever is open."""
    async with lent(pool(), ANSWERS_WITHIN) as connection:
        return cast(list[Row], await connection.fetch(sql, *args))


def json_text(value: object) -> str:
    """JSON for a jsonb argument."""
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()


def placeholders(values: Sequence[object], start: int = 1) -> str:
    """`$1, $2, …` for that many values."""
    return ", ".join(f"${start + place}" for place in range(len(values)))


def _check_open() -> None:
    from models.core.scope import current_scope

    scope = current_scope(required=False)
    if scope is not None and scope.flushed:
        raise RuntimeError("a statement after the events were written: query before the scope ends")


def _credentials(url: str, size: int) -> dict[str, Any]:
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    host = given.pop("host", None) or parts.hostname or "127.0.0.1"
    return {
        "host": host,
        "port": parts.port or 5432,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "minsize": 1,
        "maxsize": size,
        "timeout": 5,
        "command_timeout": 20,
        "max_inactive_connection_lifetime": 300,
        "init": _prepare,
        "reset": _nothing_to_reset,
        **given,
    }


async def _prepare(connection: asyncpg.Connection) -> None:
    """JSON columns come and go as Python values, for raw statements as for the ORM; a dead line is noticed."""
    notice_silence(connection)
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode, decoder=orjson.loads)


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Whatever is set is set for one transaction, so there is nothing to put back: a round trip less for each scope.

    An open transaction is rolled back by asyncpg before this is called.
    """


def _encode(value: object) -> str:
    return value if isinstance(value, str) else json_text(value)


__all__ = [
    "AWAY",
    "FULL",
    "MET",
    "RETRIED",
    "TABLES",
    "Row",
    "close_database",
    "execute",
    "fetch_all",
    "fetch_apart",
    "fetch_one",
    "json_text",
    "open_database",
    "placeholders",
    "pool",
    "raw_connection",
    "reading",
    "tortoise_config",
    "turn",
]
