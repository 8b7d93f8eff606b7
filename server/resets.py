"""Doors for a lost second factor: an administrator resets a member's, staff a client's or a contact's."""

from __future__ import annotations

from uuid import UUID

from models.accounts import resets, second_factor
from models.accounts.asks import ResetSecondFactor
from models.clients import second_factors
from models.core.actor import Actor
from models.core.looking import note_look
from server.door import ADMINISTRATOR, STAFF, Done, Page, get, post


@get("/staff/team/<uuid:id>/second-factor/reset", allow=ADMINISTRATOR, step_up=True)
async def member_page(actor: Actor, id: UUID) -> Page:
    """Asks how it was made sure who is asking."""
    member = await resets.member_for(actor, id)
    here = f"/staff/team/{id}/second-factor/reset"
    return await _page(member.login_id, member.name, here, f"/staff/settings/team/{id}", "settings")


@post("/staff/team/<uuid:id>/second-factor/reset", allow=ADMINISTRATOR, body=ResetSecondFactor, again=member_page,
      step_up=True)
async def reset_member(actor: Actor, id: UUID, body: ResetSecondFactor) -> Done:
    await resets.reset_member(actor, await resets.member_for(actor, id), how=body.how)
    return Done(see=f"/staff/team/{id}/second-factor/reset")


@get("/staff/clients/<uuid:id>/portal/<uuid:access>/second-factor/reset", allow=STAFF, step_up=True)
async def reader_page(actor: Actor, id: UUID, access: UUID) -> Page:
    """The same for somebody who reads a client's portal, for staff who manage that client."""
    reader = await second_factors.reader_for(actor, id, access)
    await note_look(actor, "client-second-factor", id, client_id=id)
    here = f"/staff/clients/{id}/portal/{access}/second-factor/reset"
    return await _page(reader.login_id, reader.name, here, f"/staff/clients/{id}/portal", "clients")


@post("/staff/clients/<uuid:id>/portal/<uuid:access>/second-factor/reset", allow=STAFF, body=ResetSecondFactor,
      again=reader_page, step_up=True)
async def reset_reader(actor: Actor, id: UUID, access: UUID, body: ResetSecondFactor) -> Done:
    await second_factors.reset_reader(actor, await second_factors.reader_for(actor, id, access), how=body.how)
    return Done(see=f"/staff/clients/{id}/portal/{access}/second-factor/reset")


async def _page(login_id: UUID, name: str, here: str, back: str, current: str) -> Page:
    protected = await second_factor.is_protected(login_id)
    return Page("accounts/factor_reset.html", json={"name": name, "protected": protected}, name=name, here=here,
                back=back, protected=protected, current=current)
