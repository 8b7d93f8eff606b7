"""Who is booked by staff: clients found by name, and somebody on the phone who has no record yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from models.clients import people
from models.clients.access import visible_clients
from models.clients.adding import NewClient, add
from models.clients.sections import SECTIONS
from models.core.actor import Actor, Role

MOST = 40


async def clients_named(actor: Actor, words: str) -> list[dict[str, Any]]:
    """Clients whom this person may put on a calendar, with names that begin so; nothing of the record but the name. On
    their own calendar practitioners may put whomever they see."""
    found = [one for one in await people.portals_named(words, by=actor, most=MOST) if one.contact_id is None]
    theirs = None if Role.PRACTITIONER in actor.roles else await visible_clients(actor, "calendar")
    return [
        {"id": one.client_id, "name": one.name, "kind": "client", "about": one.client_id, "about_name": "", "role": "",
         "reason": ""}
        for one in found if theirs is None or one.client_id in theirs
    ]


async def add_caller(
    actor: Actor, *, first_name: str, last_name: str, email: str, phone: str, practitioner: UUID
) -> UUID:
    """A prospect with what they said on the phone, assigned to whom they come to. Raises as adding a client does."""
    new = NewClient(first_name, last_name, email)
    (client_id,) = await add(actor, [new], practitioner=practitioner, status="prospect")
    if phone.strip():
        await SECTIONS["contact"].save(actor, client_id, {"phone_1_number": phone})
    return client_id
