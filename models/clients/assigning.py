"""Who takes care of a client. Rooms follow at once: the logins whose rights change are named in the event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.clients import people
from models.clients.access import managed_client, sees_client
from models.clients.care import hearing, portals_of
from models.clients.events import ASSIGNED, UNASSIGNED
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, missing
from models.core.events import EventType
from models.core.ids import new_id

OPEN = """INSERT INTO assignment (id, client_id, staff_id) VALUES ($1, $2, $3)
  ON CONFLICT (practice_id, client_id, staff_id) WHERE ended_at IS NULL DO NOTHING"""
# Who is being deactivated at this moment, or loses the role, is waited for and then not given anything.
HOLD = """SELECT 1 FROM staff_member WHERE id = $1 AND deactivated_at IS NULL AND roles @> '{practitioner}' FOR SHARE"""
GONE = "They no longer work here as a practitioner. Choose somebody else."
END = "UPDATE assignment SET ended_at = $3 WHERE client_id = $1 AND staff_id = $2 AND ended_at IS NULL"
PRACTITIONERS = "SELECT id FROM staff_member WHERE deactivated_at IS NULL AND roles @> '{practitioner}'"
# Their own login, and those of their supervisors, who see what they see.
RIGHTS = """SELECT login_id FROM staff_member WHERE id = $1
  UNION SELECT m.login_id FROM supervision v JOIN staff_member m ON m.id = v.supervisor_id WHERE v.supervisee_id = $1"""


async def assign(actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """This practitioner takes care of the client from now on; nothing happens when they do already.

    Raises Missing for a client that is not seen and for who is no practitioner here, Forbidden for who may not change
    the record.
    """
    await managed_client(actor, client_id)
    async with change(actor, "client.assign"):
        await open_assignment(actor, client_id, await assignable(staff_id))


async def end_assignment(actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """They no longer take care of the client; conversations in which they sit stay as they are. Raises like `assign`,
    Conflict `not-assigned`."""
    await managed_client(actor, client_id)
    async with change(actor, "client.unassign"):
        if not await execute(END, client_id, staff_id, now()):
            raise Conflict("not-assigned", "They no longer take care of this client.")
        await _tell(actor, UNASSIGNED, client_id, staff_id)


async def keeps_sight(actor: Actor, client_id: UUID) -> bool:
    """Whether the record is still open to this person, after an assignment ended: where the page goes next."""
    return await sees_client(actor, client_id)


async def practitioners() -> list[people.Staff]:
    """Who can be assigned: everyone working here as a practitioner, by name."""
    return await people.staff_by_id([row["id"] for row in await fetch_all(PRACTITIONERS)])


async def assignable(staff_id: UUID) -> UUID:
    """The same id, when it is one of `practitioners`; raises Missing, or Forbidden for other staff."""
    found = await people.staff_by_id([staff_id])
    if not found:
        missing("staff member")
    if "practitioner" not in found[0].roles:
        raise Forbidden("no-practitioner", f"{found[0].name} does not work here as a practitioner.")
    return staff_id


async def open_assignment(actor: Actor, client_id: UUID, staff_id: UUID) -> None:
    """Inside a change; for verbs that have checked. Raises Conflict `no-practitioner` for who left at this moment."""
    if await fetch_one(HOLD, staff_id) is None:
        raise Conflict("no-practitioner", GONE)
    if await execute(OPEN, new_id(), client_id, staff_id):
        await _tell(actor, ASSIGNED, client_id, staff_id)


async def _tell(actor: Actor, kind: EventType, client_id: UUID, staff_id: UUID) -> None:
    heard = hearing(client_id, staff_id, await portals_of([client_id]))
    await record(actor, kind, heard, subject_id=client_id, rights_of=await _rights_of(staff_id))


async def _rights_of(staff_id: UUID) -> Sequence[UUID]:
    return [row["login_id"] for row in await fetch_all(RIGHTS, staff_id)]
