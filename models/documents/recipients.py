"""Who may be asked and shared with for a client: the client, and contacts who manage documentation."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.clients.portal_people import PortalPerson, is_hidden, people_of
from models.core.actor import Actor
from models.documents.rights import DOCUMENTATION


@dataclass(frozen=True)
class Recipient:
    """`why_not`: the reason for which nothing new can be shared with this person; empty when it can. `access_id`: also
    of an access that was revoked, since what was shared stands behind it. `minor`: the client themselves, under age.
    `mailed`: an e-mail goes to them, since they have come in already."""

    id: UUID
    name: str
    relation: str
    access_id: UUID | None
    own: bool
    minor: bool
    mailed: bool
    why_not: str


async def recipients_of(actor: Actor, client_id: UUID) -> list[Recipient]:
    """The client first, then the contacts by name; for staff who see the client."""
    return [await _recipient(one) for one in await people_of(actor, client_id)]


async def _recipient(person: PortalPerson) -> Recipient:
    access, own = person.access, person.contact is None
    held = access if access is not None and access.revoked_at is None else None
    return Recipient(
        id=person.id, name=person.name, relation=person.relation, access_id=access.id if access else None, own=own,
        minor=own and person.client.kind == "minor", mailed=bool(held and held.accepted_at), why_not=await _why(person),
    )


async def _why(person: PortalPerson) -> str:
    access = person.access
    if access is None or access.revoked_at is not None:
        return "No portal access yet. Switch it on under Who can sign in." if access is None else "Access was revoked."
    if person.contact is None:
        return ""
    if await is_hidden(person.client.id, person.contact.id):
        return f"The record is hidden from {person.name}."
    if DOCUMENTATION.key not in access.permissions:
        return f"{DOCUMENTATION.title} is off for {person.name}. Switch it on under Who can sign in."
    return ""
