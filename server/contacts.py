"""Doors of a client's contacts, for staff: add, find, change, unlink."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from quart import Request

from models.clients import contacts
from models.clients.contact_asks import AddContact, ChangeContact, FindPerson
from models.core.actor import Actor
from server.details import details
from server.door import STAFF, Done, Page, post
from server.portal_tab import adding_again

HERE = "/staff/clients/<uuid:id>/contacts"


async def where_it_stood(actor: Actor, id: UUID, request: Request) -> Page:
    """The tab whose dialog was refused, with all that was typed."""
    if (await request.form).get("tab") == "portal":
        return await adding_again(actor, id)
    return cast(Page, await details(actor, id, request))


@post(HERE, allow=STAFF, body=AddContact, key="contact.add", again=where_it_stood)
async def add_contact(actor: Actor, id: UUID, body: AddContact) -> Done:
    """A contact for this client: somebody the practice knows, or a new person."""
    made = await contacts.add(actor, id, body.model_dump(exclude={"tab"}))
    tab = "portal" if body.tab == "portal" else "details#contacts"
    return Done({"contact": made}, see=f"/staff/clients/{id}/{tab}")


@post(f"{HERE}/find", allow=STAFF, body=FindPerson)
async def find_person(actor: Actor, id: UUID, body: FindPerson) -> Done:
    """People the practice knows whose name or e-mail this is; posted, because a name must not stand in an address."""
    return Done({"choices": await contacts.find(actor, id, body.words)})


@post(f"{HERE}/<uuid:contact>", allow=STAFF, body=ChangeContact, again=details)
async def change_contact(actor: Actor, id: UUID, contact: UUID, body: ChangeContact) -> Done:
    """Names, e-mail, phone and relation."""
    await contacts.update(actor, id, contact, body.model_dump())
    return Done(see=f"/staff/clients/{id}/details#contacts")


@post(f"{HERE}/<uuid:contact>/unlink", allow=STAFF, again=details)
async def unlink_contact(actor: Actor, id: UUID, contact: UUID) -> Done:
    """This person is no contact of the client any more."""
    await contacts.unlink(actor, id, contact)
    return Done(see=f"/staff/clients/{id}/details#contacts")
