"""Doors behind the link of an invitation to the team. Opening it changes nothing: mail scanners do."""

from __future__ import annotations

from quart import Request

from models.accounts import joining, sessions
from models.accounts.passwords import LEAST
from models.accounts.team_asks import JoinTeam
from models.core.actor import Actor
from models.core.errors import Gone
from server.answers import problem
from server.door import ANYONE, Done, Page, get, post
from server.entering import browser_of, next_step, signed_in, words_of
from server.own_account import DESK_HOME
from server.requests import address_of

SENT = "If this invitation still waits, a new link is on its way to the same address."


@get("/join/<token>", allow=ANYONE)
async def join_page(token: str) -> Page:
    """What one is invited to; an old link says what became of it."""
    found = await joining.offer(token)
    if found.state == "open":
        return Page("accounts/join.html", json={"least": LEAST, "known": found.known}, token=token, offer=found,
                    least=LEAST, key=None)
    gone = problem(Gone("link-expired", "This link can no longer be used. Ask for a new one."))
    return Page("accounts/join_over.html", json=gone, status=410, token=token, state=found.state, key=None)


@post("/join/<token>", allow=ANYONE, body=JoinTeam, again=join_page)
async def join(actor: Actor | None, token: str, body: JoinTeam, request: Request) -> Done | Page:
    """Become a member of the team, signed in at the desk; a login that is there already shows its second factor."""
    if actor is not None:
        await sessions.sign_out(actor)
    try:
        joined = await joining.accept(
            token, name=body.name, password=body.password, address=address_of(request), device=words_of(request),
            browser=browser_of(request),
        )
    except sessions.SecondFactor as step:
        return await next_step(step, next_page=DESK_HOME)
    return signed_in(joined, next_page=DESK_HOME)


@post("/join/<token>/again", allow=ANYONE)
async def ask_again(token: str, request: Request) -> Page:
    """An old link asks for a new one, to the same address."""
    await joining.ask_again(token, address=address_of(request))
    return Page("accounts/join_sent.html", json={"ok": True, "detail": SENT})
