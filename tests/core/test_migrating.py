"""An empty database and an existing one both come to the newest shape; a role that walks through walls is refused."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from models.core.settings import Settings, load_settings, settings
from server import doctor
from server.doctor import Unhealthy, refuse_unsafe_role


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest_asyncio.fixture(loop_scope="session")
async def empty() -> AsyncIterator[Settings]:
    """Settings for a database of its own with nothing in it."""
    name = f"empty_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(settings().owner_url)
    await owner.execute(f'CREATE DATABASE "{name}"')
    chosen = load_settings(
        {
            "DATABASE_URL": _at(settings().database_url or "", name),
            "DATABASE_OWNER_URL": _at(settings().owner_url or "", name),
        }
    )
    yield chosen
    try:
        await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    except asyncpg.InsufficientPrivilegeError:  # autovacuum is at work there: only without force is it told to go
        await owner.execute(f'DROP DATABASE "{name}"')
    await owner.close()


async def _migrate(chosen: Settings) -> None:
    """In a process of its own: the ORM's connections are global to one."""
    import asyncio
    import os
    import sys

    given = {"DATABASE_URL": chosen.database_url or "", "DATABASE_OWNER_URL": chosen.database_owner_url or ""}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "migrate", env={**os.environ, **given}, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def _tables(chosen: Settings) -> set[str]:
    connection = await asyncpg.connect(chosen.owner_url)
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    return {row["relname"] for row in rows}


async def test_an_empty_database_and_an_existing_one_come_to_the_newest_shape(empty):
    assert await _tables(empty) == set()
    await _migrate(empty)
    first = await _tables(empty)
    assert {"practice", "event", "message", "internal_note", "pgqueuer"} <= first
    await _migrate(empty)
    assert await _tables(empty) == first


async def test_the_application_may_use_what_was_made_and_nothing_of_the_migrator_s(empty):
    await _migrate(empty)
    app = await asyncpg.connect(empty.database_url)
    try:
        assert await app.fetchval("SELECT count(*) FROM practice") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.fetchval("SELECT count(*) FROM tortoise_migrations")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("CREATE TABLE mine (id int)")
    finally:
        await app.close()


async def test_a_role_that_owns_tables_is_refused_in_production_with_the_remedy():
    owner = settings().owner_url or ""
    await refuse_unsafe_role(load_settings({"DATABASE_URL": owner}))
    production = {"PORTICO_ENV": "production", "SECRET_KEY": "k" * 32, "DATABASE_URL": owner}
    with pytest.raises(Unhealthy, match="DATABASE_OWNER_URL"):
        await refuse_unsafe_role(load_settings(production))


@pytest.mark.parametrize("environ", [{}, {"PORTICO_ENV": "production", "SECRET_KEY": "k" * 32}])
async def test_a_role_that_walks_through_walls_is_refused_everywhere_and_no_worker_starts(monkeypatch, environ):
    class Admin:
        """A connection of a superuser, which the tests have not got."""

        async def fetchrow(self, asked: str) -> dict[str, object]:
            assert "rolsuper OR rolbypassrls" in asked
            return {"name": "postgres", "walks_through": True, "owned": 0}

        async def close(self) -> None:
            return None

    async def connect(chosen: Settings) -> Admin:
        return Admin()

    monkeypatch.setattr(doctor, "_connect", connect)
    with pytest.raises(Unhealthy, match="postgres of DATABASE_URL is a superuser or bypasses row security"):
        await refuse_unsafe_role(load_settings({"DATABASE_URL": "postgresql://x/y", **environ}))
    told: list[dict[str, str]] = []

    async def startup() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def tell(message: dict[str, str]) -> None:
        told.append(message)

    from server import asgi  # makes a worker

    worker = object.__new__(asgi.Worker)
    worker.settings = load_settings({"DATABASE_URL": "postgresql://x/y", **environ})
    await worker._lifespan(startup, tell)
    assert [one["type"] for one in told] == ["lifespan.startup.failed"]
    assert "superuser" in told[0]["message"]


async def test_the_application_s_own_role_is_welcome():
    await refuse_unsafe_role(settings())
