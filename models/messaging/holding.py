"""Which seats are the actor's: what the file door asks about attachments."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.messaging.seats import viewer_of

HELD = """SELECT s.id FROM seat s LEFT JOIN portal_access a ON a.practice_id = s.practice_id AND a.id = s.access_id
WHERE s.practice_id = portico_here() AND s.id = ANY($1) AND (s.staff_id = $2 OR (s.kind = 'front-desk' AND $3)
  OR (s.access_id = ANY($4) AND portico_open(a)
    AND portico_on('messaging', a.features_off)))"""


ABOUT = """SELECT DISTINCT c.client_id FROM seat s JOIN conversation c ON c.practice_id = s.practice_id
  AND c.id = s.conversation_id WHERE s.practice_id = portico_here() AND s.id = ANY($1) AND c.client_id IS NOT NULL"""


async def clients_of_seats(seat_ids: Collection[UUID]) -> set[UUID]:
    """The clients whom the conversations of these seats are about."""
    return {row["client_id"] for row in await fetch_all(ABOUT, list(seat_ids))}


async def held_seats(actor: Actor, seat_ids: Collection[UUID]) -> set[UUID]:
    """Of these seats, those of the actor; closed ones too: what was shared while one sat there stays readable."""
    viewer = viewer_of(actor)
    rows = await fetch_all(HELD, list(seat_ids), viewer.staff_id, viewer.desk, list(viewer.accesses))
    if actor.lens is not None and not await fetch_all(HELD, list(seat_ids), actor.staff_id, False, []):
        return set()  # through another person's eyes only what was shared with one's own seat as well
    return {row["id"] for row in rows}
