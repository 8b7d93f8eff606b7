"""A socket on an ASGI server that is not ours: everything goes through its `send`."""

from __future__ import annotations

import asyncio
from typing import Any

from realtime.peer import Batch, Frame, Peer, Send


class EnginePeer(Peer):
    """What python-socketio asks of an engine.io socket, on top of what the fan-out asks."""

    __slots__ = ()

    async def send(self, packet: Any) -> None:
        """CONNECT, acks and the like: python-socketio's own packets. Text only; the guard lets no binary in."""
        self.send_now(Frame(packet.encode().encode()))

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        self.abort()


class AsgiPeer(EnginePeer):
    """A socket on any other ASGI server: shared messages through `asgi.send`, in order, never waiting for one socket.

    The send is driven by hand; only when the server makes it wait does a task of its own take over.
    """

    __slots__ = ("_in_flight", "_reader", "_writer")

    def __init__(self, eio_sid: str, send_asgi: Send) -> None:
        super().__init__(eio_sid, send_asgi)
        self._reader = asyncio.current_task()
        self._writer: asyncio.Task[None] | None = None
        self._in_flight = 0

    def put(self, batch: Batch) -> None:
        sending = self._send_all(batch)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception:
            self.abort()
            return
        self.stalled, self._in_flight = True, batch.size
        self._writer = asyncio.ensure_future(self._finish(_Rest(sending, waits_for)))

    async def _send_all(self, batch: Batch) -> None:
        for frame in batch.frames():
            await self.send_asgi(frame.message)

    async def _finish(self, rest: _Rest) -> None:
        try:
            await rest
        except Exception:
            self.abort()
            return
        self._in_flight = 0
        self.resumed()

    def buffered(self) -> int:
        return self._in_flight

    def abort(self) -> None:
        self.ended()
        for task in (self._writer, self._reader):
            if task is not None and task is not asyncio.current_task():
                task.cancel()


class _Rest:
    """The rest of a coroutine whose first step was taken by hand."""

    def __init__(self, coroutine: Any, waits_for: Any) -> None:
        self._coroutine, self._waits_for = coroutine, waits_for

    def __await__(self) -> Any:
        waits_for = self._waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:
                step, given = self._coroutine.throw, error
            else:
                step, given = self._coroutine.send, value
            try:
                waits_for = step(given)
            except StopIteration as end:
                return end.value
