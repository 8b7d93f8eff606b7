"""A sign-in that goes along when a portal moves: cookies stay at the former host, so a ticket carries the session over.

It works once, for 30 seconds, for that session alone; the database keeps its hash.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from models.accounts.actors import actor_of_session
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Refusal
from models.core.ids import new_token, token_hash
from models.core.scope import current_scope

LASTS = timedelta(seconds=30)
LONGEST = 128

# The session's present keys stay: another page of it may still be on its way from the former host.
CARRY = """INSERT INTO session_key (hash, practice_id, session_id, login_id, ends_at, due_at)
  SELECT $2, k.practice_id, k.session_id, k.login_id, k.ends_at, k.due_at FROM session_key k
  WHERE k.practice_id = portico_here() AND k.session_id = $1 LIMIT 1"""


async def ticket_for(session_id: UUID) -> str:
    """A ticket for a session of the open practice."""
    token, moment = new_token(), now()
    await execute("DELETE FROM arrival WHERE ends_at < $1", moment)
    await execute(
        "INSERT INTO arrival (hash, session_id, ends_at) VALUES ($1, $2, $3)",
        token_hash(token), session_id, moment + LASTS,
    )
    return token


async def arrive(ticket: str) -> tuple[Actor, str] | None:
    """Whose ticket it was, and a new token of that same session for the cookie at this host. None when it is unknown,
    used or too old, or when its session holds no more. Of two at once one gets it."""
    row = await fetch_one(
        "DELETE FROM arrival WHERE practice_id = portico_here() AND hash = $1 AND ends_at > $2 RETURNING session_id",
        token_hash(ticket[:LONGEST]), now(),
    )
    if row is None:
        return None
    token = new_token()
    try:
        actor = await actor_of_session(current_scope().practice_id, row["session_id"], while_locked=True)
    except Refusal:
        return None
    await execute(CARRY, row["session_id"], token_hash(token))
    return actor, token
