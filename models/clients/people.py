"""Looking people up: who is assigned to a client, which staff there are, who reads a client's portal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.clients.access import sees_row
from models.clients.words import fitting, looked_for
from models.core.actor import Actor
from models.core.database import Row, fetch_all


@dataclass(frozen=True)
class Staff:
    """A staff member who works here now."""

    id: UUID
    login_id: UUID
    name: str
    title: str
    voice: str
    roles: frozenset[str]

    @property
    def role(self) -> str:
        """What they are called under their name."""
        return self.title or next((role.capitalize() for role in ROLE_ORDER if role in self.roles), "")


@dataclass(frozen=True)
class Portal:
    """Somebody's view of a client: the client's own (`contact_id` None) or a contact's, with or without access."""

    access_id: UUID | None
    client_id: UUID
    client_name: str
    contact_id: UUID | None
    name: str
    relation: str
    invited: bool
    accepted: bool
    messaging: bool

    @property
    def open(self) -> bool:
        """Whether a message would reach them."""
        return self.accepted and self.messaging


ROLE_ORDER = ("practitioner", "supervisor", "scheduler", "biller", "administrator")

STAFF = """SELECT id, login_id, name, title, voice, roles FROM staff_member
  WHERE deactivated_at IS NULL AND ({where}) ORDER BY name, id"""

ASSIGNED = """id IN (SELECT staff_id FROM assignment WHERE client_id = $1 AND ended_at IS NULL)"""

OWN = """SELECT pa.id AS access_id, cl.id AS client_id, cl.name AS client_name, NULL::uuid AS contact_id, cl.name,
    '' AS relation, pa.invited_at IS NOT NULL AS invited,
    portico_open(pa) AS accepted,
    portico_on('messaging', pa.features_off) AS messaging
  FROM client cl
  LEFT JOIN portal_access pa ON pa.client_id = cl.id AND pa.contact_id IS NULL AND pa.revoked_at IS NULL"""

CONTACTS = """SELECT pa.id AS access_id, cl.id AS client_id, cl.name AS client_name, co.id AS contact_id, co.name,
    cc.relation, pa.invited_at IS NOT NULL AS invited,
    portico_open(pa) AS accepted,
    portico_on('messaging', pa.features_off) AS messaging
  FROM client_contact cc
  JOIN client cl ON cl.id = cc.client_id
  JOIN contact co ON co.id = cc.contact_id
  LEFT JOIN portal_access pa ON pa.client_id = cc.client_id AND pa.contact_id = cc.contact_id
    AND pa.revoked_at IS NULL"""

# $1 who looks; $2 how many. Ids are gathered first, whatever the planner thinks of a name.
FIRST = """SELECT c.id FROM client c WHERE {among} AND c.merged_into IS NULL AND {seen}
  ORDER BY c.name, c.id LIMIT $2"""
EVERYBODY = "($1::uuid IS NULL OR true)"


async def assigned_to(client_id: UUID) -> list[Staff]:
    """The staff members assigned to a client now, by name."""
    return [_staff(row) for row in await fetch_all(STAFF.format(where=ASSIGNED), client_id)]


async def staff_by_id(ids: Sequence[UUID]) -> list[Staff]:
    """Those of the ids that are staff members working here now."""
    return [_staff(row) for row in await fetch_all(STAFF.format(where="id = ANY($1)"), list(ids))]


async def staff_named(words: str, *, most: int) -> list[Staff]:
    """Staff with names that begin with these words (accents and capitals do not matter); all when there are none."""
    terms = await looked_for(words, kinds="n")
    if words.strip() and not terms:
        return []
    found, bounds = fitting(terms, table="staff_word", of="staff_id", start=1)
    sql = STAFF.format(where=_among(found, "id")) + " LIMIT $1"
    return [_staff(row) for row in await fetch_all(sql, most, *bounds)]


async def portals_by_id(ids: Sequence[UUID]) -> list[Portal]:
    """Those of the ids that are clients or contacts: one row for each client they stand for."""
    own = await fetch_all(f"{OWN} WHERE cl.id = ANY($1) AND cl.merged_into IS NULL", list(ids))
    contacts = await fetch_all(f"{CONTACTS} WHERE co.id = ANY($1)", list(ids))
    return [Portal(**row) for row in (*own, *contacts)]


async def portals_named(words: str, *, by: Actor | None = None, most: int) -> list[Portal]:
    """Clients and contacts with names that begin with these words (accents and capitals do not matter), by name; with
    `by` only about clients whom this staff member sees."""
    terms = await looked_for(words, kinds="n")
    if words.strip() and not terms:
        return []
    args = (by.staff_id if by else None, most)
    seen = [sees_row(by, column) if by else EVERYBODY for column in ("c.id", "cl.id")]
    own, contacts = (fitting(terms, table=f"{one}_word", of=f"{one}_id", start=2) for one in ("client", "contact"))
    found = [
        *await fetch_all(f"{OWN} WHERE cl.id IN ({FIRST.format(among=_among(own[0], 'c.id'), seen=seen[0])})",
                         *args, *own[1]),
        *await fetch_all(f"{CONTACTS} WHERE {_among(contacts[0], 'co.id')} AND {seen[1]}"
                         " ORDER BY co.name, cl.id LIMIT $2", *args, *contacts[1]),
    ]
    found.sort(key=lambda row: (row["name"], row["client_name"]))
    return [Portal(**row) for row in found[:most]]


async def portals_about(client_id: UUID) -> list[Portal]:
    """The client and all contacts of one client, with or without access."""
    own = await fetch_all(f"{OWN} WHERE cl.id = $1", client_id)
    contacts = await fetch_all(f"{CONTACTS} WHERE cl.id = $1 ORDER BY co.name", client_id)
    return [Portal(**row) for row in (*own, *contacts)]


async def staff_logins() -> list[tuple[UUID, str]]:
    """The logins and names of all staff there ever was, by name: whose doings a log may hold."""
    rows = await fetch_all("SELECT login_id, name FROM staff_member ORDER BY name, id")
    return [(row["login_id"], row["name"]) for row in rows]


async def administrators() -> list[UUID]:
    """The logins of the practice's administrators."""
    rows = await fetch_all(
        "SELECT login_id FROM staff_member WHERE deactivated_at IS NULL AND roles @> '{administrator}' ORDER BY id"
    )
    return [row["login_id"] for row in rows]


def _among(ids: str, column: str) -> str:
    return f"{column} = ANY(ARRAY({ids}))" if ids else "true"


def _staff(row: Row) -> Staff:
    return Staff(
        id=row["id"], login_id=row["login_id"], name=row["name"], title=row["title"], voice=row["voice"],
        roles=frozenset(row["roles"]),
    )
