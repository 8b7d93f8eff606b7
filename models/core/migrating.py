"""Bring a database to the newest shape, as its owner, and give the application its rights.

Works on an empty database and on an existing one. Grants are written anew each time: a new table is never
reachable by accident, nor forgotten.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate

from models.core.database import tortoise_config
from models.core.settings import Settings

APPEND_ONLY = (
    "event", "look", "look_seal", "signing_disclosure", "signing_agreement", "signature", "signed_copy", "signing_link",
)

ROLE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portico_search') THEN CREATE ROLE portico_search NOLOGIN; END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'portico_search is missing: CREATE ROLE portico_search NOLOGIN; GRANT portico_search TO the owner';
END $$"""

# Whoever may call a function of portico_search reads past the policies of a practice: the application alone may.
# As that role itself, because only a function's owner gives it away or takes it back.
FUNCTIONS = """DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT oid FROM pg_proc WHERE proowner = current_user::regrole LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', one, '{app}');
  END LOOP;
  SET LOCAL ROLE portico_search;
  FOR one IN SELECT oid FROM pg_proc WHERE proowner = 'portico_search'::regrole LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', one, '{app}');
  END LOOP;
END $$"""


async def bring_up(settings: Settings) -> None:
    """Migrate to the newest shape; raises with PostgreSQL's own sentence when the owner may not."""
    if not settings.owner_url or not settings.database_url:
        raise ValueError("DATABASE_URL is not set; `make run` starts a local PostgreSQL and sets it.")
    await _run(settings.owner_url, ROLE)
    await migrate(config=tortoise_config(settings.owner_url, pool=2), app_labels=["models"])
    await Tortoise.close_connections()
    await _run(settings.owner_url, *_grants(settings))


def _grants(settings: Settings) -> list[str]:
    app = _role(settings.database_url or "")
    lent = FUNCTIONS.replace("{app}", app.replace("'", "''"))
    if app == _role(settings.owner_url or ""):
        return [lent]
    return [
        f'GRANT USAGE ON SCHEMA public TO "{app}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{app}"',
        f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app}"',
        f'REVOKE UPDATE, DELETE ON {", ".join(APPEND_ONLY)} FROM "{app}"',
        f'REVOKE ALL ON tortoise_migrations FROM "{app}"',
        lent,
    ]


def _role(url: str) -> str:
    return unquote(urlsplit(url).username or "")


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
