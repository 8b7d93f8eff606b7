"""Doors of “Your data and account”: asking the practice to close it, and how staff answer."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts import own_data
from models.accounts.practices import profile
from models.clients import closing
from models.clients.portal_asks import AskToClose, DeclineClosing
from models.clients.portal_people import person_for
from models.core.actor import Actor
from server.door import PORTAL, STAFF, Done, Page, get, post
from server.portal_tab import PERSON, portal_again


@get("/account", allow=PORTAL)
async def account_page(actor: Actor) -> Page:
    """What a person can have of theirs, and how it ends."""
    found, data = await _own(actor), await own_data.latest(actor)
    zone = ZoneInfo((await profile()).time_zone)
    told = {"id": data.id, "state": data.state, "ends_at": data.ends_at} if data else None
    return Page("accounts/account.html", json={"closing": [asdict(one) for one in found], "data": told}, data=data,
                until=data.ends_at.astimezone(zone) if data and data.ends_at else None, **asked(found))


@post("/account/close", allow=PORTAL, body=AskToClose, again=account_page)
async def ask_to_close(actor: Actor, body: AskToClose) -> Done:
    await closing.ask(actor, body.reason)
    return Done(see="/account")


@post("/account/close/withdraw", allow=PORTAL)
async def withdraw(actor: Actor) -> Done:
    await closing.withdraw(actor)
    return Done(see="/account")


@post("/account/close/read", allow=PORTAL)
async def put_away(actor: Actor) -> Done:
    """The answer was read, and stands there no more."""
    await closing.put_away(actor)
    return Done(see="/account")


@post(f"{PERSON}/closing/agree", allow=STAFF, again=portal_again)
async def agree(actor: Actor, id: UUID, person: UUID) -> Done:
    """Close the account: access is revoked."""
    await closing.agree(actor, await person_for(actor, id, person))
    return Done(see=f"/staff/clients/{id}/portal")


@post(f"{PERSON}/closing/decline", allow=STAFF, body=DeclineClosing, again=portal_again)
async def decline(actor: Actor, id: UUID, person: UUID, body: DeclineClosing) -> Done:
    await closing.decline(actor, await person_for(actor, id, person), body.answer)
    return Done(see=f"/staff/clients/{id}/portal")


@get("/staff/closing-requests", allow=STAFF)
async def requests(actor: Actor) -> Page:
    """Who asks to have an account closed; a fragment for Today."""
    found = await closing.waiting_for(actor)
    return Page("clients/_closing_requests.html", json={"requests": [asdict(one) for one in found]}, requests=found)


def asked(found: list[closing.OwnRequest]) -> dict[str, Any]:
    """For a page: what waits, and what was declined."""
    return {"closing": [one for one in found if one.decided_at is None],
            "declined": [one for one in found if one.decided_at is not None]}


async def _own(actor: Actor) -> list[closing.OwnRequest]:
    zone = ZoneInfo((await profile()).time_zone)
    return [replace(one, asked_at=one.asked_at.astimezone(zone)) for one in await closing.own_requests(actor)]
