"""Doors of passkeys: sign in, step up, unlock; make, name and remove one. They speak JSON with a page's script."""

from __future__ import annotations

from uuid import UUID

from quart import Request

from models.accounts import challenges, passkeys, proving, sessions, setting_up
from models.accounts.asks import AddPasskey, NamePasskey, ProvePasskey
from models.accounts.reach import by_login
from models.core.actor import Actor
from models.core.errors import Invalid
from models.core.limits import Limit, give_back, network_of, take
from server.door import ANYONE, PORTAL, STAFF, Done, Page, post
from server.entering import browser_of, next_step, signed_in, words_of
from server.own_account import safe_next
from server.requests import address_of, host_of, wants_json

# Nobody guesses a passkey; this bounds what asking costs us.
ASKS_BY_ADDRESS = Limit("passkey-address", most=300, seconds=900)


@post("/sign-in/passkey/options", allow=ANYONE)
async def sign_in_options(request: Request) -> Done:
    """What the browser signs with a passkey of whoever is there."""
    await take(ASKS_BY_ADDRESS, network_of(address_of(request)))
    return Done(await passkeys.options_to_prove(challenges.SIGN_IN, host_of(request)))


@post("/sign-in/passkey", allow=ANYONE, body=ProvePasskey)
async def sign_in(actor: Actor | None, body: ProvePasskey, request: Request) -> Done | Page:
    """A passkey becomes a session; it is both factors."""
    proof = await passkeys.prove(
        body.challenge, body.credential, purpose=challenges.SIGN_IN, host=host_of(request)
    )
    reach = await by_login(proof.login_id)
    if reach is None:
        raise Invalid("passkey-not-taken", passkeys.NOT_TAKEN)
    await give_back(ASKS_BY_ADDRESS, network_of(address_of(request)))
    if actor is not None:
        await sessions.sign_out(actor)
    try:
        return signed_in(await sessions.begin(
            reach, body.side, device=words_of(request), browser=browser_of(request), strong=True,
            mailed=proof.by_mail, how="signed-in-passkey",
        ), next_page=body.next)
    except sessions.ChooseSide as step:
        if not wants_json(request):
            return await next_step(step, next_page=body.next)
        page = await next_step(step, next_page=body.next)
        return Done({"next": step.code, "ticket": page.context["ticket"]})


@post("/step-up/passkey/options", allow=PORTAL)
@post("/staff/step-up/passkey/options", allow=STAFF, while_unready=True)
async def step_up_options(actor: Actor, request: Request) -> Done:
    return Done(await passkeys.options_to_prove(challenges.STEP_UP, host_of(request), actor))


@post("/step-up/passkey", allow=PORTAL, body=ProvePasskey)
@post("/staff/step-up/passkey", allow=STAFF, body=ProvePasskey, while_unready=True)
async def step_up(actor: Actor, body: ProvePasskey, request: Request) -> Done:
    await passkeys.prove(
        body.challenge, body.credential, purpose=challenges.STEP_UP, host=host_of(request), actor=actor
    )
    await proving.prove(actor, by="a passkey", strong=True)
    see = safe_next(body.next, actor)
    return Done({"see": see}, see=see)


@post("/staff/unlock/passkey/options", allow=STAFF, while_locked=True, while_unready=True)
async def unlock_options(actor: Actor, request: Request) -> Done:
    return Done(await passkeys.options_to_prove(challenges.UNLOCK, host_of(request), actor))


@post("/staff/unlock/passkey", allow=STAFF, body=ProvePasskey, while_locked=True, while_unready=True)
async def unlock(actor: Actor, body: ProvePasskey, request: Request) -> Done:
    """A passkey of who locked this desk opens it, as the password does."""
    await passkeys.prove(
        body.challenge, body.credential, purpose=challenges.UNLOCK, host=host_of(request), actor=actor
    )
    await sessions.open_desk(actor, by="a passkey", strong=True)
    see = safe_next(body.next, actor)
    return Done({"see": see}, see=see)


@post("/security/passkeys/options", allow=PORTAL, step_up=True)
@post("/staff/security/passkeys/options", allow=STAFF, step_up=True, while_unready=True)
async def add_options(actor: Actor, request: Request) -> Done:
    await setting_up.refuse_beside_another(actor, host_of(request))
    return Done(await passkeys.options_to_add(actor, host_of(request)))


@post("/security/passkeys", allow=PORTAL, body=AddPasskey, step_up=True)
@post("/staff/security/passkeys", allow=STAFF, body=AddPasskey, step_up=True, while_unready=True)
async def add(actor: Actor, body: AddPasskey, request: Request) -> Done:
    """Keep a new passkey; its name is the device, unless the person gives one."""
    await setting_up.refuse_beside_another(actor, host_of(request))
    name = body.name or words_of(request)
    made = await passkeys.add(actor, body.challenge, body.credential, name=name, host=host_of(request))
    return Done({"passkey": made, "see": _page(actor)}, see=_page(actor))


@post("/security/passkeys/<uuid:id>/name", allow=PORTAL, body=NamePasskey, step_up=True)
@post("/staff/security/passkeys/<uuid:id>/name", allow=STAFF, body=NamePasskey, step_up=True)
async def rename(actor: Actor, id: UUID, body: NamePasskey) -> Done:
    await passkeys.rename(actor, id, body.name)
    return Done(see=_page(actor))


@post("/security/passkeys/<uuid:id>/remove", allow=PORTAL, step_up=True)
@post("/staff/security/passkeys/<uuid:id>/remove", allow=STAFF, step_up=True)
async def remove(actor: Actor, id: UUID) -> Done:
    await passkeys.remove(actor, id)
    return Done(see=_page(actor))


def _page(actor: Actor) -> str:
    return "/staff/security" if actor.desk else "/security"
