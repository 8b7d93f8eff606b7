"""Online and away, told to those who may know: staff of a client, and the clients a practitioner's practice allows.

Presence has walls too: whom it reaches is asked of the areas (`audience_of`, filled in by server.wiring).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.accounts.sessions import actor_of_session
from models.core import presence
from models.core.actor import Actor
from models.core.database import AWAY
from models.core.errors import Refusal
from models.core.events import Audience
from models.core.scope import Scope, run_scope
from realtime.hints import Ear
from realtime.loops import every

if TYPE_CHECKING:
    from realtime.hub import Hub
    from realtime.lines import Line

REFRESH_SECONDS = 30.0
HOLDER = secrets.token_hex(8)

Told = Sequence[tuple[str, Mapping[str, Any], Sequence[Audience]]]

# For an actor: (name in Redis, ids on the wire, who may hear) for each face they show.
audience_of: Callable[[Actor], Awaitable[Told]] | None = None
ear: Ear | None = None

Face = tuple[UUID, UUID | None, str | None]

# What was told of those who are here: after a sign-out nobody could ask any more whom to tell that they went.
_told: dict[Face, Told] = {}


_asking = asyncio.Semaphore(1)


async def came(hub: Hub, line: Line) -> None:
    """A socket went live: tell those who may know, if nobody knew yet."""
    async with _asking:  # a thousand tabs of one person ask once
        faces = _told.get(_face(line))
        if faces is None:
            faces = _told[_face(line)] = await _faces(line)
    for name, ids, audiences in faces:
        if await presence.here(line.visitor.practice_id, [name], holder=HOLDER):
            await _tell(line.visitor.practice_id, audiences, {**ids, "state": "online"})
    if line.peer.closed:
        await left(hub, line)  # it went while it was announced


async def left(hub: Hub, line: Line) -> None:
    """A socket went: away when no worker holds another one of the same person and side."""
    if any(_same(line, other) for other in hub.lines.values()):
        return
    for name, ids, audiences in _told.pop(_face(line), ()):
        if await presence.left(line.visitor.practice_id, name, holder=HOLDER):
            await _tell(line.visitor.practice_id, audiences, {**ids, "state": "away"})


async def refresh(hub: Hub) -> None:
    """For ever: keep those who are here from expiring, with whom they may be told to asked anew."""

    async def once() -> None:
        faces = {_face(line): line for line in hub.lines.values() if line.present}
        for face, line in faces.items():
            _told.pop(face, None)
            await came(hub, line)

    await every(lambda: REFRESH_SECONDS, once, name="presence.refresh")


def _same(line: Line, other: Line) -> bool:
    """One that is still catching up counts: the person is on the way back."""
    mine = other.visitor.login_id == line.visitor.login_id and other.visitor.practice_id == line.visitor.practice_id
    return mine and other is not line and (not other.present or other.side == line.side)


async def _faces(line: Line) -> Told:
    session_id = line.visitor.session_id
    if audience_of is None or session_id is None:
        return ()
    asked = audience_of

    async def work(scope: Scope) -> Told:
        return await asked(await actor_of_session(scope.practice_id, session_id))

    with suppress(Refusal, *AWAY):
        return await run_scope(line.visitor.practice_id, work)
    return ()


async def _tell(practice_id: UUID, audiences: Sequence[Audience], payload: Mapping[str, Any]) -> None:
    if ear is not None and audiences:
        await ear.tell(practice_id, audiences, "presence", payload)


def _face(line: Line) -> Face:
    return (line.visitor.practice_id, line.visitor.login_id, line.side)
