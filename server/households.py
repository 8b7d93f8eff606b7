"""Doors of a couple or family, from the Overview of one of its members. Names are posted."""

from __future__ import annotations

from uuid import UUID

from models.clients import households, listing, overview
from models.clients.access import managed_client
from models.clients.asks import FindClients
from models.clients.merging_asks import FindTwin, OneClient
from models.core.actor import Actor
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page

LIST = "/staff/clients"
HERE = f"{LIST}/<uuid:id>/family"


@get(HERE, allow=STAFF)
async def choose_member(actor: Actor, id: UUID) -> Page:
    """Who belongs to the couple or family besides."""
    return await _choosing(actor, id, "")


@post(HERE, allow=STAFF, body=FindTwin)
async def find_member(actor: Actor, id: UUID, body: FindTwin) -> Page:
    """The same page with those found."""
    return await _choosing(actor, id, body.words)


@post(f"{HERE}/add", allow=STAFF, body=OneClient, again=choose_member)
async def add_member(actor: Actor, id: UUID, body: OneClient) -> Done:
    """They belong together from now on."""
    await households.link(actor, id, body.client)
    return Done(see=f"{LIST}/{id}")


@post(f"{HERE}/remove", allow=STAFF, body=OneClient, again=choose_member)
async def remove_member(actor: Actor, id: UUID, body: OneClient) -> Done:
    """They no longer do; records, logins and conversations stay as they are."""
    await households.unlink(actor, id, body.client)
    return Done(see=f"{LIST}/{id}")


async def _choosing(actor: Actor, id: UUID, words: str) -> Page:
    await managed_client(actor, id)
    found = await listing.clients(actor, FindClients(words=words)) if words.strip() else None
    members = {one["id"] for one in await overview.household(actor, id)}
    others = [one for one in found["clients"] if one["id"] != id and one["id"] not in members] if found else []
    many = bool(found and (found["many"] or found["next"]))
    return await profile_page(
        actor, id, "overview", "clients/family.html", json={"clients": others, "many": many}, words=words,
        others=others, many=many,
    )
