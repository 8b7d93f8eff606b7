"""Couples and families: which clients belong together. It opens nothing: each keeps a record, a login and walls of
their own; staff go from one to the other."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import managed_client
from models.clients.events import HOUSEHOLD_CHANGED, who_sees
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid
from models.core.events import Part
from models.core.ids import new_id

MOST = 12
LOCK = "SELECT id FROM client WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
OF = "SELECT household_id FROM household_member WHERE client_id = $1 ORDER BY household_id FOR UPDATE"
JOIN = "INSERT INTO household_member (household_id, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
MEMBERS = "SELECT client_id FROM household_member WHERE household_id = $1 ORDER BY client_id FOR UPDATE"
SHARED = """SELECT a.household_id FROM household_member a JOIN household_member b ON b.household_id = a.household_id
  WHERE a.client_id = $1 AND b.client_id = $2"""
OUT = "DELETE FROM household_member WHERE household_id = ANY($1) AND client_id = $2"
# Whom nobody is left with belongs to no couple or family.
ALONE = """DELETE FROM household_member m WHERE household_id = ANY($1) AND NOT EXISTS (SELECT FROM household_member o
  WHERE o.household_id = m.household_id AND o.client_id <> m.client_id)"""
EMPTY = """DELETE FROM household h WHERE id = ANY($1)
  AND NOT EXISTS (SELECT FROM household_member m WHERE m.household_id = h.id)"""
OTHERS = "They belong to another couple or family. Take them out there first."
FULL = f"A couple or family has at most {MOST} members."


async def link(actor: Actor, client_id: UUID, other_id: UUID) -> None:
    """Both belong together from now on; who has a couple or family takes the other in. Nothing happens when they do
    already. Raises Missing, Forbidden, Invalid for the same one twice, Conflict `other-household`, `too-many`."""
    await _both(actor, client_id, other_id)
    async with change(actor, "household.link"):
        await fetch_all(LOCK, [client_id, other_id])
        if await fetch_all(SHARED, client_id, other_id):
            return
        mine, theirs = [[row["household_id"] for row in await fetch_all(OF, one)] for one in (client_id, other_id)]
        if mine and theirs:
            raise Conflict("other-household", OTHERS)
        household = (mine or theirs or [await _new()])[0]
        before = [row["client_id"] for row in await fetch_all(MEMBERS, household)]
        if len(before) >= MOST:
            raise Conflict("too-many", FULL)
        for one in (client_id, other_id):
            await execute(JOIN, household, one)
        await _tell(actor, {*before, client_id, other_id})


async def unlink(actor: Actor, client_id: UUID, other_id: UUID) -> None:
    """The other one no longer belongs to this client's couple or family; nothing else changes. Raises as `link`."""
    await _both(actor, client_id, other_id)
    async with change(actor, "household.unlink"):
        await fetch_all(LOCK, [client_id, other_id])
        shared = [row["household_id"] for row in await fetch_all(SHARED, client_id, other_id)]
        if not shared:
            return
        before = {row["client_id"] for one in shared for row in await fetch_all(MEMBERS, one)}
        await execute(OUT, shared, other_id)
        await execute(ALONE, shared)
        await execute(EMPTY, shared)
        await _tell(actor, before)


async def _both(actor: Actor, client_id: UUID, other_id: UUID) -> None:
    await managed_client(actor, client_id)
    await managed_client(actor, other_id)
    if client_id == other_id:
        raise Invalid(errors={"client": ["Choose somebody else."]})


async def _new() -> UUID:
    household = new_id()
    await execute("INSERT INTO household (id) VALUES ($1)", household)
    return household


async def _tell(actor: Actor, clients: set[UUID]) -> None:
    for one in sorted(clients):
        await record(actor, HOUSEHOLD_CHANGED, [Part(who_sees(one), {"client": one})], subject_id=one)
