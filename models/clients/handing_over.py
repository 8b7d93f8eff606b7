"""Clients who would have nobody when a member leaves go to a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.registries import Heir, Owned, Ownership
from models.clients.care import hearing, portals_of
from models.clients.emergency import end_all
from models.clients.events import UNASSIGNED
from models.core.actor import Actor
from models.core.change import record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.events import event_type
from models.core.ids import new_id

HANDED_OVER = event_type("client.handed_over", audiences="staff-of staff-all-clients access", ids="client staff")

OWNED = """SELECT c.id, c.name AS words FROM assignment a
  JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  WHERE a.practice_id = portico_here() AND a.staff_id = $1 AND a.ended_at IS NULL AND NOT EXISTS (
    SELECT FROM assignment o JOIN staff_member m ON m.practice_id = o.practice_id AND m.id = o.staff_id
    WHERE o.practice_id = a.practice_id AND o.client_id = a.client_id AND o.staff_id <> $1 AND o.ended_at IS NULL
      AND m.deactivated_at IS NULL) ORDER BY c.name, c.id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND 'practitioner' = ANY (roles) ORDER BY name, id"""
GIVE = """INSERT INTO assignment (id, client_id, staff_id, since)
  SELECT a.id, a.client_id, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS a (id, client_id) ON CONFLICT DO NOTHING"""
LEAVE = "UPDATE assignment SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL RETURNING client_id"


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(OWNED, staff_id)]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    return [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, clients: Sequence[UUID]) -> None:
    await execute(GIVE, [new_id() for _ in clients], list(clients), to, now())
    portals = await portals_of(clients)
    for client in clients:
        await record(actor, HANDED_OVER, hearing(client, to, portals), subject_id=client)


async def _leave(actor: Actor, staff_id: UUID) -> None:
    """The assignments end; that they were stays, and stands in the history of each client. Whose rights that changes
    is said with the member's own event."""
    clients = [row["client_id"] for row in await fetch_all(LEAVE, staff_id, now())]
    portals = await portals_of(clients)
    for client in clients:
        await record(actor, UNASSIGNED, hearing(client, staff_id, portals), subject_id=client)
    await end_all(actor, staff_id)


def _first(clients: int) -> str:
    many = "1 client has" if clients == 1 else f"{clients} clients have"
    return f"{many} no other practitioner. Assign somebody else to them first: Clients, filtered by this practitioner."


CLIENTS = Ownership(
    "clients", "Clients assigned to nobody else", "The new practitioner opens their records and may be written to.",
    "Nobody else is a practitioner. Give somebody that role first.", _owned, _heirs, _hand_over, _leave,
    roles=frozenset({"practitioner"}), first=_first,
)
