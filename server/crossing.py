"""Doors from one side of a practice to the other, for a login that opens both. They stand in the menu of the person."""

from __future__ import annotations

from quart import Request

from models.accounts import crossing, sessions
from models.accounts.asks import Cross
from models.core.actor import Actor
from server.door import PORTAL, STAFF, Done, Page, post
from server.entering import browser_of, next_step, signed_in, words_of


@post("/side", allow=PORTAL, body=Cross)
@post("/staff/side", allow=STAFF, body=Cross)
async def cross(actor: Actor, body: Cross, request: Request) -> Done | Page:
    """This session ends, and one on the other side begins in this browser."""
    try:
        there = await crossing.cross(actor, device=words_of(request), browser=browser_of(request))
    except sessions.SecondFactor as step:
        return await next_step(step, next_page=body.next)
    return signed_in(there, next_page=body.next)
