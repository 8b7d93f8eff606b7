"""Doors of the signed in for their own login: who am I, sessions, the lock, password; idle times."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts import arriving, idle_times, passkeys, resetting, sessions
from models.accounts.asks import ChangePassword, JustDone, SetIdleTimes, Unlock
from models.accounts.devices import mark_of
from models.accounts.me import initials, person, portal_me, staff_me
from models.accounts.passwords import LEAST
from models.accounts.practices import profile
from models.core.actor import Actor
from server.cookies import ended_cookie, session_cookie
from server.door import ADMINISTRATOR, ANYONE, PORTAL, SIGNED_IN, STAFF, Done, Page, See, get, on_refusal, post
from server.requests import host_of

DESK_HOME, PORTAL_HOME, CHOOSER = "/staff/today", "/home", "/for"
CONTROLS = frozenset(map(chr, range(32))) | {"\\", "\x7f"}
SAID = {"password": "Your password is changed. All other sessions have ended."}


def home_of(actor: Actor) -> str:
    """The first page of a signed-in person; with several accesses the question for whom."""
    if actor.desk:
        return DESK_HOME
    return PORTAL_HOME if len(actor.accesses) == 1 else CHOOSER


def safe_next(given: str | None, actor: Actor) -> str:
    """Where to go after signing in: a page of this portal on the person's side, never anywhere else."""
    if not given or given in ("/", "/sign-in") or given[0] != "/" or given[1:2] == "/" or CONTROLS & set(given):
        return home_of(actor)
    staff_page = given.partition("?")[0] == "/staff" or given.startswith("/staff/")
    return given if staff_page is actor.desk else home_of(actor)


@get("/arrive/<ticket>", allow=ANYONE)
async def arrive(actor: Actor | None, ticket: str, request: Request) -> See:
    """From a former address of the practice, with the sign-in; whoever is signed in here already stays who they are."""
    wanted = request.args.get("next", "")
    if actor is not None:
        return See(safe_next(wanted, actor))
    arrived = await arriving.arrive(ticket)
    if arrived is None:
        return See(f"/sign-in?next={quote(wanted)}" if wanted[:1] == "/" else "/sign-in")
    return See(safe_next(wanted, arrived[0]), cookies=(session_cookie(arrived[1]),))


@get("/me", allow=PORTAL)
async def me(actor: Actor) -> Done:
    """The login, and every client it acts for."""
    return Done(await portal_me(actor))


@get("/staff/me", allow=STAFF)
async def me_at_the_desk(actor: Actor) -> Done:
    """The login, the staff member, roles and permissions."""
    return Done(staff_me(actor))


@get("/for", allow=PORTAL)
async def choose_client(actor: Actor) -> Page:
    """Whose portal: asked of a person with several accesses."""
    return chooser(actor)


@get("/for/<uuid:for_client>/", allow=PORTAL)
async def portal_for(for_client: UUID) -> See:
    """The first page of one client's portal."""
    return See(f"/for/{for_client}{PORTAL_HOME}")


@on_refusal("choose-client")
async def chooser_instead(actor: Actor) -> Page:
    """The answer of a short address to a person with several accesses."""
    return chooser(actor, status=409)


def chooser(actor: Actor, *, status: int = 200) -> Page:
    """The question for whom; with status 409 the answer of a short address to a person with several accesses."""
    found = [
        {"client_id": one.client_id, "name": one.client_name, "href": f"/for/{one.client_id}{PORTAL_HOME}",
         "initials": initials(one.client_name), "relation": "" if one.contact_id is None else one.relation,
         "current": False}
        for one in actor.accesses
    ]
    return Page("accounts/choose_client.html", json={"clients": found}, status=status, accesses=found)


@post("/sign-out", allow=ANYONE, while_locked=True)
async def sign_out(actor: Actor | None) -> Done:
    """End this session; also asked by a page whose session is over already."""
    if actor is not None:
        await sessions.sign_out(actor)
    return Done(see="/sign-in", cookies=(ended_cookie(),))


@get("/session", allow=SIGNED_IN, while_unready=True)
async def session(actor: Actor) -> Done:
    """Seconds this session holds without activity; asking is none."""
    return Done(asdict(await sessions.seconds_left(actor)))


@post("/session/activity", allow=SIGNED_IN, while_unready=True)
async def tell_activity(actor: Actor) -> Done:
    """A key, a pointer or a touch; the page tells it at most once a minute."""
    return Done(asdict(await sessions.touch(actor)))


@post("/staff/lock", allow=STAFF, while_unready=True)
async def lock(actor: Actor) -> Done:
    await sessions.lock(actor)
    return Done(see=DESK_HOME)


@on_refusal("locked")
async def locked_page(actor: Actor, request: Request) -> Page:
    """All that a locked desk shows: who locked it, and the way back, to the page that was asked for."""
    who, wanted = await person(actor), request.full_path.rstrip("?") if request.method == "GET" else ""
    passkey = await passkeys.usable_by(actor.login_id, host_of(request))
    if request.path == "/staff/unlock":  # of any other form the body was not read, and need not be
        wanted = (await request.form).get("next", "")
    return Page("accounts/locked.html", status=423, name=who.name, initials=who.initials, voice=who.voice, next=wanted,
                passkey=passkey, key=None)


@post("/staff/unlock", allow=STAFF, body=Unlock, again=locked_page, while_locked=True, while_unready=True)
async def unlock(actor: Actor, body: Unlock) -> Done:
    await sessions.unlock(actor, body.password)
    return Done(see=safe_next(body.next, actor))


@get("/sessions", allow=PORTAL, query=JustDone)
@get("/staff/sessions", allow=STAFF, query=JustDone)
async def own_sessions(actor: Actor, query: JustDone) -> Page:
    """Where this login is signed in."""
    zone = ZoneInfo((await profile()).time_zone)
    found = [_shown(one, zone) for one in await sessions.own_sessions(actor)]
    return Page("accounts/sessions.html", json={"sessions": found}, sessions=found, key=None,
                toast_words=SAID.get(query.done, ""))


@post("/sessions/<uuid:id>/end", allow=PORTAL)
@post("/staff/sessions/<uuid:id>/end", allow=STAFF)
async def end_session(actor: Actor, id: UUID) -> Done:
    await sessions.end_session(actor, id)
    return Done(see=_root(actor) + "/sessions")


@post("/sessions/end-others", allow=PORTAL)
@post("/staff/sessions/end-others", allow=STAFF)
async def end_other_sessions(actor: Actor) -> Done:
    return Done({"ended": await sessions.end_other_sessions(actor)}, see=_root(actor) + "/sessions")


@get("/password", allow=PORTAL)
@get("/staff/password", allow=STAFF)
async def password_page(actor: Actor) -> Page:
    return Page("accounts/password.html", json={"least": LEAST}, least=LEAST, key=None)


@post("/password", allow=PORTAL, body=ChangePassword, again=password_page)
@post("/staff/password", allow=STAFF, body=ChangePassword, again=password_page)
async def change_password(actor: Actor, body: ChangePassword) -> Done:
    """A new password; every other session ends."""
    await resetting.change_password(actor, body.current, body.password)
    return Done(see=_root(actor) + "/sessions?done=password")


@get("/staff/settings", allow=ADMINISTRATOR)
async def settings_page(actor: Actor) -> Page:
    """How long a portal and a desk may stand unattended."""
    found = await idle_times.idle_times()
    return Page("accounts/settings.html", json=asdict(found), times=found, key=None)


@post("/staff/settings", allow=ADMINISTRATOR, body=SetIdleTimes, again=settings_page)
async def set_idle_times(actor: Actor, body: SetIdleTimes) -> Done:
    await idle_times.set_idle_times(actor, idle_times.IdleTimes(body.portal, body.desk))
    return Done(see="/staff/settings")


def _root(actor: Actor) -> str:
    return "/staff" if actor.desk else ""


def _shown(one: sessions.OwnSession, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.id, "side": one.side.value, "device": one.device or "An unknown device", "kind": mark_of(one.device),
        "began_at": one.began_at.astimezone(zone), "seen_at": one.seen_at.astimezone(zone), "locked": one.locked,
        "current": one.current,
    }
