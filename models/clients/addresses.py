"""The address of a client or contact, and the login behind it: one login for each address and practice."""

from __future__ import annotations

from uuid import UUID

from models.accounts.reach import checked
from models.clients import email_asking
from models.clients.admitting import TAKEN, refuse_second_owner, refuse_shared_address
from models.clients.portal_events import ACCESS_ADDRESS_CORRECTED
from models.clients.portal_people import PortalPerson
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id

UNSENT = """UPDATE invitation SET sending = $2, copied = NULL, mail_state = 'unsent', mail_failure = '', mail_at = NULL
  WHERE practice_id = portico_here() AND access_id = $1"""


async def correct_address(actor: Actor, person: PortalPerson, email: str) -> None:
    """The record has this address from now on. Who signs in already goes on with the address of the sign-in until they
    confirm the new one by a link that goes there; links of who has not accepted, which went to the old one, end until
    it is sent again. Raises Invalid for what is no address, Conflict for another client's own."""
    address = checked(email)
    contact_id = person.contact.id if person.contact else None
    if person.contact is None:
        await _refuse_other_record(address, person.client.id)
    if found := await fetch_one("SELECT id FROM login WHERE email = $1", address):
        await refuse_shared_address(found["id"], person.client.id, contact_id)
    table, record = ("contact", person.contact) if person.contact else ("client", person.client)
    async with change(actor, "access.correct_address"):
        await execute(f"UPDATE {table} SET email = $2 WHERE id = $1", record.id, address)
        await end_former_links(actor, person.client.id, contact_id, address)
        await _tell(actor, person.client.id, person.id)
        await email_asking.follow_record(actor, person.client.id, contact_id, anew=True)


async def login_at(person: PortalPerson) -> UUID:
    """Inside a change: the login of this person's address, made where there is none. A contact who signs in for another
    client, or as a client, already goes on with that sign-in, whatever address the record has by now. Raises Invalid
    without an address, Conflict for the address of another client, of somebody else of this client, or of a sign-in
    that was closed."""
    if not person.address:
        raise Invalid("no-address", errors={"email": [f"{person.name} has no e-mail address yet. Add it first."]})
    address = checked(person.address)
    if known := await _signs_in_as(person, address):
        await refuse_shared_address(known, person.client.id, person.contact.id if person.contact else None)
        return known
    await execute("INSERT INTO login (id, email) VALUES ($1, $2) ON CONFLICT DO NOTHING", new_id(), address)
    row = await fetch_one("SELECT id, deactivated_at FROM login WHERE email = $1", address)
    assert row is not None
    if row["deactivated_at"] is not None:
        closed = "The sign-in of this address was closed. Use another address, or ask an administrator."
        raise Conflict("login-closed", closed, errors={"email": [closed]})
    login_id: UUID = row["id"]
    if person.contact is None:
        await refuse_second_owner(login_id, person.client.id)
    await refuse_shared_address(login_id, person.client.id, person.contact.id if person.contact else None)
    return login_id


async def _signs_in_as(person: PortalPerson, address: str) -> UUID | None:
    if person.contact is None:
        return None
    row = await fetch_one(SIGNS_IN, person.contact.id, person.contact.client_id, address)
    return row["id"] if row else None


SIGNS_IN = """SELECT l.id FROM portal_access a
  JOIN login l ON l.practice_id = a.practice_id AND l.id = a.login_id AND l.deactivated_at IS NULL
  WHERE a.practice_id = portico_here() AND a.accepted_at IS NOT NULL AND a.revoked_at IS NULL
    AND (a.contact_id = $1 OR (a.contact_id IS NULL AND a.client_id = $2))
  ORDER BY l.email = $3 DESC, a.accepted_at LIMIT 1"""


async def not_theirs(person: PortalPerson) -> str:
    """Why nobody is invited at this person's address, as a sentence; empty when it is theirs to sign in with."""
    row = await fetch_one("SELECT id FROM login WHERE email = $1", person.address)
    try:
        if row is not None and person.contact is None:
            await refuse_second_owner(row["id"], person.client.id)
        if row is not None:
            contact_id = person.contact.id if person.contact else None
            await refuse_shared_address(row["id"], person.client.id, contact_id)
    except Conflict as refusal:
        return str(refusal.detail)
    return ""


async def _tell(actor: Actor, client_id: UUID, person_id: UUID) -> None:
    heard = Part([ToStaffOf(client_id), ToStaffAllClients()], {"client": client_id})
    await record(actor, ACCESS_ADDRESS_CORRECTED, [heard], subject_id=person_id)


async def _refuse_other_record(address: str, client_id: UUID) -> None:
    row = await fetch_one("SELECT 1 FROM client WHERE email = $1 AND id <> $2", address, client_id)
    if row is not None:
        raise Conflict("address-taken", TAKEN, errors={"email": [TAKEN]})


async def end_former_links(actor: Actor, client_id: UUID, contact_id: UUID | None, address: str) -> None:
    """Inside a change of the record's address: of who was invited at another one and has not accepted, with this client
    and others, the links end until the invitation is sent again. Whoever has the former address has nothing to do with
    this from now on, signed in or not."""
    about = {"contact_id": contact_id} if contact_id else {"client_id": client_id, "contact_id": None}
    found = await PortalAccess.filter(**about, revoked_at=None, accepted_at=None, invited_at__isnull=False)
    login = await fetch_one("SELECT id FROM login WHERE email = $1", address)
    for access in [one for one in found if login is None or one.login_id != login["id"]]:
        await execute("UPDATE portal_access SET login_id = NULL WHERE id = $1", access.id)
        await execute(UNSENT, access.id, new_id())
        await _tell(actor, access.client_id, contact_id or client_id)
