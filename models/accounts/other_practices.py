"""What anybody may know of another practice of this house: what it is called, and where it stands."""

from __future__ import annotations

from uuid import UUID

from models.core.clock import monotonic
from models.core.database import fetch_one, reading

REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 2_000

_named: dict[UUID, tuple[float, str]] = {}


async def public_name(practice_id: UUID) -> str:
    """As on its own front page, whichever practice is open here; remembered for a minute."""
    known = _named.get(practice_id)
    if known is not None and known[0] > monotonic():
        return known[1]
    async with reading(practice_id) as connection:
        found = await connection.fetchval("SELECT name FROM practice_profile WHERE practice_id = $1", practice_id)
    while len(_named) >= MOST_REMEMBERED:
        _named.pop(next(iter(_named)))
    _named[practice_id] = (monotonic() + REMEMBERED_SECONDS, str(found or ""))
    return _named[practice_id][1]


async def subdomain_of(practice_id: UUID) -> str:
    """At which its portal stands now."""
    row = await fetch_one("SELECT subdomain FROM practice WHERE id = $1", practice_id)
    return str(row["subdomain"]) if row else ""
