"""Which clients a staff member sees: the default rights of each role, in one table.

Rights combine: who has two roles has what either gives. They are read anew for each request; nothing is cached.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NoReturn, get_args
from uuid import UUID

from models.clients.tables import Client
from models.core.actor import Actor, Role
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, Gone, missing
from models.core.scope import remembered


class Reach(StrEnum):
    """Whose record: nobody's, of the clients assigned to me, of those assigned to whom I supervise, everyone's."""

    NONE = "none"
    ASSIGNED = "assigned"
    SUPERVISED = "supervised"
    ALL = "all"


@dataclass(frozen=True)
class Rights:
    """What a role may do by default, and for whose clients.

    `demographics`: whose record is open, with names, birth date, addresses, contacts · `manages`: whose record and
    portal access may be changed · `clinical`: whose documents and notes may be read · `document_status`: of whose
    documents one sees what was asked for and whether it is done · `countersign`: whose papers one signs beside the
    practitioner · `calendar`: whose appointments one sees and changes · `visits`: of whose appointments one sees date,
    service and code · `billing`: whose invoices and payments · `front_desk`: answers for Front desk · `settings`,
    `team`, `audit`: of the practice.
    """

    demographics: Reach = Reach.NONE
    manages: Reach = Reach.NONE
    clinical: Reach = Reach.NONE
    document_status: Reach = Reach.NONE
    countersign: Reach = Reach.NONE
    calendar: Reach = Reach.NONE
    visits: Reach = Reach.NONE
    billing: Reach = Reach.NONE
    front_desk: bool = False
    settings: bool = False
    team: bool = False
    audit: bool = False


Right = Literal[
    "demographics", "manages", "clinical", "document_status", "countersign", "calendar", "visits", "billing",
]
House = Literal["front_desk", "settings", "team", "audit"]
RIGHTS: tuple[Right, ...] = get_args(Right)
OF_THE_HOUSE: tuple[House, ...] = get_args(House)

# The default rights of each role. A conversation is open to whoever sits in it, whatever the role.
ROLES = {
    Role.ADMINISTRATOR: Rights(
        demographics=Reach.ALL, manages=Reach.ALL, front_desk=True, settings=True, team=True, audit=True,
    ),
    Role.PRACTITIONER: Rights(
        demographics=Reach.ASSIGNED, manages=Reach.ASSIGNED, clinical=Reach.ASSIGNED, document_status=Reach.ASSIGNED,
        calendar=Reach.ASSIGNED, visits=Reach.ASSIGNED,
    ),
    Role.SUPERVISOR: Rights(
        demographics=Reach.SUPERVISED, manages=Reach.SUPERVISED, clinical=Reach.SUPERVISED,
        document_status=Reach.SUPERVISED, countersign=Reach.SUPERVISED, calendar=Reach.SUPERVISED,
        visits=Reach.SUPERVISED,
    ),
    Role.SCHEDULER: Rights(
        demographics=Reach.ALL, manages=Reach.ALL, document_status=Reach.ALL, calendar=Reach.ALL, visits=Reach.ALL,
        front_desk=True,
    ),
    Role.BILLER: Rights(demographics=Reach.ALL, visits=Reach.ALL, billing=Reach.ALL),
}

# What full clinical access, and viewing and managing billing, open for every client whom somebody sees.
SWITCHES: dict[str, tuple[Right, ...]] = {
    "clinical": ("clinical", "document_status"),
    "billing": ("billing", "visits"),
}

# Clients a staff member ($1) reaches through assignments: their own, or those of whom they supervise.
ASSIGNED = "SELECT client_id FROM assignment WHERE staff_id = $1 AND ended_at IS NULL"
SUPERVISED = """SELECT a.client_id FROM assignment a JOIN supervision v ON v.supervisee_id = a.staff_id
  WHERE v.supervisor_id = $1 AND a.ended_at IS NULL"""
# And the records they opened in an emergency, while that lasts (emergency.py): to read, not to change.
OPENED_IN_EMERGENCY = frozenset({"demographics", "clinical"})
EMERGENCY = "SELECT client_id FROM emergency WHERE staff_id = $1 AND ended_at IS NULL AND ends_at > now()"

# Asked of one row. No EXISTS: the planner would make a table of all assignments first, 40 ms for nine tenths of 50,000
# clients, where a page and its count ask about a thousand of them.
ROWS = {
    Reach.ASSIGNED: """(SELECT true FROM assignment a WHERE a.client_id = {column} AND a.staff_id = $1
      AND a.ended_at IS NULL LIMIT 1)""",
    Reach.SUPERVISED: """(SELECT true FROM assignment a WHERE a.client_id = {column} AND a.ended_at IS NULL
      AND a.staff_id = ANY(ARRAY(SELECT supervisee_id FROM supervision WHERE supervisor_id = $1)) LIMIT 1)""",
}


def reaches(actor: Actor, right: Right = "demographics") -> frozenset[Reach]:
    """How far this right of a staff member goes; empty for everybody else and while looking through another person's
    eyes.

    The switches: who may see all clients has whatever right the roles give for all of them (countersigning stays with
    those one supervises); each of the two others opens its rights for every client whom one sees.
    """
    if not actor.desk or actor.staff_id is None or actor.lens is not None:
        return frozenset()
    own = _given(actor, right)
    if actor.all_clients and right != "countersign" and (own or right == "demographics"):
        own |= {Reach.ALL}
    if any(getattr(actor, switch) and right in opened for switch, opened in SWITCHES.items()):
        own |= reaches(actor, "demographics")
    return own


def may(actor: Actor, right: House) -> bool:
    """Whether one of this staff member's roles gives a right over the practice itself."""
    return actor.desk and actor.lens is None and any(getattr(ROLES[role], right) for role in actor.roles)


def permissions_of(actor: Actor) -> list[str]:
    """What follows from roles and switches, in words: "settings", "all-clients", "clinical:assigned" …"""
    house = [word.replace("_", "-") for word in OF_THE_HOUSE if may(actor, word)]
    everyone = ["all-clients"] if sees_all(actor) else []
    reached = [f"{right.replace('_', '-')}:{reach}" for right in RIGHTS for reach in sorted(reaches(actor, right))]
    return [*house, *everyone, *reached]


def sees_all(actor: Actor) -> bool:
    return Reach.ALL in reaches(actor)


def handles_front_desk(actor: Actor) -> bool:
    """Whether this person answers for Front desk: its inbox, its seat in conversations."""
    return may(actor, "front_desk")


async def visible_clients(actor: Actor, right: Right = "demographics") -> list[UUID] | None:
    """The ids of the clients this staff member sees, or whom another right of theirs reaches; None for all."""
    if Reach.ALL in reaches(actor, right):
        return None
    sql = _reached(actor, right)
    return [row["client_id"] for row in await fetch_all(sql, actor.staff_id)] if sql else []


def seen_clients(actor: Actor) -> str | None:
    """The statement that selects the ids of whom this staff member ($1) sees, for a longer statement to narrow by; None
    for all."""
    if sees_all(actor):
        return None
    return _reached(actor).replace("UNION", "UNION ALL") or "SELECT NULL::uuid WHERE $1::uuid IS NULL"


def sees_row(actor: Actor, column: str) -> str:
    """The same asked of one row: whether this staff member ($1) sees the client in `column`. For who sees so many that
    walking the rows is quicker than gathering them."""
    if sees_all(actor):
        return "($1::uuid IS NULL OR true)"
    if not _reached(actor):
        return "($1::uuid IS NULL AND false)"
    mine = reaches(actor)
    parts = [sql.format(column=column) for reach, sql in ROWS.items() if reach in mine]
    return f"coalesce({', '.join([*parts, f'{column} = ANY(ARRAY({EMERGENCY}))'])})"


async def sees_client(actor: Actor, client_id: UUID, right: Right = "demographics") -> bool:
    """Whether the record of this client is open to this staff member; with `right`, whether it reaches that far."""
    if Reach.ALL in reaches(actor, right):
        return await remembered(("client", client_id), lambda: Client.exists(id=client_id, merged_into=None))
    sql = _reached(actor, right)
    if not sql:
        return False
    asked = f"SELECT 1 FROM ({sql}) c WHERE c.client_id = $2"
    key = (sql, actor.staff_id, client_id)
    return await remembered(key, lambda: fetch_one(asked, actor.staff_id, client_id)) is not None


async def client_for(actor: Actor, client_id: UUID) -> Client:
    """The client, for staff who see it; raises Missing else, Gone `merged` where another record took its place, to
    staff who see that one: `into` of its errors names it."""
    found = await Client.get_or_none(id=client_id) if await sees_client(actor, client_id) else None
    return found or await _led_over(actor, client_id)


async def managed_client(actor: Actor, client_id: UUID) -> Client:
    """The client, for staff who may change its record; raises Missing for who does not see it, Forbidden for who only
    does."""
    found = await client_for(actor, client_id)
    if not await sees_client(actor, client_id, "manages"):
        raise Forbidden("not-managed", "You may look at this record, not change it. Ask an administrator.")
    return found


async def _led_over(actor: Actor, client_id: UUID) -> NoReturn:
    pointer = await Client.get_or_none(id=client_id, merged_into__not_isnull=True) if actor.desk else None
    if pointer is None or pointer.merged_into is None or not await sees_client(actor, pointer.merged_into):
        missing("client")
    into = await Client.get(id=pointer.merged_into)
    said = f"The record of {pointer.name} was merged into the record of {into.name}. Everything of it is there."
    raise Gone("merged", said, errors={"into": [str(into.id)], "name": [into.name]})


def _given(actor: Actor, right: Right) -> frozenset[Reach]:
    return frozenset(getattr(ROLES[role], right) for role in actor.roles) - {Reach.NONE}


def _reached(actor: Actor, right: Right = "demographics") -> str:
    if not actor.desk or actor.staff_id is None or actor.lens is not None:
        return ""
    mine = reaches(actor, right)
    parts = [sql for reach, sql in ((Reach.ASSIGNED, ASSIGNED), (Reach.SUPERVISED, SUPERVISED)) if reach in mine]
    return " UNION ".join([*parts, *([EMERGENCY] if right in OPENED_IN_EMERGENCY else [])])
