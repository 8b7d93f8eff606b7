"""Doors of a portal person's own information, and of a child's that a contact may manage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from quart import Request

from models.clients import majority
from models.clients.contact_asks import Agree, OwnContact
from models.clients.own_contact import own_contact, save_own_contact
from models.clients.sections import INFORMATION, SECTIONS, Section, seen
from models.core.actor import AccessOf, Actor
from models.core.looking import note_look
from server.door import PORTAL, Done, Page, See, get, post
from server.frames import base_of
from server.record import drawn, posted_part

HERE = "/profile"


@get(HERE, allow=PORTAL, portal=True)
async def profile(actor: Actor, request: Request) -> Page:
    """The record of the client acted for: the person's own, or a child's under Manage information."""
    access = _access(actor)
    found = {key: await seen(actor, section, access.client_id) for key, section in SECTIONS.items()}
    if access.contact_id is not None:
        await note_look(actor, "client.profile", access.client_id, client_id=access.client_id)
    posted, form = await posted_part(request, f"{base_of(actor)}{HERE}/")
    sections = [
        _drawn(actor, section, found[key], form if posted == key else {}) for key, section in SECTIONS.items()
    ]
    own = access.contact_id is None
    coming = await majority.coming(access.client_id) if own else None
    choices = await majority.choices(access.client_id) if coming else []
    told = {"client": access.client_id, "sections": found}
    return Page("clients/profile.html", json=told, sections=sections, own=own, client_name=access.client_name,
                posted=posted, coming=coming, choices=choices, current="information", key=None)


def kept_by(actor: Actor) -> dict[str, str] | None:
    """The record that a portal person keeps up to date, for their Home: whose, and where; None when there is none."""
    access = _access(actor)
    if access.contact_id is not None and INFORMATION.key not in access.permissions:
        return None
    whose = "Your" if access.contact_id is None else f"{access.client_name}’s"
    return {"title": f"{whose} information", "href": f"{base_of(actor)}{HERE}"}


def _access(actor: Actor) -> AccessOf:
    assert actor.access is not None
    return actor.access


def _drawn(actor: Actor, section: Section, values: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    access = _access(actor)
    made = drawn(actor, access.client_id, section, values, action=f"{base_of(actor)}{HERE}/{section.key}", typed=typed)
    if access.contact_id is None:
        return made
    return {**made, "title": f"{access.client_name}’s {section.title[0].lower()}{section.title[1:]}"}


def _saving(section: Section) -> Callable[..., Awaitable[Done]]:
    async def save_section(actor: Actor, body: Any) -> Done:
        await section.save(actor, _access(actor).client_id, body.model_dump(exclude_unset=True))
        return Done(see=f"{base_of(actor)}{HERE}")

    save_section.__doc__ = f"Keep what is given of the section {section.title}."
    save_section.__name__ = f"save_{section.key}"
    return save_section


for _one in SECTIONS.values():
    post(f"{HERE}/{_one.key}", allow=PORTAL, portal=True, body=_one.payload, again=profile)(_saving(_one))


@post(f"{HERE}/agreements", allow=PORTAL, portal=True, body=Agree)
async def agree(actor: Actor, body: Agree) -> Done:
    """Who comes of age says which contact goes on having access."""
    await majority.agree(actor, body.contact, body.agree)
    return Done(see=f"{base_of(actor)}{HERE}")


@get("/information", allow=PORTAL)
async def information(actor: Actor) -> Page | See:
    """“Your information”: a client's own record; a contact's own name and phone, and whose record they may manage."""
    own = next((one for one in actor.accesses if one.contact_id is None), None)
    if own and not await own_contact(actor):
        return See(f"{base_of(actor.acting_for(own.client_id))}{HERE}")
    return await _of_contact(actor)


async def _of_contact(actor: Actor) -> Page:
    own = next((one for one in actor.accesses if one.contact_id is None), None)
    contact = await own_contact(actor)
    managed = [one for one in actor.accesses if one.contact_id and INFORMATION.key in one.permissions]
    told = {"contact": asdict(contact) if contact else None, "clients": [one.client_id for one in managed]}
    shown = [{"name": one.client_name, "href": f"{base_of(actor.acting_for(one.client_id))}{HERE}"} for one in managed]
    mine = f"{base_of(actor.acting_for(own.client_id))}{HERE}" if own else ""
    return Page("clients/information.html", json=told, contact=contact, managed=shown, mine=mine, key=None)


@post("/information", allow=PORTAL, body=OwnContact, again=_of_contact)
async def save_information(actor: Actor, body: OwnContact) -> Done:
    """A contact's own name and phone."""
    await save_own_contact(actor, body.model_dump(exclude_unset=True))
    return Done(see="/information")
