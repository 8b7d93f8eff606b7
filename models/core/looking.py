"""Looks: who opened whose record, and from where. Written with the request's own scope, sealed into a chain a minute
later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.core.actor import Actor
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.ids import new_id
from models.core.scope import current_scope

# A page that stands open and fetches itself anew is the same look, as long as the last one is not older than this.
SAME_LOOK = timedelta(minutes=1)

NOTE = """INSERT INTO look
    (id, login_id, subject, subject_id, reason, client_id, access_id, session_id, device, address)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
# Many records leave at once: each has a line of its own, which stands in the log of its client alone.
TAKEN_OUT = "taken-out"
NOTE_MANY = """INSERT INTO look (id, login_id, subject, subject_id, client_id, session_id, device, address)
  SELECT n.id, $3, $4, n.client, n.client, $5, $6, $7 FROM unnest($1::uuid[], $2::uuid[]) AS n (id, client)"""
# What a search shows of many conversations, each once a minute: one types on.
FOUND = "message-search"
NOTE_FOUND = f"""INSERT INTO look (id, login_id, subject, subject_id, client_id, session_id, device, address)
  SELECT n.id, $4, '{FOUND}', n.subject, n.client, $5, $6, $7
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n (id, subject, client)
  WHERE NOT EXISTS (SELECT FROM look l WHERE l.practice_id = portico_here() AND l.login_id = $4 AND l.id > $8
    AND l.subject = '{FOUND}' AND l.subject_id = n.subject)"""
NOTED = """SELECT 1 FROM look WHERE practice_id = portico_here() AND login_id = $1 AND id > $2
  AND subject = $3 AND subject_id = $4 AND client_id IS NOT DISTINCT FROM $5 LIMIT 1"""


async def note_look(
    actor: Actor, subject: str, subject_id: UUID, *, client_id: UUID | None = None, reason: str = "",
    again: bool = False,
) -> bool:
    """Note that this person opened something; `subject` says what it is, `client_id` whose record it belongs to. Where
    from is the open scope's. Never raises for a reader: no one reads unseen, so a look that cannot be kept undoes the
    reading with the scope.

    `again`: what is asked for comes in pieces (lines, pictures). Then, as for a page that fetches itself anew, the same
    subject is noted once a minute for each client whose record it belongs to; False when it was noted a moment ago.
    """
    whence = current_scope().whence
    if (again or whence.again) and await _noted(actor, subject, subject_id, client_id):
        return False
    through = actor.lens.access_id if actor.lens else None
    await execute(
        NOTE, new_id(), actor.login_id, subject, subject_id, reason, client_id, through, actor.session_id,
        whence.device, whence.address,
    )
    return True


async def note_taken_out(actor: Actor, client_ids: Sequence[UUID]) -> None:
    """Note that these records were taken out together; what with stands in the look at the whole."""
    whence = current_scope().whence
    ids = [new_id() for _ in client_ids]
    await execute(
        NOTE_MANY, ids, client_ids, actor.login_id, TAKEN_OUT, actor.session_id, whence.device, whence.address
    )


async def note_found(actor: Actor, found: Mapping[UUID, UUID]) -> None:
    """Note that a search showed this person lines of these conversations; by conversation, whose record it is."""
    if found:
        whence = current_scope().whence
        await execute(
            NOTE_FOUND, [new_id() for _ in found], list(found), list(found.values()), actor.login_id, actor.session_id,
            whence.device, whence.address, id_at(now() - SAME_LOOK),
        )


def id_at(moment: datetime) -> UUID:
    """The lowest key that a row of that moment could have: keys begin with the milliseconds."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


async def _noted(actor: Actor, subject: str, subject_id: UUID, client_id: UUID | None) -> bool:
    since = id_at(now() - SAME_LOOK)
    return await fetch_one(NOTED, actor.login_id, since, subject, subject_id, client_id) is not None
