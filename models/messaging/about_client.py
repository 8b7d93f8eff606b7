"""Conversations about one client: those in which this staff member sits or sat, never others'."""

from __future__ import annotations

from uuid import UUID

from models.clients import people
from models.core.actor import Actor
from models.core.database import fetch_all
from models.messaging.inbox import lines_of
from models.messaging.picking import portal_choice, staff_choice
from models.messaging.seats import viewer_of
from models.messaging.views import Choice, ConversationLine

MOST = 100

TALKS = """SELECT c.id FROM conversation c WHERE c.client_id = $1 AND EXISTS (SELECT FROM seat s
    WHERE s.conversation_id = c.id AND (s.staff_id = $2 OR ($3 AND s.kind = 'front-desk')))
  ORDER BY c.last_at DESC, c.id LIMIT $4"""


async def talks_about(actor: Actor, client_id: UUID) -> list[ConversationLine]:
    """The latest first; the client must have been found for the actor before. Nobody reads a practitioner's
    conversation because of a role: Front desk's count for who answers there."""
    viewer = viewer_of(actor)
    rows = await fetch_all(TALKS, client_id, viewer.staff_id, viewer.desk, MOST)
    return await lines_of(actor, [row["id"] for row in rows])


async def to_write_to(actor: Actor, client_id: UUID) -> list[Choice]:
    """The client, the contacts, and the practitioners who take care of them; greyed whom nothing would reach."""
    portals = [portal_choice(one) for one in await people.portals_about(client_id)]
    staff = [staff_choice(one) for one in await people.assigned_to(client_id) if one.id != actor.staff_id]
    return [*portals, *staff]
