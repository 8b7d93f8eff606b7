"""Doors of Invite to portal for selected rows of the list: first who will be invited, then the invitations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.clients.inviting_many import chosen, invite_many
from models.clients.portal_asks import ChosenClients, InviteMany
from models.core.actor import Actor
from models.core.errors import Invalid
from server.door import STAFF, Done, Page, post


@post("/staff/clients/invite", allow=STAFF, body=ChosenClients)
async def look_at_chosen(actor: Actor, body: ChosenClients) -> Page:
    """Who of them will be invited, and who not and why."""
    if not body.clients:
        raise Invalid("nobody-chosen", "Select clients in the list first.")
    return await _page(actor, list(body.clients))


async def _again(actor: Actor, request: Request) -> Page:
    ids = [_uuid(one) for one in (await request.form).getlist("clients")]
    return await _page(actor, [one for one in ids if one is not None])


@post("/staff/clients/invitations", allow=STAFF, body=InviteMany, key="invitation.send_many", again=_again)
async def invite_chosen(actor: Actor, body: InviteMany) -> Done:
    """Send the invitations, all of them or none."""
    count = await invite_many(actor, body.clients, message=body.message)
    return Done({"invited": count}, see="/staff/clients?portal=invited")


async def _page(actor: Actor, ids: list[UUID]) -> Page:
    found = await chosen(actor, ids)
    told: dict[str, Any] = {"people": [asdict(one) for one in found]}
    ready = [one for one in found if not one.why_not]
    return Page("clients/invite_many.html", json=told, current="clients", ready=ready,
                others=[one for one in found if one.why_not], key=uuid4())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
