"""Who may know that somebody is online. A portal person sees only practitioners it may write to, and only where the
practice allows it; of a portal person, those know who see the client or sit with them in a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all, fetch_one
from models.core.events import Audience, ToAccess, ToDesk, ToStaff, ToStaffAllClients, ToStaffOf
from models.messaging.practices import messaging_settings

MAY_WRITE_TO_ME = """SELECT a.id FROM portal_access a
  JOIN assignment g ON g.client_id = a.client_id AND g.ended_at IS NULL
  WHERE g.staff_id = $1 AND portico_open(a)
    AND portico_on('messaging', a.features_off)"""

SIT_WITH_ME = """SELECT DISTINCT m.login_id FROM seat mine
  JOIN seat theirs ON theirs.conversation_id = mine.conversation_id AND theirs.kind = 'staff' AND theirs.left_at IS NULL
  JOIN staff_member m ON m.id = theirs.staff_id AND m.deactivated_at IS NULL
  WHERE mine.access_id = $1 AND mine.left_at IS NULL"""

STAFF = "SELECT id FROM staff_member WHERE practice_id = portico_here() AND login_id = $1"
CLIENT = "SELECT client_id FROM portal_access WHERE practice_id = portico_here() AND id = $1"

Face = tuple[str, Mapping[str, Any], Sequence[Audience]]


async def audience_of(actor: Actor) -> list[Face]:
    """For each face this person shows: its name among those online, the ids on the wire, who may hear of it."""
    if actor.desk:
        return [(f"login:{actor.login_id}", {"login": actor.login_id}, await _of_staff(actor.staff_id))]
    return [
        (f"access:{one.access_id}", {"access": one.access_id}, await _of_access(one.access_id, one.client_id))
        for one in actor.accesses
    ]


async def audience_of_name(name: str) -> Face | None:
    """The same of a face by its name, while nobody is there who shows it; None for what is no face."""
    kind, _, id = name.partition(":")
    if kind == "login" and (row := await fetch_one(STAFF, UUID(id))) is not None:
        return name, {"login": UUID(id)}, await _of_staff(row["id"])
    if kind == "access" and (row := await fetch_one(CLIENT, UUID(id))) is not None:
        return name, {"access": UUID(id)}, await _of_access(UUID(id), row["client_id"])
    return None


async def _of_staff(staff_id: UUID | None) -> list[Audience]:
    settings = await messaging_settings()
    if not settings.clients_see_online:
        return [ToStaff()]
    return [ToStaff(), *(ToAccess(row["id"]) for row in await fetch_all(MAY_WRITE_TO_ME, staff_id))]


async def _of_access(access_id: UUID, client_id: UUID) -> list[Audience]:
    seated = [ToDesk(row["login_id"]) for row in await fetch_all(SIT_WITH_ME, access_id)]
    return [*seated, ToStaffOf(client_id), ToStaffAllClients()]
