"""One change, one transaction, one event: what a verb uses to say what it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from uuid import UUID

import orjson
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from models.core.actor import Actor
from models.core.clock import now
from models.core.database import raw_connection
from models.core.events import Event, EventType, Part
from models.core.scope import current_scope

EventListener = Callable[[Actor | None, Event], Awaitable[None]]

_verb: ContextVar[str | None] = ContextVar("portico_verb", default=None)
_listeners: dict[str, list[EventListener]] = {}


@asynccontextmanager
async def change(actor: Actor | None, verb: str) -> AsyncIterator[None]:
    """Mark what follows as one verb. Opens nothing; raises RuntimeError outside a scope, Forbidden for a lens."""
    scope = current_scope()
    if scope.flushed:
        raise RuntimeError("a change after the events were written")
    if actor is not None:
        actor.may_change(verb)
        scope.actor = actor
    scope.changing = True
    token = _verb.set(verb)
    try:
        yield
    finally:
        _verb.reset(token)


async def record(
    actor: Actor | None,
    kind: EventType,
    parts: Sequence[Part],
    *,
    subject_id: UUID | None = None,
    rights_of: Sequence[UUID] = (),
) -> None:
    """Buffer an event for the scope's exit and let the listeners act on it inside the same transaction.

    `rights_of` names logins whose rights changed: their sockets leave every room before the next event.
    """
    if _verb.get() is None:
        raise RuntimeError(f"{kind.name} was recorded outside change()")
    event = Event(
        type=kind,
        at=now(),
        parts=parts,
        subject_id=subject_id,
        rights_of=rights_of,
        login_id=actor.login_id if actor else None,
        side=actor.side.value if actor else None,
    )
    current_scope().events.append(event)
    for listener in _listeners.get(kind.name, ()):
        await listener(actor, event)


def on(name: str, listener: EventListener) -> None:
    """Register a listener (server/wiring.py only). It may change rows, record and enqueue; never network or mail."""
    _listeners.setdefault(name, []).append(listener)


async def enqueue(
    job: str, ids: Mapping[str, object], *, after: timedelta | None = None, key: str | None = None
) -> None:
    """Enqueue a job in the scope's transaction: it exists if and only if the change does.

    Its payload is the practice and ids. `key` keeps a twin from being queued while one waits; never reuse a key for
    a later need, name what the need is about.
    """
    payload = orjson.dumps({"practice": current_scope().practice_id, **ids}, default=str)
    await Queries(AsyncpgDriver(raw_connection())).enqueue(
        job, payload, execute_after=after, dedupe_key=key, on_conflict="skip"
    )
