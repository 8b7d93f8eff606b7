"""One person's place in a client's portal: the client, or one of the contacts, with or without access.

What staff do on the Portal tab begins by finding such a person; finding is checking, and holds the access's row.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.clients.access import client_for, managed_client
from models.clients.tables import Client, ClientContact, Contact, Invitation, PortalAccess
from models.core.actor import Actor
from models.core.change import record
from models.core.database import fetch_all, fetch_one
from models.core.errors import missing
from models.core.events import Audience, EventType, Part, ToDesk, ToLogin, ToStaffAllClients, ToStaffOf

# The one that holds, else the one that held last.
ACCESS = """SELECT id FROM portal_access WHERE practice_id = portico_here() AND client_id = $1
  AND contact_id IS NOT DISTINCT FROM $2 ORDER BY revoked_at IS NULL DESC, revoked_at DESC, id DESC LIMIT 1"""

# Who is about to be given access is not unlinked meanwhile (contacts.unlink).
LINKED = """SELECT 1 FROM client_contact WHERE practice_id = portico_here() AND client_id = $1 AND contact_id = $2
  FOR KEY SHARE"""


@dataclass(frozen=True)
class PortalPerson:
    """`relation` is empty for the client; `address`: where the invitation goes, as the record has it."""

    client: Client
    contact: Contact | None
    relation: str
    access: PortalAccess | None
    invitation: Invitation | None
    address: str

    @property
    def id(self) -> UUID:
        return self.contact.id if self.contact else self.client.id

    @property
    def name(self) -> str:
        return self.contact.name if self.contact else self.client.name

    @property
    def held(self) -> PortalAccess:
        """The access, which must be on; raises Missing else."""
        if self.access is None or self.access.revoked_at is not None:
            missing("access")
        return self.access


async def people_of(actor: Actor, client_id: UUID) -> list[PortalPerson]:
    """The client first, then the contacts by name; for staff who see the client."""
    client = await client_for(actor, client_id)
    contacts = await fetch_all(CONTACTS, client_id)
    ids = [None, *(row["contact_id"] for row in contacts)]
    return [await _person(client, one) for one in ids]


CONTACTS = """SELECT cc.contact_id FROM client_contact cc JOIN contact c
  ON c.practice_id = cc.practice_id AND c.id = cc.contact_id
  WHERE cc.practice_id = portico_here() AND cc.client_id = $1 ORDER BY c.name, c.id"""


async def person_for(actor: Actor, client_id: UUID, person_id: UUID) -> PortalPerson:
    """For staff who may change the record, with the access's row held until the scope ends. Raises Missing for a client
    that is not seen and for who is not of this client, Forbidden for staff who only look."""
    client = await managed_client(actor, client_id)
    return await _person(client, None if person_id == client_id else person_id, held=True)


async def person_of(access: PortalAccess) -> PortalPerson:
    """Whose access this is; for what happens without staff."""
    client = await Client.get(id=access.client_id)
    return await _person(client, access.contact_id)


async def is_hidden(client_id: UUID, contact_id: UUID | None) -> bool:
    """Whether the record is hidden from this contact, whatever access there is: the client consents alone, or is of age
    and has not agreed."""
    row = await fetch_one("SELECT portico_hidden($1, $2) AS hidden", client_id, contact_id)
    return row is not None and bool(row["hidden"])


async def _person(client: Client, contact_id: UUID | None, *, held: bool = False) -> PortalPerson:
    contact, relation = None, ""
    if contact_id is not None:
        if held:
            await fetch_one(LINKED, client.id, contact_id)
        link = await ClientContact.get_or_none(client_id=client.id, contact_id=contact_id) or missing("person")
        contact, relation = await Contact.get(id=contact_id), link.relation
    row = await fetch_one(ACCESS + (" FOR UPDATE" if held else ""), client.id, contact_id)
    access = await PortalAccess.get(id=row["id"]) if row else None
    invitation = await Invitation.get_or_none(access_id=access.id) if access else None
    address = await _address(contact or client, access)
    return PortalPerson(client, contact, relation, access, invitation, address)


async def _address(record: Client | Contact, access: PortalAccess | None) -> str:
    """Of the record; who has none there and signs in has the address of the sign-in."""
    if record.email or access is None or access.login_id is None:
        return record.email
    row = await fetch_one("SELECT email FROM login WHERE id = $1", access.login_id)
    return str(row["email"]) if row else ""


async def tell(
    actor: Actor | None, kind: EventType, access: PortalAccess, *, rights: bool = False, desks: list[UUID] | None = None
) -> None:
    """Inside a change: record what happened to an access. `rights`: it changed what the person may do, so that their
    sockets read it anew; `desks`: logins of staff whom it concerns by name."""
    rooms: list[Audience] = [ToDesk(one) for one in desks or ()]
    if access.login_id is not None and "login" in kind.audiences:
        rooms.insert(0, ToLogin(access.login_id))
    rooms += [ToStaffOf(access.client_id), ToStaffAllClients()]
    logins = [access.login_id] if rights and access.login_id is not None else []
    ids = {"client": access.client_id, "access": access.id}
    await record(actor, kind, [Part(rooms, ids)], subject_id=access.id, rights_of=logins)
