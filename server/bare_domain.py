"""Doors of the bare domain, where nobody's portal stands: what Portico is, "Open a practice", "Find my portal"."""

from __future__ import annotations

from quart import Request

from models.accounts import finding, founding, sessions, tickets
from models.accounts.asks import ChoosePassword, FindPortal, OpenPractice
from models.accounts.devices import device_of
from models.accounts.passwords import LEAST
from models.accounts.time_zones import zone_groups
from models.core.actor import Actor
from models.core.errors import Gone
from server.answers import problem
from server.cookies import session_cookie
from server.door import ANYONE, Done, Page, get, post
from server.own_account import DESK_HOME
from server.requests import address_of

SENT = "A link to go on with is on its way to this address."
FOUND = "If this address opens a portal, a mail that says where is on its way to it."


@get("/", allow=ANYONE, bare=True)
async def bare_page() -> Page:
    """What Portico is, and the two ways on."""
    return Page("accounts/bare.html", json={"open": "/open-a-practice", "find": "/find-my-portal"})


@get("/open-a-practice", allow=ANYONE, bare=True)
async def open_practice_page() -> Page:
    zones = zone_groups()
    names = [name for group in zones for name, _ in group.zones]
    return Page("accounts/open_practice.html", json={"time_zones": names}, zones=zones, key=None)


@post("/open-a-practice", allow=ANYONE, bare=True, body=OpenPractice, again=open_practice_page)
async def open_practice(body: OpenPractice, request: Request) -> Page:
    """The practice is there at once; who opened it proves the address by the mailed link. The same for any address."""
    await founding.open_practice(founding.Founding(**body.model_dump()), address=address_of(request))
    return Page("accounts/open_practice_sent.html", json={"ok": True, "detail": SENT}, days=founding.UNPROVEN.days)


@get("/find-my-portal", allow=ANYONE, bare=True)
async def find_portal_page() -> Page:
    return Page("accounts/find_portal.html", json={"email": ""}, key=None)


@post("/find-my-portal", allow=ANYONE, bare=True, body=FindPortal, again=find_portal_page)
async def find_portal(body: FindPortal, request: Request) -> Page:
    """The same sentence, after the same time, for a known and an unknown address."""
    await finding.ask(body.email, address=address_of(request))
    return Page("accounts/find_portal_sent.html", json={"ok": True, "detail": FOUND})


async def _welcome(token: str) -> Page:
    found = await tickets.look_at(token)
    if found and found.fresh and found.purpose == tickets.OPENING:
        return Page("accounts/welcome.html", json={"least": LEAST}, token=token, least=LEAST, key=None)
    gone = problem(Gone("link-expired", "This link can no longer be used. Ask for a new password instead."))
    return Page("accounts/welcome_expired.html", json=gone, status=410)


@get("/welcome/<token>", allow=ANYONE)
async def welcome_page(token: str) -> Page:
    """Behind the link that a founder was mailed. Opening it changes nothing: mail scanners do."""
    return await _welcome(token)


@post("/welcome/<token>", allow=ANYONE, body=ChoosePassword, again=_welcome)
async def prove(actor: Actor | None, token: str, body: ChoosePassword, request: Request) -> Done:
    """Use the link up: the address is proven, and the administrator is at their desk."""
    if actor is not None:
        await sessions.sign_out(actor)
    device = device_of(request.headers.get("User-Agent", ""))
    signed_in = await founding.prove(token, body.password, address=address_of(request), device=device)
    data = {"login": signed_in.actor.login_id, "session": signed_in.actor.session_id}
    return Done(data, see=DESK_HOME, cookies=(session_cookie(signed_in.token),))
