"""The only way to hear an ask: whom it allows, its payload class, the scope, the acknowledgement.

Every ask is acknowledged with `{"ok": true, …}` or `{"ok": false, "error": {…}}`; nothing is refused in silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from models.accounts.features import refuse_unless_on
from models.accounts.sessions import actor_of_session
from models.core.actor import Actor
from models.core.errors import Busy, Conflict, Forbidden, Invalid, Refusal
from models.core.keys import first_answer, keep_answer
from models.core.kinds import ADMINISTRATOR, PORTAL, SIGNED_IN, STAFF, Kind, kind_of
from models.core.payload import Payload, parse
from models.core.scope import NOWHERE, Scope, Whence, run_scope

PATIENCE = 10.0

log = structlog.get_logger("portico.asks")

__all__ = ["ADMINISTRATOR", "ASKS", "PORTAL", "SIGNED_IN", "STAFF", "Ask", "ask", "heard"]

Handler = Callable[[Actor, Any], Awaitable[Mapping[str, Any] | None]]


@dataclass(frozen=True)
class Ask:
    """A socket event upward. `key`: its payload carries a client-made key, and happens once under it. `sign`: it
    switches something on or off in a conversation that is true only while the page is there: what a socket left on
    when it went is switched off for it. `feature`: refused for a portal person who has it switched off everywhere."""

    name: str
    allow: frozenset[Kind]
    payload: type[Payload]
    handler: Handler
    key: bool = False
    while_locked: bool = False
    sign: bool = False
    feature: str | None = None


ASKS: dict[str, Ask] = {}


def ask(
    name: str,
    *,
    allow: frozenset[Kind],
    payload: type[Payload],
    key: bool = False,
    while_locked: bool = False,
    sign: bool = False,
    feature: str | None = None,
) -> Callable[[Handler], Handler]:
    """Register an ask. Its handler runs in an open scope and returns what the answer holds besides `ok`."""
    if name in ASKS or not allow:
        raise TypeError(f"the ask {name} is there twice or allows nobody")

    def add(handler: Handler) -> Handler:
        ASKS[name] = Ask(name, allow, payload, handler, key, while_locked, sign, feature)
        return handler

    return add


async def heard(
    practice_id: UUID, session_id: UUID, name: str, given: object, *, whence: Whence = NOWHERE
) -> dict[str, Any]:
    """Answer one ask of a session; the actor and their rights are read anew. Never raises."""
    try:
        one = ASKS.get(name)
        if one is None:
            raise Invalid("unknown", "This server does not know what was asked.")
        payload = parse(one.payload, given)
        async with asyncio.timeout(PATIENCE):
            answer = await run_scope(practice_id, lambda scope: _answer(scope, one, session_id, payload, whence))
        return answer()
    except Refusal as refusal:
        return refused(refusal)
    except TimeoutError:
        return refused(Busy(retry_after=2))
    except Exception:
        log.exception("ask.failed", ask=name, practice=str(practice_id))
        return refused(
            Busy("trouble", "Something went wrong on our side. Nothing was changed; try again.", retry_after=5)
        )


def sign_given(name: str, given: object) -> tuple[str, str, bool] | None:
    """The sign that an answered ask gave: its name, the conversation, on or off; None when it gave none."""
    one = ASKS.get(name)
    if one is None or not one.sign or not isinstance(given, Mapping):
        return None
    return name, str(given["conversation"]), bool(given["on"])


def refused(refusal: Refusal) -> dict[str, Any]:
    """The acknowledgement of a refusal."""
    error: dict[str, Any] = {"code": refusal.code, "detail": refusal.detail}
    if refusal.errors:
        error["errors"] = refusal.errors
    if refusal.retry_after is not None:
        error["retry_after"] = refusal.retry_after
    return {"ok": False, "error": error}


async def _answer(
    scope: Scope, one: Ask, session_id: UUID, payload: Payload, whence: Whence
) -> Callable[[], dict[str, Any]]:
    scope.whence = whence
    actor = await actor_of_session(scope.practice_id, session_id, while_locked=one.while_locked)
    if kind_of(actor) not in one.allow:
        raise Forbidden()
    actor = _settled(actor)
    await refuse_unless_on(actor, one.feature)
    result = await _twin_or_first(actor, one, payload)
    return lambda: {"ok": True, **result, **({"seq": scope.seq} if scope.seq is not None else {})}


def _settled(actor: Actor) -> Actor:
    """With one access it is clear whom a portal person acts for; with several the ask must say."""
    try:
        return actor.acting_for(None) if actor.portal else actor
    except Conflict:
        return actor


async def _twin_or_first(actor: Actor, one: Ask, payload: Payload) -> Mapping[str, Any]:
    if not one.key:
        return await one.handler(actor, payload) or {}
    plain = payload.model_dump(mode="json", exclude={"key"})
    key: UUID = payload.key  # type: ignore[attr-defined]  # a guard holds that keyed payloads have one
    if (before := await first_answer(actor, one.name, key, plain)) is not None:
        return before
    result = await one.handler(actor, payload) or {}
    keep_answer(actor, one.name, key, result)
    return result
