"""When a practice's portal gets another address: every socket that came by a former one is told it, then cut.

Each worker learns it from the feed, so it needs no Redis.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from models.accounts.events import PRACTICE_MOVED
from models.accounts.practices import forget_practices
from models.core.addresses import origin_of
from models.core.database import AWAY, fetch_apart
from models.core.scope import detached
from realtime.lines import Line

if TYPE_CHECKING:
    from realtime.hub import Hub

# Pages tell the server first what is being typed. Whoever does not understand is cut, and comes back by the new host.
GRACE_SECONDS = 3.0
MOVED = 4301
PAUSE = 0.5


def follow_moves(hub: Hub) -> None:
    """From now on the hub tells its sockets when their practice moves."""

    def moved(practice_id: UUID) -> None:
        forget_practices()
        lines = hub.lines.of(practice_id)  # now: those who come later come by the new address
        detached(lambda: _lead_over(hub, practice_id, lines))

    hub.feed.also[PRACTICE_MOVED.name] = moved


def lead_over_if_moved(hub: Hub, line: Line, subdomain: str) -> None:
    """A socket that was let in by an address which the practice has left: its page follows too."""
    if line.visitor.at not in (None, subdomain):
        detached(lambda: _lead_over(hub, line.visitor.practice_id, [line]))


async def _lead_over(hub: Hub, practice_id: UUID, lines: list[Line]) -> None:
    subdomain = await _subdomain(practice_id)
    leaving = [line for line in lines if line.visitor.at != subdomain]
    frame = hub.fanout.prepare("moved", {"host": urlsplit(origin_of(subdomain)).netloc})
    for line in leaving:
        hub.fanout.write(line.peer, frame)
    await asyncio.sleep(GRACE_SECONDS)
    for line in leaving:
        if not line.peer.closed:
            await hub.fanout.close(line.peer, MOVED)


async def _subdomain(practice_id: UUID) -> str:
    while True:
        try:
            (row,) = await fetch_apart("SELECT subdomain FROM practice WHERE id = $1", practice_id)
            return str(row["subdomain"])
        except AWAY:
            await asyncio.sleep(PAUSE)
