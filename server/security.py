"""Doors of a person's own security: the page with factors, passkeys, devices and log; setting the second factor up."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from quart import Request

from models.accounts import known_devices, passkeys, second_factor, security, setting_up
from models.accounts.actors import SecondFactorRequired, actor_for
from models.accounts.asks import JustDone, ShowCode
from models.accounts.devices import mark_of
from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.scope import current_scope
from server.cookies import token_of
from server.door import PORTAL, STAFF, Done, Page, See, get, post
from server.entering import browser_of
from server.requests import host_of

SAID = {"off": "Your second factor is turned off. The password alone signs you in."}


@get("/security", allow=PORTAL, query=JustDone)
@get("/staff/security", allow=STAFF, query=JustDone)
async def security_page(actor: Actor, request: Request, query: JustDone) -> Page:
    """How this login is protected, and what happened with it."""
    zone = ZoneInfo((await profile()).time_zone)
    factor = await second_factor.standing(actor.login_id)
    keys = [_key(one, zone) for one in await passkeys.passkeys_of(actor.login_id, host_of(request))]
    here = await known_devices.known(actor.login_id, browser_of(request))
    devices = [_device(one, zone, here) for one in await known_devices.devices_of(actor.login_id)]
    log = [_line(one, zone) for one in await security.lines_of(actor.login_id)]
    told = {"second_factor": {"on": factor.on, "codes_left": factor.codes_left}, "passkeys": keys, "devices": devices,
            "log": log}
    return Page("accounts/security.html", json=told, factor=factor, passkeys=keys, devices=devices, log=log,
                required=await second_factor.required_of(actor.login_id),
                toast_words=SAID.get(query.done, ""),
                host=passkeys.rp_of(host_of(request)))


@get("/security/second-factor", allow=PORTAL, step_up=True)
@get("/staff/security/second-factor", allow=STAFF, step_up=True, while_unready=True)
async def set_up_page(actor: Actor, request: Request) -> Page | See:
    """The key for the authenticator app, once it was asked for; what a second factor is, before."""
    if await second_factor.is_on(actor.login_id) and not await _unready(request):
        return See(f"{_root(actor)}/security")
    return await _set_up(actor, request)


async def _set_up(actor: Actor, request: Request) -> Page:
    pending = await second_factor.pending(actor)
    code = segno.make(pending.uri, error="m") if pending else None
    drawn = code.svg_data_uri(scale=5, border=4, light="white") if code else ""
    told = {"secret": pending.secret, "uri": pending.uri} if pending else {"secret": None}
    return Page("accounts/second_factor.html", json=told, secret=_in_fours(pending.secret) if pending else "",
                drawn=drawn, link=pending.uri if pending else "", unready=await _unready(request),
                on=await second_factor.is_on(actor.login_id),
                passkey=await passkeys.usable_by(actor.login_id, host_of(request)), root=_root(actor))


@post("/security/second-factor/start", allow=PORTAL, step_up=True)
@post("/staff/security/second-factor/start", allow=STAFF, step_up=True, while_unready=True)
async def start(actor: Actor, request: Request) -> Done:
    """A new key for the app; nothing is asked for until one of its codes was shown."""
    await setting_up.refuse_beside_another(actor, host_of(request))
    await second_factor.start(actor)
    return Done(see=f"{_root(actor)}/security/second-factor")


@post("/security/second-factor", allow=PORTAL, body=ShowCode, again=_set_up, step_up=True)
@post("/staff/security/second-factor", allow=STAFF, body=ShowCode, again=_set_up, step_up=True, while_unready=True)
async def turn_on(actor: Actor, body: ShowCode, request: Request) -> Page:
    """The code is right: from now on it is asked. The recovery codes are shown this once."""
    await setting_up.refuse_beside_another(actor, host_of(request))
    return await _codes(actor, await second_factor.turn_on(actor, body.code), first=True)


@post("/security/second-factor/codes", allow=PORTAL, step_up=True)
@post("/staff/security/second-factor/codes", allow=STAFF, step_up=True)
async def renew_codes(actor: Actor) -> Page:
    return await _codes(actor, await second_factor.renew_codes(actor), first=False)


@post("/security/second-factor/off", allow=PORTAL, step_up=True)
@post("/staff/security/second-factor/off", allow=STAFF, step_up=True)
async def turn_off(actor: Actor) -> Done:
    await second_factor.turn_off(actor)
    return Done(see=f"{_root(actor)}/security?done=off")


@post("/security/devices/<uuid:id>/forget", allow=PORTAL)
@post("/staff/security/devices/<uuid:id>/forget", allow=STAFF)
async def forget_device(actor: Actor, id: UUID) -> Done:
    """The code is asked there again."""
    await known_devices.forget_device(actor, id)
    return Done(see=f"{_root(actor)}/security")


async def _codes(actor: Actor, codes: list[str], *, first: bool) -> Page:
    name = (await profile()).name
    text = "\n".join([f"Recovery codes for {name}", "Each works once, in place of the code from the app.", "", *codes])
    return Page("accounts/recovery_codes.html", json={"recovery_codes": codes}, codes=codes, text=text, first=first,
                root=_root(actor))


async def _unready(request: Request) -> bool:
    """Whether this person can do nothing else yet; then the page has no frame that would lead anywhere."""
    try:
        await actor_for(current_scope().practice_id, token_of(request.cookies))
    except SecondFactorRequired:
        return True
    return False


def _root(actor: Actor) -> str:
    return "/staff" if actor.desk else ""


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _key(one: passkeys.Passkey, zone: ZoneInfo) -> dict[str, Any]:
    used = one.used_at.astimezone(zone) if one.used_at else None
    return {"id": one.id, "name": one.name, "fits": one.fits, "host": one.rp_id, "used_at": used,
            "created_at": one.created_at.astimezone(zone)}


def _device(one: known_devices.Device, zone: ZoneInfo, here: known_devices.Device | None) -> dict[str, Any]:
    until = one.remembered_until.astimezone(zone) if one.remembered_until else None
    return {"id": one.id, "device": one.words or "An unknown device", "kind": mark_of(one.words),
            "last_at": one.last_at.astimezone(zone), "remembered_until": until,
            "current": here is not None and here.id == one.id}


def _line(one: security.Line, zone: ZoneInfo) -> dict[str, Any]:
    return {"kind": one.kind, "icon": one.icon, "tone": one.tone, "words": one.words, "device": one.device,
            "times": one.times, "at": one.at.astimezone(zone)}
