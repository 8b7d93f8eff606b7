"""Doors of Clients > [name] > Overview: what is next, who takes care, tags, status."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients import assigning, overview, people, status, tags
from models.clients.access import client_for, sees_client
from models.clients.asks import Discharge, OneMember, OneTag, SetStatus, TagName
from models.clients.events import told_of_clients
from models.clients.merging_preview import may_merge
from models.clients.registries import OVERVIEW_PARTS
from models.core.actor import Actor
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page

LIST = "/staff/clients"
HERE = f"{LIST}/<uuid:id>"


@get(HERE, allow=STAFF)
async def client_overview(actor: Actor, id: UUID) -> Page:
    """Overview: what is next or missing, what happened, the facts."""
    shown = await _shown(actor, id)
    told = {name: shown[name] for name in ("missing", "happened", "household", "tags", "assigned", "facts")}
    return await profile_page(actor, id, "overview", "clients/overview.html", json=told, **shown)


@post(f"{HERE}/assignments", allow=STAFF, body=OneMember, again=client_overview)
async def assign(actor: Actor, id: UUID, body: OneMember) -> Done:
    """Somebody takes care of the client from now on."""
    await assigning.assign(actor, id, body.staff)
    return Done(see=f"{LIST}/{id}")


@post(f"{HERE}/assignments/end", allow=STAFF, body=OneMember, again=client_overview)
async def end_assignment(actor: Actor, id: UUID, body: OneMember) -> Done:
    """They no longer do; who loses sight of the client by it goes back to the list."""
    await assigning.end_assignment(actor, id, body.staff)
    return Done(see=f"{LIST}/{id}" if await sees_client(actor, id) else LIST)


@post(f"{HERE}/tags", allow=STAFF, body=TagName, again=client_overview)
async def add_tag(actor: Actor, id: UUID, body: TagName) -> Done:
    tag = await tags.add_tag(actor, id, body.name)
    return Done({"tag": tag}, see=f"{LIST}/{id}")


@post(f"{HERE}/tags/remove", allow=STAFF, body=OneTag)
async def remove_tag(actor: Actor, id: UUID, body: OneTag) -> Done:
    await tags.remove_tag(actor, id, body.tag)
    return Done(see=f"{LIST}/{id}")


@post(f"{HERE}/status", allow=STAFF, body=SetStatus)
async def set_status(actor: Actor, id: UUID, body: SetStatus) -> Done:
    """Prospect or active; of a discharged client this is Reopen."""
    await status.set_status(actor, id, body.status)
    return Done({"status": body.status}, see=f"{LIST}/{id}")


@get(f"{HERE}/discharge", allow=STAFF)
async def discharge_page(actor: Actor, id: UUID) -> Page:
    """What will happen, before it does."""
    found = await status.outlook(actor, id)
    told = {"readers": found.readers, "waiting": found.waiting, "practitioners": found.practitioners}
    return await profile_page(actor, id, "overview", "clients/discharge.html", json=told, outlook=found, key=uuid4())


@post(f"{HERE}/discharge", allow=STAFF, body=Discharge, key="client.discharge", again=discharge_page)
async def discharge(actor: Actor, id: UUID, body: Discharge) -> Done:
    await status.discharge(actor, id, reason=body.reason, days=body.days)
    return Done(see=f"{LIST}/{id}")


async def _shown(actor: Actor, id: UUID) -> dict[str, Any]:
    client, assigned = await client_for(actor, id), await people.assigned_to(id)
    missing = overview.whats_missing(client, assigned=len(assigned), today=await today_here())
    facts = {
        "email": client.email, "phone": client.phone, "status": client.status, "since": client.status_since,
        "reason": client.discharge_reason, "read_only_until": client.read_only_until,
        "legal_name": f"{client.first_name} {client.last_name}".strip(), "portal": client.portal,
    }
    return {
        "missing": missing, "happened": await overview.happened_lately(actor, id), "facts": facts,
        "household": await overview.household(actor, id), "tags": await tags.tags_of(id),
        "all_tags": await tags.tags_here(), "assigned": [_member(one) for one in assigned],
        "assignable": await _assignable(assigned), "manages": await sees_client(actor, id, "manages"),
        "may_merge": may_merge(actor), "me_staff": actor.staff_id, "parts": OVERVIEW_PARTS,
        "events": f"{told_of_clients()} {overview.told_of_happenings()}",
        "reads": await sees_client(actor, id, "clinical"),
    }


async def _assignable(assigned: list[people.Staff]) -> list[people.Staff]:
    there = {one.id for one in assigned}
    return [one for one in await assigning.practitioners() if one.id not in there]


def _member(one: people.Staff) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "initials": initials(one.name), "role": one.role, "voice": one.voice}
