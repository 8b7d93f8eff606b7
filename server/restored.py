"""`portico restored [<subdomain>]`: after a backup was put back, every page begins anew."""

from __future__ import annotations

from models.core.database import close_database, fetch_all, open_database
from models.core.settings import settings

BEGIN_ANEW = """UPDATE practice_head h SET epoch = gen_random_uuid() FROM practice p
  WHERE p.id = h.practice_id AND ($1 = '' OR p.subdomain = $1) RETURNING p.subdomain"""


async def restored(subdomain: str) -> str:
    """Another epoch, so that no page goes on from numbers which the backup did not hold and others get by now; returns
    a sentence. Raises ValueError for a subdomain that no practice has."""
    url = settings().database_url
    if url is None:
        raise ValueError("DATABASE_URL is not set; give the address of the restored database.")
    await open_database(url, pool=1)
    try:
        found = await fetch_all(BEGIN_ANEW, subdomain.strip().lower())
    finally:
        await close_database()
    if subdomain and not found:
        raise ValueError(f"No practice has the subdomain {subdomain}.")
    return f"{len(found)} practices begin anew: their open pages fetch what they show within a second."
