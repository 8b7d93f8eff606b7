"""Online and away, told to those who may know: staff of a client, and the clients a practitioner's practice allows.

Presence has walls too: whom it reaches is asked of the areas (`audience_of`, filled in by server.wiring).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.accounts.sessions import actor_of_session
from models.core import presence
from models.core.actor import Actor
from models.core.database import AWAY
from models.core.errors import Busy, Refusal
from models.core.events import Audience
from models.core.scope import Scope, run_scope
from realtime.hints import Ear
from realtime.loops import every

if TYPE_CHECKING:
    from realtime.hub import Hub
    from realtime.lines import Line

REFRESH_SECONDS = 30.0
AT_ONCE = 200
UNASKED = -2  # no seq of any practice: the database was away, the next turn asks again
HOLDER = secrets.token_hex(8)

OfFace = tuple[str, Mapping[str, Any], Sequence[Audience]]
Told = Sequence[OfFace]

# For an actor: (name in Redis, ids on the wire, who may hear) for each face they show.
audience_of: Callable[[Actor], Awaitable[Told]] | None = None
# The same for the name of a face in Redis; None for what is no face.
audience_of_name: Callable[[str], Awaitable[OfFace | None]] | None = None
ear: Ear | None = None

Face = tuple[UUID, UUID | None, str | None]


@dataclass(frozen=True)
class Known:
    """Whom to tell of a face, as it was when the practice's events had come to `seq`."""

    told: Told
    seq: int


# Of those who are here: after a sign-out nobody could ask any more whom to tell that they went.
_known: dict[Face, Known] = {}

_asking = asyncio.Semaphore(1)


async def came(hub: Hub, line: Line) -> None:
    """A socket went live: tell those who may know, if nobody knew yet."""
    async with _asking:  # a thousand tabs of one person ask once
        known = _known.get(_face(line)) or await _ask(hub, line)
    for name, ids, audiences in known.told:
        if await presence.here(line.visitor.practice_id, [name], holder=HOLDER):
            await _tell(line.visitor.practice_id, audiences, {**ids, "state": "online"})
    if line.peer.closed:
        await left(hub, line)  # it went while it was announced


async def left(hub: Hub, line: Line) -> None:
    """A socket went: away when no worker holds another one of the same person and side."""
    if any(_same(line, other) for other in hub.lines.of(line.visitor.practice_id)):
        return
    known = _known.pop(_face(line), None)
    for name, ids, audiences in known.told if known else ():
        if await presence.left(line.visitor.practice_id, name, holder=HOLDER):
            await _tell(line.visitor.practice_id, audiences, {**ids, "state": "away"})


async def refresh(hub: Hub) -> None:
    """For ever: keep those who are here from expiring, and tell of those who did."""

    async def once() -> None:
        await refresh_once(hub)
        await end_expired(hub)

    await every(lambda: REFRESH_SECONDS, once, name="presence.refresh")


async def refresh_once(hub: Hub) -> None:
    """Whom to tell is asked anew only where the practice had events meanwhile: nothing else changes it."""
    here = {_face(line): line for line in hub.lines.values() if line.present}
    for face, line in here.items():
        known = _known.get(face)
        if known is None or known.seq != _seq(hub, line):
            await _ask(hub, line)
        if line.peer.closed:
            await left(hub, line)  # it went while that was asked
    told = {
        (face[0], name): (ids, audiences)
        for face in here
        if (known := _known.get(face))
        for name, ids, audiences in known.told
    }
    names = list(told)
    for start in range(0, len(names), AT_ONCE):
        for fresh in await presence.all_here(names[start : start + AT_ONCE], holder=HOLDER):
            ids, audiences = told[fresh]
            await _tell(fresh[0], audiences, {**ids, "state": "online"})


async def end_expired(hub: Hub) -> None:
    """Who expired was held by a worker that was killed, and can say so no more. Those pages show them as online, so
    whichever worker holds such pages and is the first says it to all."""
    before, practices = time.time(), list(hub.feed.practices)
    for start in range(0, len(practices), AT_ONCE):
        expired = await presence.expired(practices[start : start + AT_ONCE], before)
        for practice_id, names in expired.items():
            told = await _told_by_name(practice_id, names)
            # Taken away after the database was asked: while that is away, they wait for the next turn.
            gone = set() if told is None else await presence.end_expired(practice_id, before)
            for name, ids, audiences in told or ():
                if name in gone:
                    await _tell(practice_id, audiences, {**ids, "state": "away"})


async def _told_by_name(practice_id: UUID, names: Sequence[str]) -> Told | None:
    """Whom to tell, by the rights of this moment; None while nobody knows."""
    asked = audience_of_name

    async def work(_: Scope) -> Told:
        return [face for name in names if asked is not None and (face := await asked(name)) is not None]

    try:
        return await run_scope(practice_id, work)
    except (Busy, *AWAY):
        return None


async def _ask(hub: Hub, line: Line) -> Known:
    seq = _seq(hub, line)
    try:
        known = Known(await _faces(line), seq)
    except (Busy, *AWAY):
        known = Known((), UNASKED)
    _known[_face(line)] = known
    return known


def _seq(hub: Hub, line: Line) -> int:
    feed = hub.feed.practices.get(line.visitor.practice_id)
    return -1 if feed is None else feed.sent


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

    try:
        return await run_scope(line.visitor.practice_id, work)
    except Busy:
        raise  # nobody knows yet
    except Refusal:
        return ()  # signed out, or locked: that ends by an event


async def _tell(practice_id: UUID, audiences: Sequence[Audience], payload: Mapping[str, Any]) -> None:
    if ear is not None and audiences:
        await ear.tell(practice_id, audiences, "presence", payload)


def _face(line: Line) -> Face:
    return (line.visitor.practice_id, line.visitor.login_id, line.side)
