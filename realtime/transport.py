"""Every name of uvicorn and websockets that is not theirs to promise; those of socket.io's server are in members.py.

The four are pinned exactly (tests/realtime/test_fanout_pins.py); whoever raises a pin reads the two files again.
"""

from __future__ import annotations

import asyncio
import logging
from os import write
from typing import Any

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
    """A socket on our own protocol: one ready-made run of bytes per write, handed to the kernel at once.

    Going round the transport saves a tenth of a delivery's CPU and a third of the slowest ones' delay. What the kernel
    does not take goes through the transport, whose limits are 0: while it holds a byte the peer is `stalled`, and
    everything queues behind it. TLS ends at a proxy; where it does not, all goes through the transport.
    """

    __slots__ = ("fd", "transport")

    def __init__(self, eio_sid: str, send_asgi: Send, protocol: LineProtocol) -> None:
        super().__init__(eio_sid, send_asgi)
        self.transport = protocol.transport
        plain = self.transport.get_extra_info("sslcontext") is None
        self.fd = self.transport.get_extra_info("socket").fileno() if plain else -1
        protocol.settle(self)

    def put(self, batch: Batch) -> None:
        if self.closed:
            return  # its number may be another socket's by now
        data = batch.joined()
        if self.fd >= 0 and not self.stalled:
            try:
                taken = write(self.fd, data)
            except OSError:
                taken = 0  # full, or gone: the transport finds out which
            if taken == len(data):
                return
            data = data[taken:]
        self.transport.write(data)
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
