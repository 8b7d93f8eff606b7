"""The heartbeat of every socket of a worker, on one timer."""

from __future__ import annotations

import asyncio

from realtime.peer import Frame, Peer

PING = Frame(b"2")


class Pulse:
    """Pings every socket once in `interval` seconds and cuts off who gave no sign of life `timeout` seconds later.

    One timer for all sockets of a worker: each sits in one of `interval` slots, one slot is due each second.
    """

    def __init__(self, interval: int, timeout: int) -> None:
        if timeout >= interval:
            raise ValueError("the answer to a ping must be due before the next ping")
        self._slots: list[set[Peer]] = [set() for _ in range(interval)]
        self._timeout = timeout
        self._now = 0
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(map(len, self._slots))

    def add(self, peer: Peer) -> None:
        peer.slot = (self._now - 1) % len(self._slots)
        self._slots[peer.slot].add(peer)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(1.0, self._beat)

    def discard(self, peer: Peer) -> None:
        self._slots[peer.slot].discard(peer)

    def _beat(self) -> None:
        self._now += 1
        due = len(self._slots)
        for peer in list(self._slots[(self._now - self._timeout) % due]):
            if peer.awaiting_pong and not peer.closed:
                peer.abort()
                peer.ended()
        for peer in list(self._slots[self._now % due]):
            peer.awaiting_pong = True
            if not peer.closed:
                peer.send_now(PING)
        busy = any(self._slots)
        self._timer = asyncio.get_running_loop().call_later(1.0, self._beat) if busy else None
