"""Doors of Start Setup's second page: grant portal access, or skip it. Either finishes the set-up."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.clients.access import managed_client
from models.clients.portal_asks import SendInvitation
from models.clients.setup import finish_setup
from models.core.actor import Actor
from server.door import STAFF, Done, Page, get, post
from server.portal_tab import invite, setup_form

SETUP = "/staff/clients/<uuid:id>/setup/portal"


@get(SETUP, allow=STAFF)
async def setup_portal(actor: Actor, id: UUID, request: Request) -> Page:
    """Features to enable, information to collect, a word to the client."""
    return await setup_form(actor, id, request)


@post(SETUP, allow=STAFF, body=SendInvitation, key="client.setup_portal", again=setup_portal)
async def grant_access(actor: Actor, id: UUID, body: SendInvitation) -> Done:
    """Send the invitation; the set-up is finished."""
    await invite(actor, id, id, body)
    await finish_setup(actor, await managed_client(actor, id))
    return Done(see=f"/staff/clients/{id}/portal")


@post(f"{SETUP}/skip", allow=STAFF)
async def skip_access(actor: Actor, id: UUID) -> Done:
    """The set-up is finished without portal access; the Portal tab grants it any day."""
    await finish_setup(actor, await managed_client(actor, id))
    return Done(see=f"/staff/clients/{id}")
