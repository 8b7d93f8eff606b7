"""Doors of the address that a login signs in with: asking for another one, and the page behind the mailed link."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.asks import ChangeEmail, ConfirmEmail
from models.accounts.practices import profile
from models.accounts.preferences import preferences
from models.clients import email_asking, email_confirming
from models.core.actor import Actor
from models.core.errors import Gone
from server.answers import problem
from server.door import ANYONE, PORTAL, STAFF, Done, Page, get, post
from server.requests import address_of

LINK = "/email/confirm/<token>"
MINUTES = int(email_asking.LASTS.total_seconds() // 60)


@get("/email", allow=PORTAL)
@get("/staff/email", allow=STAFF)
async def email_page(actor: Actor) -> Page:
    """The address that holds, and one that waits for its link."""
    found, waiting = (await preferences(actor)).email, await email_asking.waiting_of(actor.login_id)
    zone = ZoneInfo((await profile()).time_zone)
    told = {"email": waiting.email, "fresh": waiting.fresh, "by_staff": waiting.by_staff} if waiting else None
    return Page("accounts/email.html", json={"email": found, "waiting": told}, email=found, waiting=waiting,
                until=waiting.ends_at.astimezone(zone) if waiting else None, minutes=MINUTES)


@post("/email", allow=PORTAL, body=ChangeEmail, again=email_page)
@post("/staff/email", allow=STAFF, body=ChangeEmail, again=email_page)
async def ask(actor: Actor, body: ChangeEmail) -> Done:
    """A link goes to the new address; the same answer whoever's it is."""
    await email_asking.ask(actor, body.email, body.password)
    return Done(see=f"{_root(actor)}/email")


@post("/email/let-go", allow=PORTAL)
@post("/staff/email/let-go", allow=STAFF)
async def let_go(actor: Actor) -> Done:
    await email_asking.let_go(actor)
    return Done(see=f"{_root(actor)}/email")


@get(LINK, allow=ANYONE)
async def confirm_page(token: str) -> Page:
    """Behind the mailed link: a button. Opening it changes nothing: mail scanners do."""
    found = await email_confirming.behind(token)
    if found is None:
        gone = problem(Gone("link-expired", email_confirming.GONE))
        return Page("accounts/email_expired.html", json=gone, status=410)
    return Page("accounts/email_confirm.html", json={"open": True}, token=token, password_asked=found.by_staff)


async def _again(token: str) -> Page:
    found = await email_confirming.behind(token)
    if found is None:
        return Page("accounts/email_expired.html")
    return Page("accounts/email_confirm.html", token=token, password_asked=found.by_staff)


@post(LINK, allow=ANYONE, body=ConfirmEmail, again=_again)
async def confirm(actor: Actor | None, token: str, body: ConfirmEmail, request: Request) -> Page:
    """The new address holds."""
    await email_confirming.confirm(actor, token, body.password, address=address_of(request))
    return Page("accounts/email_changed.html", json={"ok": True})


def _root(actor: Actor) -> str:
    return "/staff" if actor.desk else ""
