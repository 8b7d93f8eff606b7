"""Visitors of the booking page listen only while online booking is on and the portal open: when either ends, their
sockets are told so and cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from models.accounts.events import FEATURES_CHANGED, PORTAL_CLOSED
from models.core.scope import detached
from realtime.lines import Line

if TYPE_CHECKING:
    from realtime.hub import Hub

OVER = "closed"


def follow_visitors(hub: Hub, open_now: Callable[[UUID], Awaitable[bool]]) -> None:
    """From now on the hub lets visitors go when `open_now`, which remembers nothing, says that it is over."""

    def changed(practice_id: UUID) -> None:
        lines = [line for line in hub.lines.of(practice_id) if line.visitor.session_id is None]
        if lines:
            detached(lambda: _let_go(hub, practice_id, lines, open_now))

    for kind in (FEATURES_CHANGED, PORTAL_CLOSED):
        hub.feed.also[kind.name] = changed


async def _let_go(
    hub: Hub, practice_id: UUID, lines: list[Line], open_now: Callable[[UUID], Awaitable[bool]]
) -> None:
    if await open_now(practice_id):
        return
    for line in lines:
        if not line.peer.closed:
            await hub.sign_out(line, OVER)
