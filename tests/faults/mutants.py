"""Houses broken on purpose, to see the drills fail. `portico serve` is given one of these instead of its own."""

from __future__ import annotations

import asyncio
import os
import signal
from itertools import count
from typing import Any


def deaf() -> None:
    """Bells are not heard: everything still arrives, by the poll."""
    from realtime.hints import Ear

    Ear._got = lambda self, channel, data: None  # type: ignore[method-assign]


def hasty() -> None:
    """A socket joins before it was told what it missed."""
    from realtime.hub import Hub

    in_order = Hub._one_try

    async def one_try(self: Any, line: Any, feed: Any) -> bool:
        rights = await self.rights_of(line)
        self.fanout.join(line.peer, list(rights.rooms))
        await asyncio.sleep(0.05)  # so that something is told meanwhile however quick the machine is
        return await in_order(self, line, feed)

    Hub._one_try = one_try  # type: ignore[method-assign]


def trusting() -> None:
    """Nobody asks the heads: a lost bell is a lost event."""
    from realtime.feed import Feed

    async def nothing(self: Any) -> None:
        return None

    Feed.look = nothing  # type: ignore[method-assign]


def stubborn() -> None:
    """Rights that end are not acted upon."""
    from realtime.hub import Hub

    Hub.rights_changed = lambda self, practice_id, logins: None  # type: ignore[method-assign]


def talkative() -> None:
    """Everybody sits in the staff's room, clients too."""
    from realtime import hub
    from realtime.rooms import room

    own = hub.rooms_of
    hub.rooms_of = lambda actor, clients: own(actor, clients) | {room(actor.practice_id, "staff")}


def stammering() -> None:
    """Everything is said twice."""
    from realtime.fanout import FanOut

    once = FanOut.fan

    def fan(self: Any, rooms_frames: Any) -> None:
        said = [(list(rooms), frame) for rooms, frame in rooms_frames]
        once(self, said)
        once(self, said)

    FanOut.fan = fan  # type: ignore[method-assign]


def forgetful() -> None:
    """One event in seven is not told."""
    from realtime.fanout import FanOut

    tell, turns = FanOut.fan, count(1)

    def fan(self: Any, rooms_frames: Any) -> None:
        if next(turns) % 7:
            tell(self, rooms_frames)

    FanOut.fan = fan  # type: ignore[method-assign]


def shuffling() -> None:
    """Of two events the second is told first."""
    from realtime.fanout import FanOut

    tell, kept = FanOut.fan, list[Any]()

    def fan(self: Any, rooms_frames: Any) -> None:
        kept.append([(list(rooms), frame) for rooms, frame in rooms_frames])
        while len(kept) > 4:
            tell(self, kept.pop(2))
            tell(self, kept.pop(0))

    FanOut.fan = fan  # type: ignore[method-assign]


def dying() -> None:
    """It dies in the moment between a commit and its bell."""
    from models.core import bell

    bell.ring = lambda practice_id, seq, *, twice=False: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]


def unlocked() -> None:
    """Nobody waits for a calendar: the table's constraint alone stands between two who want one time."""
    from models.appointments import locking

    locking.LOCK = "SELECT $1::uuid[]"


def careless() -> None:
    """Whoever comes is booked: no calendar is held, no time looked at, and no row comes under the constraint."""
    from models.appointments import booking, taking

    async def anything(*args: Any, **more: Any) -> None:
        return None

    unlocked()
    booking.session_or_free = anything  # type: ignore[attr-defined, assignment]
    written = taking.put

    async def put(row: Any, *, over: bool = False) -> Any:
        row.overlap_ok = True
        return await written(row, over=over)

    booking.put = put  # type: ignore[attr-defined]


def whole() -> None:
    """Nothing is broken: the drills must pass on it."""


def __getattr__(name: str) -> Any:
    """`tests.faults.mutants:serve_deaf` is the house with `deaf` applied first."""
    if not name.startswith("serve_"):
        raise AttributeError(name)
    globals()[name.removeprefix("serve_")]()
    from server.asgi import app

    return app
