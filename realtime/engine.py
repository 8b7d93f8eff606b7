"""Engine.IO over websocket only, without a queue and two tasks per socket: a loop that reads, a writer that writes."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import orjson
import socketio

from realtime.peer import Batch, Frame, Message, Peer, Send
from realtime.transport import EXTENSION, DirectPeer, EngineBase, Members, server_with

PING_SECONDS = 20
PONG_SECONDS = 15
MAX_MESSAGE = 1024 * 1024

PING, PONG = Frame(b"2"), Frame(b"3")


class Json:
    """What the Socket.IO server reads and writes JSON with: orjson, which bounds depth and the size of numbers."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str, **_: Any) -> Any:
        return orjson.loads(text)


def line_server(members: Members, *, ping: int = PING_SECONDS, pong: int = PONG_SECONDS) -> socketio.AsyncServer:
    """The AsyncServer of the live line. `server.eio.handle_request(scope, receive, send)` is its ASGI application.

    Asks of one socket are handled in order, one at a time; a slow one holds back only its own socket.
    """
    return server_with(
        Engine, async_mode="asgi", client_manager=members, async_handlers=False, transports=["websocket"],
        cors_allowed_origins=[], ping_interval=ping, ping_timeout=pong, max_http_buffer_size=MAX_MESSAGE,
        json=Json, monitor_clients=False,
    )  # fmt: skip


class Engine(EngineBase):
    """The websocket half of engine.io. The guard has let in who comes here, and filtered what they say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pulse = Pulse(int(self.ping_interval), int(self.ping_timeout))

    async def handle_request(self, scope: Any, receive: Any, send: Send) -> None:
        """Serve one connection until it ends; anything but a websocket of protocol 4 is refused with 403."""
        if scope["type"] != "websocket" or not _speaks(scope):
            await send({"type": "websocket.close"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        peer = self._admit(scope, send)
        try:
            await self.fire("connect", peer.eio_sid, {"asgi.scope": scope, "asgi.send": send})
            await send({"type": "websocket.send", "text": self._open(peer)})
            await self._listen(peer, receive)
        except OSError:
            pass  # the other end went while it was being greeted
        except asyncio.CancelledError:
            if not peer.closed:
                raise  # not our own `abort`: the server stops
        finally:
            await self._bury(peer)

    def _admit(self, scope: Any, send: Send) -> EnginePeer:
        protocol = scope["extensions"].pop(EXTENSION, None) if scope.get("extensions") else None
        eio_sid = self.generate_id()
        peer = DirectEnginePeer(eio_sid, send, protocol) if protocol else AsgiPeer(eio_sid, send)
        self.sockets[eio_sid] = peer
        self.pulse.add(peer)
        return peer

    def _open(self, peer: Peer) -> str:
        greeting = {
            "sid": peer.eio_sid, "upgrades": [], "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000), "maxPayload": self.max_http_buffer_size,
        }  # fmt: skip
        return "0" + Json.dumps(greeting)

    async def _listen(self, peer: EnginePeer, receive: Any) -> None:
        while not peer.closed:
            message: Message = await receive()
            text = message.get("text")
            if not text:
                return
            if text[0] == "4":
                await self.fire("message", peer.eio_sid, text[1:])
            elif text == "3":
                peer.awaiting_pong = False
            elif text == "2":
                peer.send_now(PONG)
            else:
                return

    async def _bury(self, peer: EnginePeer) -> None:
        peer.ended()
        self.pulse.discard(peer)
        await self.fire("disconnect", peer.eio_sid, self.reason.TRANSPORT_CLOSE)
        self.sockets.pop(peer.eio_sid, None)


def _speaks(scope: Any) -> bool:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return query.get("EIO") == ["4"] and query.get("transport") == ["websocket"] and "sid" not in query


class EnginePeer(Peer):
    """What python-socketio asks of an engine.io socket, on top of what the fan-out asks."""

    __slots__ = ()

    async def send(self, packet: Any) -> None:
        """CONNECT, acks and the like: python-socketio's own packets. Text only; the guard lets no binary in."""
        self.send_now(Frame(packet.encode().encode()))

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        self.abort()


class DirectEnginePeer(DirectPeer, EnginePeer):
    __slots__ = ()


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
