"""A page of Clients > [name]: the head and the tabs, and the tab that an area draws inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients import emergency, pointing
from models.clients.profile import Profile, profile_of
from models.clients.viewing import viewable
from models.core.actor import Actor
from models.core.looking import note_look
from server.door import STAFF, Page, get

# A look at a client's page says at which tab.
TAB = "client-"


async def profile_page(
    actor: Actor, client_id: UUID, tab: str, template: str, *, json: Mapping[str, Any], **context: Any
) -> Page:
    """The page of one tab; its template extends layouts/profile.html. That it was opened is kept as a look. Raises
    Missing for a client that is not seen."""
    found = await profile_of(actor, client_id)
    until = await _open_until(actor, client_id)
    why = "Opened in an emergency" if until else ""
    if await note_look(actor, f"{TAB}{tab}", client_id, client_id=client_id, reason=why):
        await pointing.at_look(actor, client_id)
    told = {"client": {"id": client_id, "name": found.client.name}, **json}
    people = await viewable(actor, client_id)
    head = {**_head(found), "viewable": bool(people), "views_own": any(not one.relation for one in people),
            "open_until": until}
    return Page(template, json=told, current="clients", profile=head, tab=tab, **context)


@get("/staff/clients/<uuid:id>/head", allow=STAFF)
async def profile_head(actor: Actor, id: UUID) -> Page:
    """What stands above the tabs, as an open page fetches it again; that it showed is a look as well."""
    found = await profile_of(actor, id)
    await note_look(actor, f"{TAB}head", id, client_id=id)
    head = _head(found)
    told = {name: head[name] for name in ("id", "name", "age", "kind", "status", "practitioners")}
    return Page("clients/_head.html", json={"client": told}, profile=head)


async def _open_until(actor: Actor, client_id: UUID) -> str:
    """Until when it is open in an emergency, on the practice's clock; empty for who sees it anyway."""
    ends = await emergency.open_until(actor, client_id)
    return f"{ends.astimezone(ZoneInfo((await profile()).time_zone)):%-I:%M %p}" if ends else ""


def _head(found: Profile) -> dict[str, Any]:
    client = found.client
    return {
        "id": client.id, "name": client.name, "initials": found.initials, "age": found.age,
        "of_age_on": found.of_age_on, "born_on": client.born_on,
        "pronouns": client.pronouns, "kind": client.kind, "status": client.status, "practitioners": found.practitioners,
        "tabs": found.tabs, "email": client.email,
    }
