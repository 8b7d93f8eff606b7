"""The two sides of a practice: who is signed in to its portal, and what only its administrators may do."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.core.errors import Forbidden

# Also those whose time is over and whom the sweep has not met yet: one more is told nothing, one too few keeps a right.
PORTAL = """SELECT DISTINCT login_id FROM session
  WHERE practice_id = portico_here() AND side = 'portal' AND ended_at IS NULL ORDER BY login_id"""


async def portal_logins() -> list[UUID]:
    """Every login with a session on the portal of the open practice: whom a change of the portal's rights names."""
    return [row["login_id"] for row in await fetch_all(PORTAL)]


def refuse_unless_administrator(actor: Actor) -> None:
    """Raises Forbidden for anybody else, whichever door they came by."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")
