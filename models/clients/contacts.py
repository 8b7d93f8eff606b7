"""Contacts of a client: parents, guardians, partners, others. A person is kept once, whoever's contact they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.accounts.me import initials
from models.clients import addresses, email_asking, particulars
from models.clients.access import managed_client, sees_row, visible_clients
from models.clients.choices import RELATIONS
from models.clients.detail_events import CONTACT_ADDED, CONTACT_CHANGED, CONTACT_LINKED, CONTACT_UNLINKED
from models.clients.naming import shown_name, split_name
from models.clients.tables import Client, ClientContact, Contact
from models.clients.words import fitting, looked_for
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Audience, EventType, Part, ToLogin, ToStaffAllClients, ToStaffOf

MOST_FOUND = 8


@dataclass(frozen=True)
class Linked:
    """A contact of one client. `portal`: none, invited or open; `other_clients`: how many besides have this contact;
    `language`: by its code, what they prefer to be spoken to in."""

    id: UUID
    name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    kind: str
    relation: str
    client_id: UUID | None
    portal: str
    other_clients: int
    language: str

    @property
    def initials(self) -> str:
        return initials(self.name)


LINKED = """SELECT co.id, co.name, co.first_name, co.last_name, co.email, co.phone, cc.kind, cc.relation, co.client_id,
    CASE WHEN a.accepted_at IS NOT NULL THEN 'open' WHEN a.invited_at IS NOT NULL THEN 'invited' ELSE 'none' END
      AS portal,
    (SELECT count(*) FROM client_contact o WHERE o.contact_id = co.id AND o.client_id <> cc.client_id)::int
      AS other_clients, coalesce(nullif(co.language, ''), d.language, '') AS language
  FROM client_contact cc JOIN contact co ON co.id = cc.contact_id
  LEFT JOIN client_details d ON d.practice_id = co.practice_id AND d.id = co.client_id
  LEFT JOIN portal_access a ON a.client_id = cc.client_id AND a.contact_id = co.id AND a.revoked_at IS NULL
  WHERE cc.client_id = $1 ORDER BY co.name, co.id"""


async def contacts_of(client_id: UUID) -> list[Linked]:
    """All contacts of a client, by name. For staff who were found to see the client."""
    return [_linked(row) for row in await fetch_all(LINKED, client_id)]


async def contact_for(actor: Actor, client_id: UUID, contact_id: UUID) -> tuple[Client, Contact]:
    """A client that this staff member may change, and one of its contacts; raises Missing or Forbidden."""
    client = await managed_client(actor, client_id)
    linked = await ClientContact.exists(client_id=client_id, contact_id=contact_id)
    contact = await Contact.get_or_none(id=contact_id) if linked else None
    return client, contact or missing("contact")


async def find(actor: Actor, client_id: UUID, words: str) -> list[dict[str, Any]]:
    """People the practice knows already who could be a contact of this client: contacts and clients whose record this
    staff member sees, by the beginnings of names and e-mail address."""
    await managed_client(actor, client_id)
    terms = await looked_for(words, kinds="ne")
    if not terms:
        return []
    own, own_bounds = fitting(terms, table="client_word", of="client_id", start=3)
    linked, bounds = fitting(terms, table="contact_word", of="contact_id", start=3 + len(own_bounds))
    among = {"clients": f"cl.id = ANY(ARRAY({own}))", "contacts": f"co.id = ANY(ARRAY({linked}))"}
    sql = FIND.format(seen=sees_row(actor, "cl.id"), **among)
    rows = await fetch_all(sql, actor.staff_id, client_id, MOST_FOUND, *own_bounds, *bounds)
    return [_choice(row) for row in rows]


async def _knows(actor: Actor, client_id: UUID, email: str) -> bool:
    """Whether `find` would tell this staff member who has exactly this address."""
    sql = FIND.format(seen=sees_row(actor, "cl.id"), clients="cl.email = $4", contacts="co.email = $4")
    return bool(await fetch_all(sql, actor.staff_id, client_id, 1, email))


# Who is a contact and a client at once is found as the contact. $1 who looks, $2 whose contact. Whom one sees is asked
# row by row of those found: who sees nine tenths of a large practice would bring a long list of ids.
FIND = """SELECT 'contact' AS kind, co.id, co.name, co.email, string_agg(cl.name, ', ' ORDER BY cl.name) AS of_clients
    FROM contact co LEFT JOIN client_contact cc ON cc.contact_id = co.id LEFT JOIN client cl ON cl.id = cc.client_id
    WHERE {contacts} AND {seen}
      AND NOT EXISTS (SELECT FROM client_contact o WHERE o.contact_id = co.id AND o.client_id = $2)
      AND co.client_id IS DISTINCT FROM $2
    GROUP BY co.id, co.name, co.email
  UNION ALL SELECT 'client', cl.id, cl.name, cl.email, NULL FROM client cl
    WHERE {clients} AND {seen}
      AND cl.id <> $2 AND cl.merged_into IS NULL AND NOT EXISTS (SELECT FROM contact co WHERE co.client_id = cl.id)
  ORDER BY 3, 2 LIMIT $3"""


def _choice(row: Row) -> dict[str, Any]:
    role = f"Contact of {row['of_clients']}" if row["of_clients"] else "Contact"
    role = "Client" if row["kind"] == "client" else role
    words = f"{role} · {row['email']}" if row["email"] else role
    return {"id": row["id"], "name": row["name"], "kind": row["kind"], "role": words, "reason": None}


async def add(actor: Actor, client_id: UUID, given: Mapping[str, Any]) -> UUID:
    """A contact for this client: a person the practice knows (`person`: the id that `find` told) or a new one. Returns
    the contact's id. Raises Conflict `known-person` when the e-mail is that of somebody known already."""
    client = await managed_client(actor, client_id)
    relation = _relation(given)
    async with change(actor, "contact.add"):
        await fetch_one("SELECT 1 FROM client WHERE id = $1 FOR UPDATE", client_id)  # no address comes in between
        person = given.get("person")
        if person is None:
            contact, event = await _new(actor, client, given), CONTACT_ADDED
        else:
            contact, event = await _known(actor, client, person), CONTACT_LINKED
        await ClientContact.create(
            client_id=client_id, contact_id=contact.id, kind=relation["kind"], relation=relation["relation"]
        )
        await execute(HIDE_EARLIER, client_id, contact.id)
        await _tell(actor, event, client_id, contact.id)
    return contact.id


# What other contacts entered as an address stays hidden from who joins later.
HIDE_EARLIER = """INSERT INTO address_hidden (address_id, contact_id) SELECT id, $2 FROM client_address
  WHERE client_id = $1 AND by_contact_id IS NOT NULL AND by_contact_id <> $2 ON CONFLICT DO NOTHING"""


async def update(actor: Actor, client_id: UUID, contact_id: UUID, given: Mapping[str, Any]) -> None:
    """Names, e-mail, phone and relation. A contact of several clients is the same person for all of them; of one who is
    a client as well, only the relation is changed here, the rest in their own record."""
    client, contact = await contact_for(actor, client_id, contact_id)
    relation = _relation(given)
    if contact.client_id is None and given["email"] != contact.email:
        await _refuse_known(actor, client, given["email"], but=contact_id)
    async with change(actor, "contact.update"):
        if contact.client_id is None:
            first, last = _names(given)
            await keep_contact(contact_id, first_name=first, last_name=last, email=given["email"], phone=given["phone"])
            if given["email"] != contact.email:
                await addresses.end_former_links(actor, client_id, contact_id, given["email"])
            await email_asking.follow_record(actor, client_id, contact_id)
        await ClientContact.filter(client_id=client_id, contact_id=contact_id).update(**relation)
        await tell_everywhere(actor, contact_id)


async def unlink(actor: Actor, client_id: UUID, contact_id: UUID) -> None:
    """This person is no contact of the client any more; the person's own record and other links stay. Raises Conflict
    while there is an access to the client's portal, also one to which nobody was invited yet."""
    client, contact = await contact_for(actor, client_id, contact_id)
    await fetch_one(ALONE, client_id, contact_id)
    if await fetch_one(HAS, client_id, contact_id):
        raise Conflict("has-access", HAS_ACCESS.format(contact=contact.name, client=client.name))
    async with change(actor, "contact.unlink"):
        await particulars.let_contact_go(client_id, contact_id)
        await ClientContact.filter(client_id=client_id, contact_id=contact_id).delete()
        await _tell(actor, CONTACT_UNLINKED, client_id, contact_id)


# Who gives this contact access at the same moment waits, and then finds no contact; or is waited for, and seen.
ALONE = "SELECT 1 FROM client_contact WHERE client_id = $1 AND contact_id = $2 FOR UPDATE"
HAS = "SELECT 1 FROM portal_access WHERE client_id = $1 AND contact_id = $2 AND revoked_at IS NULL"
HAS_ACCESS = ("{contact} has access to {client}’s portal. Revoke the access, or switch it off, on the Portal tab "
              "first, then unlink.")


async def keep_contact(contact_id: UUID, *, first_name: str, last_name: str, **rest: str) -> None:
    """The one place that writes a contact's names, with the name that screens show."""
    name = shown_name(first_name, last_name)
    await Contact.filter(id=contact_id).update(first_name=first_name, last_name=last_name, name=name, **rest)


async def keep_language(actor: Actor, contact_id: UUID, language: str) -> None:
    """Inside a change: what the person said of themselves."""
    await Contact.filter(id=contact_id).update(language=language)
    await tell_everywhere(actor, contact_id)


async def _new(actor: Actor, client: Client, given: Mapping[str, Any]) -> Contact:
    first, last = _names(given)
    await _refuse_known(actor, client, given["email"])
    return await Contact.create(
        name=shown_name(first, last), first_name=first, last_name=last, email=given["email"], phone=given["phone"]
    )


async def _known(actor: Actor, client: Client, person: UUID) -> Contact:
    """The contact with this id, or the contact that this other client becomes; never one out of this actor's sight."""
    seen = await visible_clients(actor)
    if person == client.id:
        raise Invalid(errors={"person": ["A client is not their own contact. Choose somebody else."]})
    found = await Contact.get_or_none(id=person) or await Contact.get_or_none(client_id=person)
    if found is None:
        found = await _from_client(person, seen)
    elif seen is not None and found.client_id not in seen:
        links = await ClientContact.filter(contact_id=found.id, client_id__in=seen).count()
        found = found if links else missing("contact")
    if found.client_id == client.id or await ClientContact.exists(client_id=client.id, contact_id=found.id):
        raise Conflict("linked-already", f"{found.name} is a contact of {client.name} already.")
    return found


async def _from_client(person: UUID, seen: list[UUID] | None) -> Contact:
    other = await Client.get_or_none(id=person, merged_into=None) if seen is None or person in seen else None
    if other is None:
        missing("contact")
    first, last = other.first_name, other.last_name
    if not (first or last):
        first, last = split_name(other.name)
    return await Contact.create(
        name=other.name, first_name=first, last_name=last, email=other.email, phone=other.phone, client_id=other.id
    )


async def alone_with(emails: Sequence[str]) -> None:
    """One address, one person: of two who enter it at once the second waits, and then finds the first."""
    await execute(ALONE_WITH, [one for one in emails if one])


ALONE_WITH = """SELECT pg_advisory_xact_lock(hashtextextended('address:' || portico_here()::text || one, 0))
  FROM unnest($1::text[]) one ORDER BY one"""


async def _refuse_known(actor: Actor, client: Client, email: str, *, but: UUID | None = None) -> None:
    """One address, one person: who has it already is offered, when this staff member may know them."""
    if not email:
        return
    await alone_with([email])
    other = await fetch_one("SELECT id FROM contact WHERE email = $1 AND id IS DISTINCT FROM $2", email, but)
    own = await fetch_one("SELECT client_id FROM contact WHERE id = $1", but) if but else None
    of_client = await fetch_one(
        "SELECT id FROM client WHERE email = $1 AND id IS DISTINCT FROM $2", email, own["client_id"] if own else None
    )
    if other is None and of_client is None:
        return
    if await _knows(actor, client.id, email):
        raise Conflict("known-person", KNOWN, errors={"email": [KNOWN]})
    raise Conflict("known-elsewhere", ELSEWHERE, errors={"email": [ELSEWHERE]})


KNOWN = "Somebody the practice knows has this e-mail address. Find them by name under “An existing person”."
ELSEWHERE = "This e-mail address is in use in the practice already. An administrator or the front desk can link them."


def _names(given: Mapping[str, Any]) -> tuple[str, str]:
    empty = {name: ["Fill this in."] for name in ("first_name", "last_name") if not given[name]}
    if empty:
        raise Invalid(errors=empty)
    return given["first_name"], given["last_name"]


def _relation(given: Mapping[str, Any]) -> dict[str, str]:
    """The kind, and what they are in words; without words the kind's own."""
    kind = given["kind"]
    return {"kind": kind, "relation": given["relation"] or dict(RELATIONS)[kind].lower()}


def _linked(row: Row) -> Linked:
    found = dict(row)
    if not (found["first_name"] or found["last_name"]):
        found["first_name"], found["last_name"] = split_name(found["name"])
    return Linked(**found)


async def _tell(actor: Actor, kind: EventType, client_id: UUID, contact_id: UUID) -> None:
    ids = {"client": client_id, "contact": contact_id}
    await record(actor, kind, [Part([ToStaffOf(client_id), ToStaffAllClients()], ids)], subject_id=contact_id)


async def tell_everywhere(actor: Actor | None, contact_id: UUID) -> None:
    """Staff of each client whose contact it is, and the person."""
    rows = await fetch_all("SELECT client_id FROM client_contact WHERE contact_id = $1 ORDER BY 1", contact_id)
    parts = [
        Part([ToStaffOf(row["client_id"]), ToStaffAllClients()], {"client": row["client_id"], "contact": contact_id})
        for row in rows
    ]
    logins: list[Audience] = [ToLogin(login) for login in await logins_of(contact_id)]
    parts += [Part(logins, {"contact": contact_id})] if logins else []
    await record(actor, CONTACT_CHANGED, parts, subject_id=contact_id)


async def logins_of(contact_id: UUID) -> list[UUID]:
    """The logins by which this contact signs in now."""
    sql = """SELECT DISTINCT login_id FROM portal_access WHERE contact_id = $1 AND login_id IS NOT NULL
      AND revoked_at IS NULL ORDER BY 1"""
    return [row["login_id"] for row in await fetch_all(sql, contact_id)]

