"""A contact's own name and phone: theirs to see and change, whatever they may do for a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.clients.contacts import keep_contact, tell_everywhere
from models.clients.naming import split_name
from models.clients.tables import Contact
from models.core.actor import Actor
from models.core.change import change
from models.core.errors import Invalid, missing


@dataclass(frozen=True)
class Own:
    """`email` is shown and not changed here: it is what the person signs in with."""

    id: UUID
    first_name: str
    last_name: str
    email: str
    phone: str


async def own_contact(actor: Actor) -> Own | None:
    """The signed-in person's record as a contact; None for who is none, or who is a client here and keeps names in that
    record."""
    contact_id = next((one.contact_id for one in actor.accesses if one.contact_id), None)
    found = await Contact.get_or_none(id=contact_id, client_id=None) if contact_id else None
    if found is None:
        return None
    first, last = found.first_name, found.last_name
    if not (first or last):
        first, last = split_name(found.name)
    return Own(found.id, first, last, found.email, found.phone)


async def save_own_contact(actor: Actor, given: Mapping[str, Any]) -> None:
    """Keep what is given of first_name, last_name, phone. Raises Missing for who is no contact, Invalid."""
    own = await own_contact(actor) or missing("record")
    now = {"first_name": own.first_name, "last_name": own.last_name, "phone": own.phone, **given}
    empty = {name: ["Fill this in."] for name in ("first_name", "last_name") if not now[name]}
    if empty:
        raise Invalid(errors=empty)
    async with change(actor, "contact.save_own"):
        await keep_contact(own.id, **now)
        await tell_everywhere(actor, own.id)
