"""Every name of uvicorn, websockets, python-engineio and python-socketio that is not theirs to promise.

The four are pinned exactly (tests/realtime/test_fanout_pins.py); whoever raises a pin reads this file again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import engineio
import socketio
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Close, Frame, Opcode

from realtime.inbox import Inbox
from realtime.peer import BACKLOG_BYTES, Batch, Peer, Send

PINS = {"uvicorn": "0.54.0", "websockets": "17.4", "python-engineio": "4.15.1", "python-socketio": "5.18.1"}
EXTENSION = "portico.line"
REFUSED = 4400
MAX_FRAGMENTS = 256
MAX_HEADER_BYTES = 64 * 1024
HEAD_SECONDS = 10.0

log = logging.getLogger("portico.line")


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


WRITABLE = _set_event()


class LineProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own websocket protocol, given by its public `ws=` option.

    Private: `queue`, `writable`, `frames`, `conn`, `request`, `response`, `scope`, `close_timeout` and the hooks
    overridden here. Why: the ready-made frame needs the transport, an exact sense of back-pressure, and an idle
    socket that weighs no more than Node's.
    """

    peer: DirectPeer | None = None
    refused = False
    request: Any
    response: Any
    scope: Any
    queue: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()
        self.writable = WRITABLE
        self.close_timeout = 2.0

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = self

    def settle(self, peer: DirectPeer) -> None:
        """The handshake is over: let go of what it needed, and hear at once when the network is full."""
        self.peer = peer
        self.request = self.response = None
        self.transport.set_write_buffer_limits(high=0, low=0)

    def pause_writing(self) -> None:
        self.writable = asyncio.Event()
        if self.peer is not None:
            self.peer.stalled = True

    def resume_writing(self) -> None:
        self.writable.set()
        self.writable = WRITABLE
        if self.peer is not None:
            self.peer.resumed()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.writable = WRITABLE
        if self.peer is not None:
            self.peer.ended()
            self.peer = None

    def shutdown(self) -> None:
        """uvicorn stops: what waits goes before the closing frame (1012). May be called again."""
        if self.transport.is_closing():
            return
        if self.peer is not None:
            self.peer.flush()
        super().shutdown()

    def handle_cont(self, event: Any) -> None:
        # The size limit counts bytes: empty fragments without end would still fill the memory.
        if len(self.frames) >= MAX_FRAGMENTS:
            self.refuse("fragments")
            return
        super().handle_cont(event)

    def data_received(self, data: bytes) -> None:
        if not self.refused:
            super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.refuse("not UTF-8")
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        # Too large, or no websocket frame: the library wants to say 1009, 1002 …; the promise is one code for all.
        self.conn.data_to_send()
        self.refuse(type(self.conn.parser_exc).__name__)

    def refuse(self, why: str) -> None:
        """Close with 4400, one log line, nothing of the content."""
        if self.close_sent or self.transport.is_closing():
            return
        log.warning("line: closed code=%d reason=%s", REFUSED, why)
        self.close_sent = self.refused = True
        self.frames = []
        self.queue.put_nowait({"type": "websocket.disconnect", "code": REFUSED, "reason": ""})
        if not self.handshake_complete:
            self.transport.close()
            return
        self.transport.write(Frame(Opcode.CLOSE, Close(REFUSED, "").serialize()).serialize(mask=False))
        # Closed with unread bytes, TCP would reset, and the code might never be seen: read on a while, into nothing.
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()


class DirectPeer(Peer):
    """A socket on our own protocol: one ready-made run of bytes per write."""

    __slots__ = ("transport",)

    def __init__(self, eio_sid: str, send_asgi: Send, protocol: LineProtocol) -> None:
        super().__init__(eio_sid, send_asgi)
        self.transport = protocol.transport
        protocol.settle(self)

    def put(self, batch: Batch) -> None:
        self.transport.write(batch.joined())
        if self.stalled and self.buffered() > BACKLOG_BYTES:
            self.drop()

    def buffered(self) -> int:
        return 0 if self.closed else self.transport.get_write_buffer_size()

    def abort(self) -> None:
        self.transport.abort()


class LineHttp(HttpToolsProtocol):
    """uvicorn's HTTP protocol, given by its public `http=` option.

    Private: `timeout_keep_alive_handler`, `parser`, `cycle`, `scope`, `headers`, the parser's callbacks. Why: uvicorn
    with httptools bounds neither a request's head nor the wait for it, and after an upgrade the parser and its protocol
    hold each other until the collector comes by.
    """

    header_bytes = 0
    head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self.header_bytes = 0
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._have_head()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._have_head()
        self.head_due = asyncio.get_running_loop().call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _have_head(self) -> None:
        if self.head_due is not None:
            self.head_due.cancel()
            self.head_due = None

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self.header_bytes += size
        if self.header_bytes > MAX_HEADER_BYTES:
            raise ValueError("header too large")  # httptools turns it into a parser error: 400 and the end

    def handle_websocket_upgrade(self) -> None:
        super().handle_websocket_upgrade()
        self.parser = self.scope = self.headers = self.cycle = None  # type: ignore[assignment]


class Members(socketio.AsyncManager):  # type: ignore[misc]
    """Who is in which room, kept by peer: leaving costs what one socket is in, never what the worker holds.

    Private: `rooms`, `basic_enter_room`, `basic_leave_room`. Why: the stock tables keep two dictionaries per socket
    for its own room and walk every room of the worker whenever a socket goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, dict[Peer, None]] = {}
        self.peers: dict[str, Peer] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room is None:
            super().basic_enter_room(sid, namespace, None, eio_sid=eio_sid)
            self.peers[sid] = peer = self.server.eio.sockets[eio_sid]
            peer.sid = sid
        elif room != sid:
            self.join(self.peers[sid], [room])

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        peer = self.peers.get(sid)
        if room is None:
            super().basic_leave_room(sid, namespace, None)
            self.peers.pop(sid, None)
        if peer is not None:
            self.leave(peer, list(peer.rooms) if room is None else [room])

    def join(self, peer: Peer, rooms: list[str]) -> bool:
        """Put a socket into rooms, at once. False when it has ended meanwhile."""
        if peer.closed or peer.sid not in self.peers:
            return False
        for room in rooms:
            self.members.setdefault(room, {})[peer] = None
        peer.rooms = tuple(dict.fromkeys((*peer.rooms, *rooms)))
        return True

    def leave(self, peer: Peer, rooms: list[str] | None = None) -> None:
        """Take a socket out of these rooms, or of all, at once."""
        for room in peer.rooms if rooms is None else rooms:
            inside = self.members.get(room)
            if inside is not None and peer in inside:
                del inside[peer]
                if not inside:
                    del self.members[room]
        peer.rooms = () if rooms is None else tuple(room for room in peer.rooms if room not in rooms)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        rooms = [room] if isinstance(room, str) else list(room)
        inside = dict.fromkeys(peer for name in rooms for peer in self.members.get(name, ()))
        return iter([(peer.sid, peer.eio_sid) for peer in inside])

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        peer = self.peers.get(sid)
        return [] if peer is None else [sid, *peer.rooms]


class EngineBase(engineio.AsyncServer):  # type: ignore[misc]
    """Private: `_trigger_event`, by which engine.io tells socket.io about a connection."""

    async def fire(self, event: str, *args: Any) -> None:
        await self._trigger_event(event, *args)


def server_with(engine: Callable[..., EngineBase], **options: Any) -> socketio.AsyncServer:
    """An AsyncServer on our engine. Private: `_engineio_server_class`, the hook by which it picks its engine."""

    class LineServer(socketio.AsyncServer):  # type: ignore[misc]
        def _engineio_server_class(self) -> Callable[..., EngineBase]:
            return engine

    return LineServer(**options)
