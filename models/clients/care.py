"""Who hears that somebody takes care of a client, or no longer does: staff who see the client, and the client's portal,
which shows whom they may write to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from models.clients.events import who_sees
from models.core.database import fetch_all
from models.core.events import Part, ToAccess

OPEN = """SELECT id, client_id FROM portal_access WHERE practice_id = portico_here() AND client_id = ANY ($1::uuid[])
  AND accepted_at IS NOT NULL AND revoked_at IS NULL ORDER BY id"""

Portals = Mapping[UUID, Sequence[ToAccess]]


async def portals_of(client_ids: Sequence[UUID]) -> Portals:
    """The open portals of these clients, their contacts' among them."""
    found: dict[UUID, list[ToAccess]] = {}
    for row in await fetch_all(OPEN, list(client_ids)):
        found.setdefault(row["client_id"], []).append(ToAccess(row["id"]))
    return found


def hearing(client_id: UUID, staff_id: UUID, portals: Portals) -> list[Part]:
    """The parts of such an event. The portal hears that something changed, and asks for whom it may write to."""
    rooms = portals.get(client_id, ())
    at_home = [Part(rooms, {"client": client_id})] if rooms else []
    return [Part(who_sees(client_id), {"client": client_id, "staff": staff_id}), *at_home]
