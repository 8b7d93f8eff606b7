"""The local database and its roles, as an administrator would make them on a server of their own.

portico_owner   owns the database and migrates; no superuser
portico_app     what the web and job workers are; owns nothing, never bypasses row-level security
portico_search  owns the search functions; nobody signs in as it
"""

from __future__ import annotations

import asyncpg

from server.local.memory import Memory

ADMIN = "postgres"
DATABASE = "portico"
NO_POWERS = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
EXTENSIONS = ("btree_gist", "pg_trgm")


def database_url(memory: Memory, role: str) -> str:
    return f"postgresql://{role}:{memory.password(role)}@127.0.0.1:{memory.ports['postgres']}/{DATABASE}"


async def make_database(memory: Memory) -> None:
    """See to the roles, the database and its extensions; changes nothing where they are there."""
    admin = await _connect(memory, "postgres")
    try:
        await _make_roles(admin, memory)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await admin.execute(f"CREATE DATABASE {DATABASE} OWNER portico_owner")
    finally:
        await admin.close()
    await _make_extensions(memory)


async def _make_roles(admin: asyncpg.Connection, memory: Memory) -> None:
    # CREATEDB: tests make databases of their own, to migrate an empty one.
    await _role(admin, "portico_owner", f"LOGIN CREATEDB {NO_POWERS} PASSWORD '{memory.password('portico_owner')}'")
    await _role(admin, "portico_app", f"LOGIN NOCREATEDB {NO_POWERS} PASSWORD '{memory.password('portico_app')}'")
    await _role(admin, "portico_search", f"NOLOGIN NOCREATEDB {NO_POWERS}")
    # Without INHERIT: a policy for portico_search must not open the tables to the owner as well.
    await admin.execute("GRANT portico_search TO portico_owner WITH INHERIT FALSE, SET TRUE")


async def _role(admin: asyncpg.Connection, name: str, options: str) -> None:
    verb = "ALTER" if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name) else "CREATE"
    await admin.execute(f"{verb} ROLE {name} {options}")


async def _make_extensions(memory: Memory) -> None:
    inside = await _connect(memory, DATABASE)
    try:
        for extension in EXTENSIONS:
            await inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    finally:
        await inside.close()


async def _connect(memory: Memory, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host="127.0.0.1",
        port=memory.ports["postgres"],
        user=ADMIN,
        password=memory.password(ADMIN),
        database=database,
        timeout=5,
        ssl=False,
    )
