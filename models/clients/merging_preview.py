"""Before two records become one: what differs, what moves, what ends, and who will see what they do not see now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from models.clients import people
from models.clients.access import Reach, managed_client, reaches
from models.clients.merging_fields import Compared, compared
from models.clients.merging_people import LINKS, Accesses, accesses_of
from models.clients.merging_walls import Walls, staff_of, walls_of
from models.clients.registries import MERGINGS
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid

ALONE = "Only staff who manage all clients merge records. Ask an administrator or the front desk."
TOGETHER = """SELECT 1 FROM household_member a JOIN household_member b ON b.household_id = a.household_id
  WHERE a.client_id = $1 AND b.client_id = $2"""
OPENED = "SELECT 1 FROM emergency WHERE client_id = $1 AND ended_at IS NULL"
MEMBERS = """SELECT DISTINCT c.name FROM household_member a JOIN household_member b ON b.household_id = a.household_id
  JOIN client c ON c.id = b.client_id WHERE a.client_id = $1 AND b.client_id <> ALL ($2) ORDER BY 1"""


@dataclass(frozen=True)
class Preview:
    """`walls`: each person with access and what they will newly see; `odd`: what speaks against it; `seen`: stands for
    all that is shown here, so that nothing is merged that looked otherwise."""

    kept: Client
    gone: Client
    lines: tuple[Compared, ...]
    accesses: Accesses
    walls: Walls
    staff: tuple[str, ...]
    moves: tuple[str, ...]
    ends: tuple[str, ...]
    odd: tuple[str, ...]
    seen: str


def may_merge(actor: Actor) -> bool:
    """Who manages the records and the portal of all clients."""
    return Reach.ALL in reaches(actor, "manages")


async def both_for(actor: Actor, kept_id: UUID, gone_id: UUID) -> tuple[Client, Client]:
    """Both records, for staff who merge; raises Forbidden, Missing, Gone for one that was merged, Invalid for the same
    one twice."""
    if not may_merge(actor):
        raise Forbidden("not-merged", ALONE)
    if kept_id == gone_id:
        raise Invalid("same-record", "This is the same record. Choose another one.")
    return await managed_client(actor, kept_id), await managed_client(actor, gone_id)


async def preview(actor: Actor, kept_id: UUID, gone_id: UUID) -> Preview:
    """What merging the second record into the first will do. Raises as `both_for`."""
    kept, gone = await both_for(actor, kept_id, gone_id)
    return await previewed(kept, gone)


async def previewed(kept: Client, gone: Client, ending: Collection[UUID] = ()) -> Preview:
    lines = tuple(await compared(kept.id, gone.id))
    accesses = await accesses_of(kept.id, gone.id, ())
    links = await fetch_all(LINKS, [kept.id, gone.id])
    walls, staff = await walls_of(kept, gone, accesses), tuple(await staff_of(kept, gone))
    odd = tuple(await _odd(kept, gone))
    linked = sorted((str(one["client_id"]), str(one["contact_id"])) for one in links)
    seen = repr((lines, accesses, walls, staff, odd, linked))
    return Preview(
        kept, gone, lines, await accesses_of(kept.id, gone.id, ending) if ending else accesses, walls, staff,
        tuple(await _moves(kept, gone)), tuple(await _ends(gone, accesses)), odd, sha256(seen.encode()).hexdigest(),
    )


async def _odd(kept: Client, gone: Client) -> list[str]:
    said = []
    if kept.born_on and gone.born_on and kept.born_on != gone.born_on:
        said.append("The birth dates differ. Make sure that this is one person.")
    if kept.kind != gone.kind:
        said.append("One record is a minor’s, the other an adult’s. By the birth date that you choose, the merged"
                    " record is one or the other. If it is an adult’s, contacts’ accesses to the minor’s record end.")
    if kept.own_consent_at or gone.own_consent_at:
        said.append("On one of the records the minor consents alone. That holds for the merged record: its contacts see"
                    " nothing of it until staff with clinical rights say otherwise.")
    if await fetch_one(TOGETHER, kept.id, gone.id):
        said.append("Both belong to the same couple or family. Make sure that this is one person.")
    return said


async def _moves(kept: Client, gone: Client) -> list[str]:
    assigned = [one.name for one in await people.assigned_to(gone.id)]
    portals = [one for one in await people.portals_about(gone.id) if one.contact_id]
    said = [f"Assigned: {', '.join(assigned)}"] if assigned else []
    said += [
        f"{one.name}, {one.relation}" + (", with access to the portal" if one.access_id else "") for one in portals
    ]
    members = [row["name"] for row in await fetch_all(MEMBERS, gone.id, [kept.id, gone.id])]
    said += [f"Couple or family with {', '.join(members)}"] if members else []
    for part in MERGINGS:
        said += await part.told(gone.id)
    return said


async def _ends(gone: Client, accesses: Accesses) -> list[str]:
    said = [f"An access of {one.name} ends. {one.why}" for one in accesses.ends]
    if await fetch_one(OPENED, gone.id):
        said.append("Whoever has the second record open in an emergency loses sight of it.")
    return said
