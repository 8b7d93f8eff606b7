"""`portico verify [<subdomain>]`: every practice's chains of changes, of looks and of signatures, one line each."""

from __future__ import annotations

from models.core.database import close_database, fetch_all, open_database
from models.core.scope import Scope, run_scope
from models.core.settings import settings
from models.core.verifying import Checked, check_chains, head_hash, sentence
from server.wiring import wire

PRACTICES = "SELECT id, subdomain FROM practice WHERE $1 = '' OR subdomain = $1 ORDER BY subdomain"


async def verify(subdomain: str) -> int:
    """0 when every chain is whole, 1 when one is broken; raises ValueError for a subdomain that no practice has."""
    url = settings().database_url
    if url is None:
        raise ValueError("DATABASE_URL is not set; `make run` starts a local PostgreSQL and sets it.")
    wire()  # the chain over signatures belongs to an area above
    await open_database(url, pool=2)
    try:
        practices = await fetch_all(PRACTICES, subdomain)
        if not practices and subdomain:
            raise ValueError(f"No practice has the subdomain {subdomain}.")
        broken = 0
        for practice in practices:
            found, hash_shown = await run_scope(practice["id"], _walk)
            print(f"{practice['subdomain']}: {sentence(found, hash_shown)}", flush=True)
            broken += not found.whole
        return int(broken > 0)
    finally:
        await close_database()


async def _walk(_: Scope) -> tuple[Checked, str]:
    return await check_chains(), await head_hash()
