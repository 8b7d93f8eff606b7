"""Clients > [name] > Portal > Handed in: all that one person handed in or that was voided, back to the first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.core.actor import Actor
from models.core.errors import missing
from models.documents.recipients import Recipient, recipients_of
from models.documents.rights import sees_documents
from models.documents.standing import Standing, settled_with

PAGE = 50


@dataclass(frozen=True)
class Settled:
    """A page of it, newest first. `next`: the last one shown where others follow it; None at the end."""

    person: Recipient
    documents: list[Standing]
    next: UUID | None


async def settled_of(
    actor: Actor, client_id: UUID, person_id: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> Settled:
    """Of the client or one contact, for staff who see how far documents are. Raises Missing."""
    if not await sees_documents(actor, client_id):
        missing("client")
    people = await recipients_of(actor, client_id)
    person = next((one for one in people if one.id == person_id), None) or missing("person")
    if person.access_id is None:
        return Settled(person, [], None)
    return Settled(person, *await settled_with(client_id, person.access_id, before=before, limit=limit))
