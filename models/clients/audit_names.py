"""Names behind the ids of the audit log, asked once a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from models.clients.audit_words import TYPES
from models.core.database import Row, fetch_all

PORTICO = "Portico"
UNKNOWN = "somebody"

# A login is named as the staff member, else as the client or contact behind its first access.
LOGINS = """SELECT l.id, coalesce(m.name, p.name, 'A former login') AS name FROM login l
  LEFT JOIN staff_member m ON m.practice_id = l.practice_id AND m.login_id = l.id
  LEFT JOIN LATERAL (SELECT coalesce(t.name, c.name) AS name FROM portal_access a
    JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
    LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
    WHERE a.practice_id = l.practice_id AND a.login_id = l.id ORDER BY a.contact_id NULLS FIRST, a.id LIMIT 1) p ON true
  WHERE l.practice_id = portico_here() AND l.id = ANY($1)"""
ACCESSES = """SELECT a.id, coalesce(t.name, c.name) AS name FROM portal_access a
  JOIN client c ON c.practice_id = a.practice_id AND c.id = a.client_id
  LEFT JOIN contact t ON t.practice_id = a.practice_id AND t.id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.id = ANY($1)"""
# How somebody made sure who was asking, before they took a second factor away.
RESETS = "SELECT id, how AS name FROM factor_reset WHERE practice_id = portico_here() AND id = ANY($1)"
PLAIN = "SELECT id, name FROM {table} WHERE practice_id = portico_here() AND id = ANY($1)"


@dataclass(frozen=True)
class Names:
    """What is known by name; an id that leads nowhere gets a plain word."""

    logins: Mapping[UUID, str] = field(default_factory=dict)
    clients: Mapping[UUID, str] = field(default_factory=dict)
    members: Mapping[UUID, str] = field(default_factory=dict)
    contacts: Mapping[UUID, str] = field(default_factory=dict)
    accesses: Mapping[UUID, str] = field(default_factory=dict)
    resets: Mapping[UUID, str] = field(default_factory=dict)

    def login(self, id: UUID | None) -> str:
        """Nobody's: the house itself did it, by the clock."""
        return self.logins.get(id, "Somebody") if id else PORTICO

    def client(self, id: UUID | None) -> str:
        return self.clients.get(id, "") if id else ""

    def staff(self, id: object) -> str:
        return self.members.get(found, UNKNOWN) if (found := _uuid(id)) else UNKNOWN

    def contact(self, id: object) -> str:
        return self.contacts.get(found, UNKNOWN) if (found := _uuid(id)) else UNKNOWN

    def reset(self, id: object) -> str:
        return self.resets.get(found, "") if (found := _uuid(id)) else ""

    def access(self, id: UUID | None) -> str:
        return self.accesses.get(id, "") if id else ""


async def names_for(rows: Sequence[Row]) -> Names:
    """The names that these rows of events and looks lead to."""
    ids = [row["ids"] for row in rows if "ids" in row]
    return Names(
        logins=await login_names([*map(person_of, rows), *(row["subject_id"] for row in rows if "ids" in row)]),
        clients=await _named(PLAIN.format(table="client"), (row["client_id"] for row in rows)),
        members=await _named(PLAIN.format(table="staff_member"), (_uuid(staff_in(one)) for one in ids)),
        contacts=await _named(PLAIN.format(table="contact"), (_uuid(one.get("contact")) for one in ids)),
        accesses=await _named(ACCESSES, (row["access_id"] for row in rows if "access_id" in row)),
        resets=await _named(RESETS, (_uuid(one.get("reset")) for one in ids)),
    )


def staff_in(ids: Mapping[str, object]) -> object:
    """The staff member whom an event names, as one of the team or as whose calendar it is."""
    return ids.get("staff") or ids.get("practitioner")


def person_of(row: Row) -> UUID | None:
    """Whose line it is. What happens to a sign-in before anybody is signed in, or by the clock, has no actor: then it
    is the person to whom the login belongs."""
    if row["login_id"] is not None or "ids" not in row or row["type"] not in TYPES["sign-in"]:
        found: UUID | None = row["login_id"]
        return found
    heard = (_uuid(str(one).removeprefix("login:")) for one in row["audience"] if str(one).startswith("login:"))
    return next(heard, row["subject_id"])


async def login_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Who is behind each login."""
    return await _named(LOGINS, ids)


async def client_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return await _named(PLAIN.format(table="client"), ids)


async def _named(sql: str, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    return {row["id"]: row["name"] for row in await fetch_all(sql, sorted(wanted))}


def _uuid(id: object) -> UUID | None:
    try:
        return UUID(str(id)) if id else None
    except ValueError:
        return None
