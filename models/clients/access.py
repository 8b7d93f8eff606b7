"""Which clients a staff member sees: the default rights of each role, in one table.

Rights combine: who has two roles has what either gives. They are read anew for each request; nothing is cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.clients.tables import Client
from models.core.actor import Actor, Role
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, missing


class Reach(StrEnum):
    """Whose record: nobody's, of the clients assigned to me, of those assigned to whom I supervise, everyone's."""

    NONE = "none"
    ASSIGNED = "assigned"
    SUPERVISED = "supervised"
    ALL = "all"


@dataclass(frozen=True)
class Rights:
    """`demographics`: whose record is open, with names, birth date, addresses, contacts; `manages`: whose record and
    portal access may be changed; `clinical`: whose documents and notes may be read."""

    demographics: Reach
    manages: Reach = Reach.NONE
    clinical: Reach = Reach.NONE
    front_desk: bool = False


ROLES = {
    Role.ADMINISTRATOR: Rights(demographics=Reach.ALL, manages=Reach.ALL, front_desk=True),
    Role.PRACTITIONER: Rights(demographics=Reach.ASSIGNED, manages=Reach.ASSIGNED, clinical=Reach.ASSIGNED),
    Role.SUPERVISOR: Rights(demographics=Reach.SUPERVISED, manages=Reach.SUPERVISED, clinical=Reach.SUPERVISED),
    Role.SCHEDULER: Rights(demographics=Reach.ALL, manages=Reach.ALL, front_desk=True),
    Role.BILLER: Rights(demographics=Reach.ALL),
}

# Clients a staff member ($1) reaches through assignments: their own, or those of whom they supervise.
ASSIGNED = "SELECT client_id FROM assignment WHERE staff_id = $1 AND ended_at IS NULL"
SUPERVISED = """SELECT a.client_id FROM assignment a JOIN supervision v ON v.supervisee_id = a.staff_id
  WHERE v.supervisor_id = $1 AND a.ended_at IS NULL"""
# And the records they opened in an emergency, while that lasts (emergency.py): to read, not to change.
OPENED_IN_EMERGENCY = frozenset({"demographics", "clinical"})
EMERGENCY = "SELECT client_id FROM emergency WHERE staff_id = $1 AND ended_at IS NULL AND ends_at > now()"


Right = Literal["demographics", "manages", "clinical"]


def reaches(actor: Actor, right: Right = "demographics") -> frozenset[Reach]:
    """How far this right of a staff member goes; empty for everybody else and while looking through another person's
    eyes. Who may see all clients has whatever right the roles give for all of them; full clinical access reads all."""
    if not actor.desk or actor.staff_id is None or actor.lens is not None:
        return frozenset()
    own = {getattr(ROLES[role], right) for role in actor.roles} - {Reach.NONE}
    wider = actor.all_clients and (own or right == "demographics")
    return frozenset(own | ({Reach.ALL} if wider or (actor.clinical and right == "clinical") else set()))


def sees_all(actor: Actor) -> bool:
    return Reach.ALL in reaches(actor)


def handles_front_desk(actor: Actor) -> bool:
    """Whether this person answers for Front desk: its inbox, its seat in conversations."""
    return actor.desk and actor.lens is None and any(ROLES[role].front_desk for role in actor.roles)


async def visible_clients(actor: Actor) -> list[UUID] | None:
    """The ids of the clients this staff member sees; None for all."""
    if sees_all(actor):
        return None
    sql = _reached(actor)
    return [row["client_id"] for row in await fetch_all(sql, actor.staff_id)] if sql else []


async def sees_client(actor: Actor, client_id: UUID, right: Right = "demographics") -> bool:
    """Whether the record of this client is open to this staff member; with `right`, whether it reaches that far."""
    if Reach.ALL in reaches(actor, right):
        return await Client.exists(id=client_id)
    sql = _reached(actor, right)
    return bool(sql and await fetch_one(f"SELECT 1 FROM ({sql}) c WHERE c.client_id = $2", actor.staff_id, client_id))


async def client_for(actor: Actor, client_id: UUID) -> Client:
    """The client, for staff who see it; raises Missing else."""
    found = await Client.get_or_none(id=client_id) if await sees_client(actor, client_id) else None
    return found or missing("client")


async def managed_client(actor: Actor, client_id: UUID) -> Client:
    """The client, for staff who may change its record; raises Missing for who does not see it, Forbidden for who only
    does."""
    found = await client_for(actor, client_id)
    if not await sees_client(actor, client_id, "manages"):
        raise Forbidden("not-managed", "You may look at this record, not change it. Ask an administrator.")
    return found


def _reached(actor: Actor, right: Right = "demographics") -> str:
    if not actor.desk or actor.staff_id is None or actor.lens is not None:
        return ""
    mine = reaches(actor, right)
    parts = [sql for reach, sql in ((Reach.ASSIGNED, ASSIGNED), (Reach.SUPERVISED, SUPERVISED)) if reach in mine]
    return " UNION ".join([*parts, *([EMERGENCY] if right in OPENED_IN_EMERGENCY else [])])
