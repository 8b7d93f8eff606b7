"""`portico doctor`: look for what is wrong before people do, one line each, with the remedy."""

from __future__ import annotations

import io
import shutil
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
from redis import asyncio as aioredis
from redis.exceptions import RedisError

from models.core.errors import Refusal
from models.core.queue import Standing, standing
from models.core.settings import Settings, settings
from server import antivirus, storage

LEAST_FREE_BYTES = 500 * 1024 * 1024
MOST_SILENT = 120
MOST_LATE = 60

# Also what it could become by SET ROLE.
POWERS = """SELECT current_user AS name,
  EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND pg_has_role(oid, 'MEMBER')) AS walks_through,
  (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND pg_has_role(relowner, 'MEMBER')) AS owned"""

Finding = str | None


class Unhealthy(Exception):
    """The text says what is wrong and what to do."""


async def examine() -> int:
    """Print a line for each thing looked at; 0 when all is well, else 1."""
    checks: dict[str, Callable[[Settings], Awaitable[None]]] = {
        "PostgreSQL": _database,
        "its role": _role,
        "job workers": _workers,
        "jobs": _jobs,
        "Redis": _redis,
        "data folder": _disk,
        "file storage": _files,
        "virus scanner": _scanner,
    }
    ill = 0
    for name, check in checks.items():
        try:
            await check(settings())
            print(f"  well  {name}")
        except Unhealthy as trouble:
            ill = 1
            print(f"  ILL   {name}: {trouble}")
    return ill


async def refuse_unsafe_role(chosen: Settings) -> None:
    """Raises Unhealthy when the application's role could walk through the walls between practices."""
    await _role(chosen)


async def _database(chosen: Settings) -> None:
    connection = await _connect(chosen)
    version = connection.get_server_version()
    await connection.close()
    if version.major < 15:
        raise Unhealthy(f"PostgreSQL {version.major} is too old; 15 or newer is needed.")


async def _role(chosen: Settings) -> None:
    connection = await _connect(chosen)
    try:
        await refuse_unsafe_connection(connection, chosen)
    finally:
        await connection.close()


async def refuse_unsafe_connection(
    connection: asyncpg.Connection, chosen: Settings, *, given: str = "DATABASE_URL"
) -> None:
    """The same of a connection that is there; `given`: the setting that it came from."""
    role = await connection.fetchrow(POWERS)
    if role["walks_through"]:
        raise Unhealthy(
            f"The role {role['name']} of {given} is a superuser or bypasses row security: no wall between"
            " practices would hold. Create a plain role and give its address; migrations use DATABASE_OWNER_URL."
        )
    if role["owned"] and chosen.production:
        raise Unhealthy(
            f"The role {role['name']} of {given} owns tables. Give the owner's address as DATABASE_OWNER_URL"
            f" and a role without ownership as {given}."
        )


async def _workers(chosen: Settings) -> None:
    found = await _standing(chosen)
    if found.silent is None:
        raise Unhealthy("No `portico worker` ever ran here: no e-mail leaves.")
    if found.silent > MOST_SILENT:
        raise Unhealthy(
            f"None gave a sign of life for {found.silent / 60:.0f} minutes: start `portico worker`, or end what hangs."
        )


async def _jobs(chosen: Settings) -> None:
    found = await _standing(chosen)
    if found.given_up:
        named = ", ".join(f"{job} ({count})" for job, count in found.given_up.items())
        raise Unhealthy(
            f"Gave up after failing for a day: {named}. Their reasons stand in the worker's log as job.gave_up; mend"
            " that and run `portico retry`. Nothing of them is lost."
        )
    if found.late > MOST_LATE:
        raise Unhealthy(f"{found.due} wait although their time has come, one for {found.late:.0f} s.")


async def _standing(chosen: Settings) -> Standing:
    connection = await _connect(chosen)
    try:
        return await standing(connection)
    except asyncpg.UndefinedTableError:
        raise Unhealthy("The database has no tables yet: run `portico migrate`.") from None
    finally:
        await connection.close()


async def _redis(chosen: Settings) -> None:
    if chosen.redis_url is None:
        raise Unhealthy("REDIS_URL is not set: every change reaches other workers a quarter of a second late.")
    client = aioredis.Redis.from_url(chosen.redis_url, socket_connect_timeout=2, socket_timeout=2)
    try:
        await client.ping()
    except (RedisError, OSError):
        raise Unhealthy("Redis at REDIS_URL does not answer. The portal works without it, but slower.") from None
    finally:
        await client.aclose()


async def _disk(chosen: Settings) -> None:
    chosen.portico_data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(chosen.portico_data).free
    if free < LEAST_FREE_BYTES:
        raise Unhealthy(
            f"Only {free // 2**20} MB are free where {chosen.portico_data} lies; uploads will soon be refused."
        )


async def _connect(chosen: Settings) -> asyncpg.Connection:
    if chosen.database_url is None:
        raise Unhealthy("DATABASE_URL is not set; `make run` starts a local one.")
    try:
        return await asyncpg.connect(chosen.database_url, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unhealthy(f"It does not answer at DATABASE_URL ({type(error).__name__}).") from None


async def _files(chosen: Settings) -> None:
    key = f"doctor/{uuid4()}"
    try:
        await storage.keep(key, b"well")
        if await storage.read_all(key) != b"well":
            raise Unhealthy("It gave back other bytes than it was given.")
        await storage.erase(key)
    except Refusal as trouble:
        where = f"STORAGE_URL ({urlsplit(chosen.storage_url).scheme})" if chosen.storage_url else "the data folder"
        raise Unhealthy(f"Files cannot be kept in {where}: {trouble.code}. Uploads are refused meanwhile.") from trouble


async def _scanner(chosen: Settings) -> None:
    if not chosen.clamd_url:
        return
    try:
        await antivirus.scan(io.BytesIO(b"well"))
    except Refusal as trouble:
        raise Unhealthy("CLAMD_URL does not answer: files are refused or wait until it does.") from trouble
