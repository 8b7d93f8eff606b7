"""Doors of the sign-in link: asked for instead of typing the password, used by a button behind it."""

from __future__ import annotations

from quart import Request

from models.accounts import links, sessions, tickets
from models.accounts.asks import AskForLink, UseLink
from models.core.actor import Actor
from models.core.errors import Gone, Invalid
from server.answers import problem
from server.door import ANYONE, Done, Page, get, post
from server.entering import browser_of, next_step, signed_in, words_of
from server.requests import address_of, wants_json

SENT = "If this address belongs to this portal, a link to sign in is on its way to it."
MINUTES = int(tickets.LASTS[tickets.SIGN_IN].total_seconds() // 60)


async def _ask_again(request: Request) -> Page:
    return Page("accounts/link_ask.html", email=(await request.form).get("email", ""), minutes=MINUTES)


@get("/sign-in/link", allow=ANYONE)
async def ask_page() -> Page:
    return Page("accounts/link_ask.html", json={"minutes": MINUTES}, email="", minutes=MINUTES)


@post("/sign-in/link", allow=ANYONE, body=AskForLink, again=_ask_again)
async def ask(body: AskForLink, request: Request) -> Page:
    """The same sentence for a known and an unknown address."""
    if not body.email.strip():
        raise Invalid(errors={"email": ["Type the e-mail address you sign in with."]})
    await links.ask(body.email, address=address_of(request), browser=browser_of(request))
    return Page("accounts/link_sent.html", json={"ok": True, "detail": SENT}, minutes=MINUTES)


@get("/sign-in/link/<token>", allow=ANYONE)
async def link_page(token: str) -> Page:
    """Behind the mailed link: a button. Opening it changes nothing: mail scanners do."""
    if await links.is_open(token):
        return Page("accounts/link.html", json={"open": True}, token=token)
    gone = problem(Gone("link-expired", "This link can no longer be used. Ask for a new one."))
    return Page("accounts/link_expired.html", json=gone, status=410)


async def _gone(token: str) -> Page:
    return Page("accounts/link_expired.html")


@post("/sign-in/link/<token>", allow=ANYONE, body=UseLink, again=_gone)
async def use(actor: Actor | None, token: str, body: UseLink, request: Request) -> Done | Page:
    """Use the link up: signed in, or asked for the code where the second factor is on."""
    if actor is not None:
        await sessions.sign_out(actor)
    try:
        return signed_in(await links.sign_in_by_link(
            token, address=address_of(request), device=words_of(request), side=body.side, code=body.code,
            browser=browser_of(request, remember=body.remember),
        ))
    except (sessions.SecondFactor, sessions.ChooseSide) as step:
        if wants_json(request):
            raise
        return await next_step(step)
