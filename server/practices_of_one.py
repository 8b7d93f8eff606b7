"""Doors of a person who works in several practices: connecting them by signing in to both, and switching.

An answer that leads to another host is a page with a link: the content security policy lets no form end there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.accounts import linking, sessions
from models.accounts.team_asks import ConnectPractice
from models.core.actor import Actor
from models.core.errors import Gone
from server.answers import problem
from server.door import ANYONE, STAFF, Done, Page, get, post
from server.entering import browser_of, next_step, signed_in, words_of
from server.own_account import DESK_HOME

HERE = "/staff/practices"


@get(HERE, allow=STAFF)
async def practices_page(actor: Actor) -> Page:
    """Where else this person works, and the way to connect another practice."""
    found = [asdict(one) for one in await linking.linked(actor)]
    return Page("accounts/practices.html", json={"practices": found}, linked=found, key=uuid4())


@post(f"{HERE}/connect", allow=STAFF, body=ConnectPractice, again=practices_page, step_up=True)
async def connect(actor: Actor, body: ConnectPractice) -> Page:
    """To the other practice, to sign in there. Asked for a proof: at an unattended desk somebody else would connect it
    with a desk of their own, and come back at any time."""
    return _onward(await linking.begin_link(actor, body.address))


@get(f"{HERE}/connect/<ticket>", allow=STAFF)
async def confirm_page(actor: Actor, ticket: str) -> Page:
    """On the other side, signed in there: which practice is to be connected with this one."""
    asked = await linking.asked_from(ticket)
    return Page("accounts/connect.html", json={"practice": asdict(asked)}, asked=asked, ticket=ticket)


@post(f"{HERE}/connect/<ticket>", allow=STAFF, step_up=True)
async def confirm(actor: Actor, ticket: str) -> Page:
    return _onward(await linking.confirm(actor, ticket))


@get(f"{HERE}/connected/<ticket>", allow=STAFF)
async def connected_page(ticket: str) -> Page:
    """Back where it began; the page goes on by itself."""
    return _here(f"{HERE}/connected/{ticket}", "Connecting", "Connect the practices")


@post(f"{HERE}/connected/<ticket>", allow=STAFF)
async def complete(actor: Actor, ticket: str) -> Done:
    await linking.complete(actor, ticket)
    return Done(see=HERE)


@post(f"{HERE}/<uuid:id>/switch", allow=STAFF)
async def switch(actor: Actor, id: UUID) -> Page:
    """To the desk in the other practice."""
    return _onward(await linking.depart(actor, id))


@post(f"{HERE}/<uuid:id>/disconnect", allow=STAFF)
async def disconnect(actor: Actor, id: UUID) -> Done:
    await linking.disconnect(actor, id)
    return Done(see=HERE)


@get("/switch/<ticket>", allow=ANYONE)
async def arriving_page(actor: Actor | None, ticket: str) -> Page:
    """The other practice's threshold, and nothing changes before. The page goes on by itself, unless somebody else is
    signed in here: nobody is signed out by a link they were sent."""
    login_id = await linking.arriving(ticket)
    if login_id is not None:
        other = actor is not None and not (actor.desk and actor.login_id == login_id)
        words = f"You are signed in here as {actor.name}. Going on signs that out." if actor and other else ""
        return _here(f"/switch/{ticket}", "Opening your desk", "Open my desk", words=words)
    gone = Gone("ticket-expired", "That took too long, or was used already. Switch again, or sign in here.")
    return Page("accounts/onward.html", json=problem(gone), status=410, title="This way has closed", url="/sign-in",
                action=None, words=gone.detail, go="Sign in here", by_itself=False)


@post("/switch/<ticket>", allow=ANYONE)
async def arrive(actor: Actor | None, ticket: str, request: Request) -> Done | Page:
    """A session here, for the linked login, by this practice's own rules: its second factor is asked as ever."""
    try:
        arrived = await linking.arrive(ticket, already=actor, device=words_of(request), browser=browser_of(request))
    except sessions.SecondFactor as step:
        return await next_step(step, next_page=DESK_HOME)
    if arrived is None:
        return Done(see=DESK_HOME)
    if actor is not None:
        await sessions.sign_out(actor)
    return signed_in(arrived, next_page=DESK_HOME)


async def practices_part(actor: Actor | None) -> Mapping[str, Any]:
    """For the menu of every page at the desk: where this person may switch to."""
    desk = actor is not None and actor.desk and actor.lens is None
    return {"practices": await linking.linked(actor)} if actor is not None and desk else {}


def _onward(onward: linking.Onward) -> Page:
    return Page("accounts/onward.html", json={"ok": True, "see": onward.url}, title=f"To {onward.name}",
                url=onward.url, action=None, words="", go=f"Go on to {onward.name}", by_itself=True)


def _here(action: str, title: str, go: str, *, words: str = "") -> Page:
    """`words`: what the person is to know before they go on, which then is by hand."""
    told: dict[str, Any] = {"ok": True, "post": action}
    return Page("accounts/onward.html", json=told, title=title, url=None, action=action, words=words, go=go,
                by_itself=not words)
