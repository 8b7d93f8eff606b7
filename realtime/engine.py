"""Engine.IO over websocket only, without a queue and two tasks per socket: a loop that reads, a writer that writes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs

import orjson
import socketio

from realtime.asgi_peer import AsgiPeer, EnginePeer
from realtime.members import EngineBase, Members, server_with
from realtime.peer import Frame, Message, Peer, Send, plain
from realtime.pulse import Pulse
from realtime.transport import EXTENSION, DirectPeer

PING_SECONDS = 20
PONG_SECONDS = 15
MAX_MESSAGE = 1024 * 1024

PONG = Frame(b"3")


class Json:
    """What the Socket.IO server reads and writes JSON with: orjson, which bounds depth and the size of numbers."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value, default=plain).decode()

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
        json=Json, monitor_clients=False, logger=_quiet_log(), engineio_logger=_quiet_log(),
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


def _quiet_log() -> logging.Logger:
    """The libraries log what a handler raised with its trace, and what was raised may quote what a person wrote."""
    log = logging.getLogger("portico.engine")
    log.setLevel(logging.WARNING)
    if not log.filters:
        log.addFilter(_without_trace)
    return log


def _without_trace(record: logging.LogRecord) -> bool:
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        record.msg = f"{record.msg}: {record.exc_info[0].__name__}"
        record.exc_info = None
    return True


def _speaks(scope: Any) -> bool:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return query.get("EIO") == ["4"] and query.get("transport") == ["websocket"] and "sid" not in query


class DirectEnginePeer(DirectPeer, EnginePeer):
    __slots__ = ()
