"""View as this client: through whose eyes, and why; and the way out. The pages themselves are the portal's own doors,
at addresses that begin with the view (server/door.py)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID, uuid4

from quart import Request

from models.clients import viewing
from models.clients.audit_asks import BeginView, ChooseView, SwitchView
from models.core.actor import Actor
from models.core.errors import Forbidden
from server.door import STAFF, VIEW, Done, Page, See, get, on_refusal, post
from server.profile import profile_page

MAY_NOT = "Administrators and staff with full clinical access view the portal as clients. Ask an administrator."


@get("/staff/clients/<uuid:id>/view-as", allow=STAFF, query=ChooseView)
async def choose_view(actor: Actor, id: UUID, query: ChooseView | None = None) -> Page:
    """Through whose eyes: the client's, or those of a contact with a portal access."""
    if not viewing.may_view(actor):
        raise Forbidden("may-not-view", MAY_NOT)
    people = await viewing.viewable(actor, id)
    chosen = query.access if query else None
    json = {"people": [asdict(one) for one in people]}
    return await profile_page(actor, id, "view-as", "clients/view_as.html", json=json, people=people, key=uuid4(),
                              chosen=chosen, ended=query.ended if query else False, least=viewing.LEAST_REASON)


@post("/staff/clients/<uuid:id>/view-as", allow=STAFF, body=BeginView, again=choose_view, key="view_as.begin")
async def begin_view(actor: Actor, id: UUID, body: BeginView) -> Done:
    """Begin the view, for 30 minutes."""
    access = await viewing.begin(actor, id, body.access, reason=body.reason)
    return Done({"access": access}, see=f"{VIEW}/{access}/home")


@on_refusal(viewing.OVER)
async def begin_again(request: Request) -> See:
    """In place of a page whose view has ended: where it is begun again, as the same person."""
    args = request.view_args or {}
    access = args.get("as_access") or args["access"]
    return See(f"/staff/clients/{await viewing.client_of(access)}/view-as?access={access}&ended=true")


@post(f"{VIEW}/<uuid:access>/switch", allow=STAFF, body=SwitchView)
async def switch_view(actor: Actor, access: UUID, body: SwitchView) -> Done:
    """The same client's portal through another person's eyes."""
    other = await viewing.switch(actor, access, body.access)
    return Done({"access": other}, see=f"{VIEW}/{other}/home")


@post(f"{VIEW}/<uuid:access>/leave", allow=STAFF)
async def leave_view(actor: Actor, access: UUID) -> Done:
    """Back to the desk."""
    client = await viewing.leave(actor, access)
    return Done({"client": client}, see=f"/staff/clients/{client}")
