"""A minor who consents alone: from contacts the whole record is hidden. The law of some states lets minors of a certain
age consent to certain care by themselves, and then nobody else is told without their word."""

from __future__ import annotations

from uuid import UUID

from models.clients.access import client_for, sees_client
from models.clients.detail_events import OWN_CONSENT_CHANGED
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid
from models.core.events import Part, ToAccess, ToStaffAllClients, ToStaffOf

CLINICAL = "Only staff with clinical rights for this client decide this. Ask the practitioner."
ADULT = "This client is an adult: contacts see nothing that was not opened to them."


async def may_set(actor: Actor, client_id: UUID) -> bool:
    """Whether this staff member decides it: whoever has clinical rights for the client."""
    return await sees_client(actor, client_id, "clinical")


async def set_own_consent(actor: Actor, client_id: UUID, on: bool) -> None:
    """Hide a minor's record from all contacts, or show it again. Their open pages end at once. Raises Missing,
    Forbidden for staff without clinical rights, Invalid for an adult."""
    client = await client_for(actor, client_id)
    if not await may_set(actor, client_id):
        raise Forbidden("clinical-only", CLINICAL)
    if on and not await is_minor(client):
        raise Invalid("adult", ADULT)
    if on == (client.own_consent_at is not None):
        return
    async with change(actor, "client.set_own_consent"):
        await Client.filter(id=client_id).update(own_consent_at=now() if on else None)
        own = await fetch_one(OWN_ACCESS, client_id)
        rooms = [ToStaffOf(client_id), ToStaffAllClients(), *([ToAccess(own["id"])] if own else [])]
        await record(actor, OWN_CONSENT_CHANGED, [Part(rooms, {"client": client_id})], subject_id=client_id,
                     rights_of=await logins_of_contacts(client_id))


OWN_ACCESS = "SELECT id FROM portal_access WHERE client_id = $1 AND contact_id IS NULL AND revoked_at IS NULL"


async def is_minor(client: Client) -> bool:
    """By the birth date and the practice's age of majority; without a birth date as the record says."""
    if client.born_on is None:
        return client.kind == "minor"
    sql = "SELECT portico_turns($1::date, portico_majority()) > portico_today() AS minor"
    row = await fetch_one(sql, client.born_on)
    return bool(row and row["minor"])


async def logins_of_contacts(client_id: UUID) -> list[UUID]:
    """The logins of all contacts who have, or were invited to, access to this client."""
    sql = """SELECT DISTINCT login_id FROM portal_access WHERE client_id = $1 AND contact_id IS NOT NULL
      AND login_id IS NOT NULL AND revoked_at IS NULL ORDER BY 1"""
    return [row["login_id"] for row in await fetch_all(sql, client_id)]
