"""Who hears of a client's appointments by mail, and among them people who do not sign in: they are written to at the
address of their record, the client as such, a contact by what staff allowed them on the Portal tab.

An address is taken for a person's own unless the record says otherwise: what is a contact's address too, or was typed
by one, is written to only while that contact may hear of the appointments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from models.appointments.registering import REMIND, VIEW
from models.core.database import fetch_all

# Kinds of mail, and which permission of a contact each asks for.
NEWS, REMINDERS = "appointment", "appointment-reminders"
PERMISSIONS = {NEWS: VIEW.key, REMINDERS: REMIND.key}

# The client first, then contacts whose access holds, accepted or not. `sign_in`: the address of an open sign-in; `off`:
# kinds that are not wanted at this address, whoever said so; `shared`: contacts whose address it may be as well.
PEOPLE = """WITH who AS (
    SELECT c.id, c.name, '' AS relation, c.email, c.mails_off, NULL::text[] AS permissions,
      (SELECT l.email FROM portal_access a JOIN login l ON l.id = a.login_id
        WHERE a.client_id = c.id AND a.contact_id IS NULL AND portico_open(a) LIMIT 1) AS sign_in,
      array_remove(ARRAY(SELECT o.id FROM client_contact cc JOIN contact o ON o.id = cc.contact_id
        WHERE cc.client_id = c.id AND (o.email = c.email OR EXISTS (SELECT FROM portal_access x JOIN login l
          ON l.id = x.login_id WHERE x.contact_id = o.id AND l.email = c.email))) || c.email_by_contact_id, NULL)
        AS shared
    FROM client c WHERE c.id = $1 AND (c.read_only_until IS NULL OR c.read_only_until >= portico_today())
  UNION ALL
    SELECT o.id, o.name, coalesce(cc.relation, ''), o.email, o.mails_off, a.permissions,
      (SELECT l.email FROM login l WHERE l.id = a.login_id AND portico_open(a)), '{}'::uuid[]
    FROM portal_access a JOIN contact o ON o.id = a.contact_id
    LEFT JOIN client_contact cc ON cc.client_id = a.client_id AND cc.contact_id = o.id
    WHERE a.client_id = $1 AND portico_granted(a))
  SELECT w.id, w.name, w.relation, w.email, w.permissions, coalesce(w.sign_in, '') AS sign_in, w.shared,
    ARRAY(SELECT unnest(l.mails_off) FROM login l WHERE l.email = coalesce(w.sign_in, w.email)
      UNION SELECT unnest(w.mails_off) WHERE w.sign_in IS NULL
      UNION SELECT unnest(o.mails_off) FROM contact o WHERE w.sign_in IS NULL AND o.email = w.email AND o.email <> ''
      UNION SELECT unnest(c.mails_off) FROM client c WHERE w.sign_in IS NULL AND c.email = w.email AND c.email <> '')
      AS off
  FROM who w ORDER BY w.permissions IS NOT NULL, w.name, w.id"""


@dataclass(frozen=True)
class Person:
    """The client (`permissions` is None) or a contact of one client. `apart`: their address is that of somebody who may
    not hear of it."""

    id: UUID
    name: str
    relation: str
    email: str
    permissions: tuple[str, ...] | None
    sign_in: str
    off: frozenset[str]
    shared: frozenset[UUID]

    def may(self, kind: str) -> bool:
        """Whether this kind of mail is theirs to get."""
        return self.permissions is None or PERMISSIONS[kind] in self.permissions

    def apart(self, kind: str, people: Iterable[Person]) -> bool:
        """Whether somebody who may not get this kind reads at their address."""
        return not self.shared <= {one.id for one in people if one.may(kind)}


async def people_of(client_id: UUID) -> list[Person]:
    """Everybody who may hear of this client's appointments, and the client, addresses or not."""
    return [
        Person(row["id"], row["name"], row["relation"], row["email"],
               None if row["permissions"] is None else tuple(row["permissions"]), row["sign_in"],
               frozenset(row["off"]), frozenset(row["shared"]))
        for row in await fetch_all(PEOPLE, client_id)
    ]


async def written_to(client_id: UUID, kind: str) -> list[Person]:
    """People without a sign-in who get this kind of mail; nobody twice, nor who gets it by a sign-in already."""
    people = await people_of(client_id)
    taken, found = {one.sign_in for one in people if one.may(kind)}, []
    for one in people:
        if reached(one, kind, people) and not one.sign_in and one.email not in taken:
            taken.add(one.email)
            found.append(one)
    return found


def reached(one: Person, kind: str, people: Iterable[Person]) -> bool:
    """Whether this kind of mail goes to this person, at their sign-in's address or that of their record."""
    if not one.may(kind) or kind in one.off:
        return False
    return bool(one.sign_in) or (bool(one.email) and not one.apart(kind, people))


async def written_person(client_id: UUID, person_id: UUID, kind: str) -> Person | None:
    """The person, if they are still to be written to."""
    return next((one for one in await written_to(client_id, kind) if one.id == person_id), None)
