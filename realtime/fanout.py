"""One event to many sockets: encoded once, queued at once, written in slices with one write a socket."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from realtime.members import Members
from realtime.peer import BACKLOG_BYTES, BACKLOG_FRAMES, Batch, Frame, Gone, Peer, event_frame

SLICE = 200
CLOSING_SECONDS = 0.5
REPLAY_BYTES = 64 * 1024

__all__ = ["BACKLOG_BYTES", "BACKLOG_FRAMES", "FanOut", "Frame", "Gone", "Peer", "settle_collector"]


class FanOut(Members):
    """The client manager of the live line's AsyncServer, and the ordered writer of everything it pushes.

    Queueing is synchronous: when `fan`, `write` or `emit` returns, exactly the sockets that were in the rooms hold
    the frame, behind all they were given before. Writing follows in later turns of the loop, SLICE sockets a turn;
    what a socket was given in one turn goes out as one write. Nothing reaches a socket before its CONNECT was
    answered. A socket that holds more than BACKLOG_FRAMES or BACKLOG_BYTES because its peer does not read is cut off.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dirty: deque[Peer] = deque()
        self._scheduled = False

    # -- for the feed ------------------------------------------------------------------------------------------------

    def prepare(self, name: str, payload: dict[str, Any]) -> Frame:
        """Encode an event once. Raises TypeError when the payload is not JSON (UUIDs and aware times are)."""
        return event_frame(name, payload)

    def peer(self, sid: str) -> Peer | None:
        """The connection behind a Socket.IO sid; known from its CONNECT on, also before that is answered."""
        return self.peers.get(sid)

    def targets(self, room: str) -> Sequence[Peer]:
        """The sockets in a room at this moment; a sid is a room of one."""
        inside = self.members.get(room)
        if inside is not None:
            return list(inside)
        peer = self.peers.get(room)
        return [] if peer is None else [peer]

    @property
    def busy(self) -> bool:
        """Whether queued frames still wait for their turn."""
        return bool(self._dirty)

    def write(self, peer: Peer, frame: Frame) -> None:
        """Queue one frame for one socket. A socket that has ended swallows it."""
        self._queue((peer,), frame)

    def fan(self, rooms_frames: Iterable[tuple[Iterable[str], Frame]]) -> None:
        """Queue an event that several audiences see differently, in order of precedence.

        Each socket gets the first frame whose rooms it is in, once. Synchronous, however large the rooms are.
        """
        full = [(self.members[room], frame) for rooms, frame in rooms_frames for room in rooms if room in self.members]
        if len(full) == 1:
            self._queue(*full[0])
            return
        reached: set[Peer] = set()
        for inside, frame in full:
            fresh = inside.keys() - reached
            self._queue(fresh, frame)
            reached |= fresh

    async def drained(self, peer: Peer) -> None:
        """Return once the kernel has taken all that was written to this socket. Raises Gone when it ended."""
        await peer.drained()

    async def replay(self, peer: Peer, frames: Iterable[Frame]) -> None:
        """Write many frames at the socket's own pace, so that they never count as backlog. Raises Gone."""
        waiting = 0
        for frame in frames:
            self.write(peer, frame)
            waiting += len(frame.wire)
            if waiting > REPLAY_BYTES:
                await peer.drained()
                waiting = 0
        await peer.drained()

    async def close(self, peer: Peer, code: int) -> None:
        """End a socket for good: out of all rooms at once, what waits is written, then the closing frame.

        A peer that does not take that within CLOSING_SECONDS is cut off.
        """
        self.leave(peer)
        if peer.closed:
            return
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                if peer.open:
                    await peer.drained()
                await peer.send_asgi({"type": "websocket.close", "code": code})
        except (TimeoutError, Gone, OSError, RuntimeError):
            peer.abort()
        peer.ended()

    # -- for python-socketio -----------------------------------------------------------------------------------------

    async def emit(
        self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None, callback: Any = None,
        to: Any = None, **_: Any,
    ) -> None:  # fmt: skip
        """Queue an event for a room, a sid, or several. Raises ValueError without a room, or with a callback."""
        room = to or room
        if not room or callback is not None or namespace != "/":
            raise ValueError("an event needs a room of the default namespace, and asks for no answer")
        skipped = {skip_sid} if skip_sid is None or isinstance(skip_sid, str) else set(skip_sid)
        rooms = [room] if isinstance(room, str) else list(room)
        inside = dict.fromkeys(peer for name in rooms for peer in self.targets(name) if peer.sid not in skipped)
        self._queue(inside, self.prepare(event, data))

    async def connect(self, sid: str, namespace: str) -> str:
        """CONNECT was answered: what waited for this socket may go."""
        sid = await super().connect(sid, namespace)
        peer = self.peers.get(sid)
        if peer is not None:
            peer.opened()
        return sid

    async def disconnect(self, sid: str, namespace: str, **options: Any) -> None:
        """A socket without its namespace is of no use, and the stock server would keep it: it is closed."""
        peer = self.peers.get(sid)
        await super().disconnect(sid, namespace, **options)
        if peer is not None and not peer.closed:
            await self.close(peer, 1000)

    # -- the writer --------------------------------------------------------------------------------------------------

    def _queue(self, peers: Collection[Peer], frame: Frame) -> None:
        longer: dict[Batch | None, Batch] = {}
        slow = []
        for peer in peers:
            before = peer.waiting
            after = longer.get(before)
            if after is None:
                after = longer[before] = Batch(before, frame)
            peer.waiting = after
            if before is None:
                self._dirty.append(peer)
            elif after.too_long and peer.held:
                slow.append(peer)
        for peer in slow:
            peer.drop()
        self._schedule()

    def _schedule(self) -> None:
        if self._dirty and not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        dirty = self._dirty
        for _ in range(min(SLICE, len(dirty))):
            peer = dirty.popleft()
            batch = peer.waiting
            if batch is None or peer.stalled or not peer.open:
                continue
            peer.waiting = None
            try:
                peer.put(batch)
            except Exception:
                # Whatever is wrong with this socket must not keep the frame from the others.
                peer.drop()
        self._schedule()


def settle_collector() -> None:
    """Call once when a worker has started: what exists by now is never walked again, the rest seldom.

    Half of a stock fan-out's cost was the collector walking connections that do not change.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
