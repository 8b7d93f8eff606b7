"""Doors of Account Settings > Portal: turned on and off, its address, its features; the set-up checklist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from models.accounts import features, portal, readiness
from models.accounts.asks import Subdomain, Switch
from models.accounts.people import administrators
from models.accounts.practices import portal_open
from models.accounts.readiness import Step
from models.accounts.registries import READINESS
from models.core.actor import Actor
from models.core.addresses import origin_of
from models.core.events import REGISTRY
from models.core.settings import settings
from server.door import ADMINISTRATOR, STAFF, Done, Page, get, post

HERE = "/staff/settings/portal"


@dataclass(frozen=True)
class Section:
    """What an area adds to this page, below the features: a fragment, asked anew after these events."""

    src: str
    on: str


# Filled by server.wiring, in the order in which they stand.
SECTIONS: list[Section] = []


@get(HERE, allow=STAFF)
async def portal_settings(actor: Actor) -> Page:
    """Whether clients may come, where, and what they find there. Staff who may not change it read whom to ask."""
    if not actor.administrator:
        names = await administrators()
        return Page("accounts/settings_ask.html", json={"administrators": names}, names=names, current="settings")
    shown = await _shown()
    steps = await readiness.checklist(actor)
    return Page("accounts/settings_portal.html", json={**shown, "setup": _plain(steps)}, portal=shown, steps=steps,
                events=events_of_setup(), sections=SECTIONS, current="settings", key=uuid4())


@post(f"{HERE}/subdomain/look", allow=ADMINISTRATOR, body=Subdomain, step_up=False)
async def look_up_subdomain(actor: Actor, body: Subdomain) -> Done:
    """While it is typed: whether the address could be had. Posted, because what people type stands in no address."""
    found = await portal.look_up(actor, body.subdomain)
    return Done({"subdomain": found.subdomain, "free": found.free, "words": found.words,
                 "link": origin_of(found.subdomain) if found.free else ""})


@post(f"{HERE}/on", allow=ADMINISTRATOR, body=Subdomain, again=portal_settings)
async def turn_on(actor: Actor, body: Subdomain) -> Done | Page:
    """Clients may come from now on, at this address."""
    before, _ = await portal.where()
    await portal.turn_on(actor, body.subdomain)
    return await _stands(before)


@post(f"{HERE}/off", allow=ADMINISTRATOR)
async def turn_off(actor: Actor) -> Done:
    """The client side says from now on that it is not open."""
    await portal.turn_off(actor)
    return Done(see=HERE)


@post(f"{HERE}/subdomain", allow=ADMINISTRATOR, body=Subdomain, again=portal_settings)
async def move(actor: Actor, body: Subdomain) -> Done | Page:
    """The portal stands at another address; the former one leads there."""
    before, _ = await portal.where()
    await portal.move(actor, body.subdomain)
    return await _stands(before)


@post(f"{HERE}/features/<feature>", allow=ADMINISTRATOR, body=Switch)
async def set_feature(actor: Actor, feature: str, body: Switch) -> Done:
    """One of the practice's switches, as it stands now."""
    await features.set_feature(actor, feature, on=body.on)
    return Done({"feature": feature, "on": body.on}, see=HERE)


@get("/staff/setup", allow=ADMINISTRATOR)
async def setup(actor: Actor) -> Page:
    """The set-up checklist alone: what is missing before clients can come."""
    steps = await readiness.checklist(actor)
    return Page("accounts/_setup.html", json={"setup": _plain(steps)}, steps=steps)


def events_of_setup() -> str:
    """After which events the checklist is asked again: those of the areas that are there."""
    return " ".join(sorted({name for one in READINESS for name in one.on.split() if name in REGISTRY}))


async def _shown() -> dict[str, Any]:
    subdomain, state = await portal.where()
    domain = settings().portico_domain
    switches = [
        {"key": one.key, "title": one.title, "hint": one.hint, "on": on} for one, on in await features.features_here()
    ]
    return {"on": await portal_open(), "state": state, "subdomain": subdomain, "domain": domain,
            "link": origin_of(subdomain), "former": await portal.former(), "features": switches}


async def _stands(before: str) -> Done | Page:
    """A form must not be led to another host by its own answer: of a new address a page tells, and goes there."""
    now, _ = await portal.where()
    if now == before:
        return Done({"link": origin_of(now)}, see=HERE)
    return Page("accounts/moved.html", json={"ok": True, "link": origin_of(now)}, link=origin_of(now), see=HERE)


def _plain(steps: list[Step]) -> list[dict[str, Any]]:
    return [vars(one) for one in steps]
