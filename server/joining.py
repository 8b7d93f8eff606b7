"""Doors behind the link of an invitation to the team. Opening it changes nothing: mail scanners do."""

from __future__ import annotations

from quart import Request

from models.accounts import joining, sessions
from models.accounts.devices import device_of
from models.accounts.passwords import LEAST
from models.accounts.team_asks import JoinTeam
from models.core.actor import Actor
from models.core.errors import Gone
from server.answers import problem
from server.cookies import session_cookie
from server.door import ANYONE, Done, Page, get, post
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
async def join(actor: Actor | None, token: str, body: JoinTeam, request: Request) -> Done:
    """Become a member of the team, signed in at the desk."""
    if actor is not None:
        await sessions.sign_out(actor)
    device = device_of(request.headers.get("User-Agent", ""))
    joined = await joining.accept(
        token, name=body.name, password=body.password, address=address_of(request), device=device
    )
    data = {"login": joined.actor.login_id, "staff": joined.actor.staff_id, "session": joined.actor.session_id}
    return Done(data, see=DESK_HOME, cookies=(session_cookie(joined.token),))


@post("/join/<token>/again", allow=ANYONE)
async def ask_again(token: str, request: Request) -> Page:
    """An old link asks for a new one, to the same address."""
    await joining.ask_again(token, address=address_of(request))
    return Page("accounts/join_sent.html", json={"ok": True, "detail": SENT})
