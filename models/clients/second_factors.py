"""Staff reset the second factor of somebody who reads a client's portal, after they made sure who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.accounts import resets
from models.clients.access import managed_client
from models.clients.tables import Client, Contact, PortalAccess
from models.core.actor import Actor
from models.core.errors import Forbidden, missing


@dataclass(frozen=True)
class Reader:
    """Who reads: the client, or a contact of the client."""

    login_id: UUID
    name: str
    client: Client


async def reader_for(actor: Actor, client_id: UUID, access_id: UUID) -> Reader:
    """For staff who manage the client; raises Missing for an access of another client or without a login, Forbidden
    for who may only look, and for a login that is staff as well: an administrator resets those."""
    client = await managed_client(actor, client_id)
    access = await PortalAccess.get_or_none(id=access_id, client_id=client_id)
    if access is None or access.login_id is None:
        missing("portal access")
    if await resets.is_staff(access.login_id) and not actor.administrator:
        raise Forbidden("staff-login", "This person works here, too. An administrator resets their second factor.")
    contact = await Contact.get_or_none(id=access.contact_id) if access.contact_id else None
    return Reader(access.login_id, contact.name if contact else client.name, client)


async def reset_reader(actor: Actor, reader: Reader, *, how: str) -> None:
    if reader.login_id == actor.login_id:
        raise Forbidden("own-factor", "Your own second factor is turned off on your security page.")
    await resets.reset(actor, reader.login_id, how=how)
