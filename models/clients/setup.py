"""Start Setup: a new client's record is confirmed once. Until then the Details tab asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import create_model

from models.clients.access import managed_client
from models.clients.contact_asks import Relation
from models.clients.detail_events import SET_UP
from models.clients.fields import FieldOf, payload_of
from models.clients.naming import FIELDS as NAMES
from models.clients.owning import Owner, link_owner, owners
from models.clients.particulars import DEMOGRAPHICS
from models.clients.reaching import EMAIL, PHONE
from models.clients.sections import SECTIONS
from models.clients.tables import Client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.events import Part, ToStaffAllClients, ToStaffOf

BORN_ON = DEMOGRAPHICS[0]
# One phone is asked for here; the Details tab has room for more.
FIELDS: tuple[FieldOf, ...] = (*NAMES, EMAIL, BORN_ON)
PHONE_FIELDS = (replace(PHONE.fields[0], label="Phone"), replace(PHONE.fields[1], label="Kind of phone"))
CONFIRMED = {
    "names": frozenset(one.name for one in NAMES),
    "demographics": frozenset({BORN_ON.name}),
    "contact": frozenset({EMAIL.name, *(PHONE.name(1, name) for name in ("id", "number", "kind"))}),
}
# Of an address that is another client's own, `with_owner` makes that person a contact instead.
WITH_OWNER: dict[str, Any] = {"with_owner": (bool, False), "owner_as": (Relation, "parent")}
Confirmation = create_model("Confirmation", __base__=payload_of("Setup", (*FIELDS, PHONE)), **WITH_OWNER)


async def first_page(client_id: UUID) -> dict[str, Any]:
    """What page one confirms: names, e-mail, birth date, phone."""
    found: dict[str, Any] = {}
    for key, names in CONFIRMED.items():
        values = await SECTIONS[key].read(client_id)
        found |= {name: value for name, value in values.items() if name in names}
    return found


async def confirm(actor: Actor, client: Client, values: Mapping[str, Any]) -> None:
    """Keep what page one was sent. Raises Forbidden, Invalid with the faults by field, `email-taken` for the address of
    another client: `with_owner` leaves it out and makes that person a contact."""
    owner = await taken_by(client.id, values.get("email", "")) if values.get("with_owner") else None
    if owner:
        await link_owner(actor, client.id, owner, values.get("owner_as", "parent"))
        values = {**values, "email": ""}
    for key, names in CONFIRMED.items():
        given = {name: value for name, value in values.items() if name in names}
        await SECTIONS[key].save(actor, client.id, given)


async def taken_by(client_id: UUID, email: str) -> Owner | None:
    """Which other client's own this address is."""
    owner = (await owners([email], but=client_id)).get(email)
    return owner if owner and owner.kind == "client" else None


async def finish_setup(actor: Actor, client: Client) -> None:
    """Setup of this client is done; finishing it again changes nothing. Raises Forbidden, Missing."""
    await managed_client(actor, client.id)
    async with change(actor, "client.finish_setup"):
        if await execute("UPDATE client SET set_up_at = $2 WHERE id = $1 AND set_up_at IS NULL", client.id, now()):
            part = Part([ToStaffOf(client.id), ToStaffAllClients()], {"client": client.id})
            await record(actor, SET_UP, [part], subject_id=client.id)
