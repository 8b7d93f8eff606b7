"""Houses broken on purpose, to see the drills fail. `portico serve` is given one of these instead of its own."""

from __future__ import annotations

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


def whole() -> None:
    """Nothing is broken: the drills must pass on it."""


def __getattr__(name: str) -> Any:
    """`tests.faults.mutants:serve_deaf` is the house with `deaf` applied first."""
    if not name.startswith("serve_"):
        raise AttributeError(name)
    globals()[name.removeprefix("serve_")]()
    from server.asgi import app

    return app
