"""The live line without the house around it: fan-out, engine and guard on a real port, and clients for it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime.engine import line_server
from realtime.fanout import FanOut, Peer
from realtime.guard import Guard, Visitor
from server.serve import serve_one

HARBOR, SESSION = UUID(int=1), UUID(int=2)
ROOM = "p:harbor:staff"
PATH = "/socket.io/?EIO=4&transport=websocket"


class SmallLine:
    """Whoever brings the cookie `session=<number>` is signed in; everyone who connects with it is put into ROOM."""

    def __init__(self, *, connect_seconds: float = 10.0, ping: int = 20, pong: int = 15) -> None:
        self.fanout = FanOut()
        self.sio = line_server(self.fanout, ping=ping, pong=pong)
        self.guard = Guard(
            self.sio.eio.handle_request, who=self._who, public_open=self._open, connect_seconds=connect_seconds
        )
        self.public = False
        self.refusing = False
        self.heard: list[tuple[str, Any]] = []
        self.gone: list[str] = []
        self.port = 0
        self.sio.on("connect", self._connect)
        self.sio.on("disconnect", self._disconnect)
        self.sio.on("*", self._heard)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.guard(scope, receive, send)

    def tell(self, name: str, payload: dict[str, Any], room: str = ROOM) -> None:
        self.fanout.fan([([room], self.fanout.prepare(name, payload))])

    def inside(self, room: str = ROOM) -> list[Peer]:
        return list(self.fanout.targets(room))

    async def until(self, true: Any) -> None:
        """Wait for something that a connection or disconnection brings about, also for what the engine only tidies up
        after it has told of it."""
        async with asyncio.timeout(60):
            while not true():
                await asyncio.sleep(0.005)

    async def _who(self, scope: Any) -> Visitor | None:
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        if cookies and cookies[0].startswith(b"session="):
            return Visitor(HARBOR, SESSION, UUID(int=1 + int(cookies[0].partition(b"=")[2])), "desk")
        return Visitor(HARBOR)

    async def _open(self, practice: UUID) -> bool:
        return self.public and practice == HARBOR

    async def _connect(self, sid: str, _environ: Any, _auth: Any) -> None:
        peer = self.fanout.peer(sid)
        assert peer is not None and peer.eio_sid in self.guard.visitors
        self.fanout.join(peer, [ROOM])
        if self.refusing:
            self.tell("secret", {})
            raise ConnectionRefusedError("no")

    async def _disconnect(self, sid: str, _reason: str = "") -> None:
        self.gone.append(sid)

    async def _heard(self, name: str, _sid: str, *payload: Any) -> dict[str, Any]:
        self.heard.append((name, *payload))
        return {"ok": True, "name": name}


@asynccontextmanager
async def small_line(kind: type[SmallLine] = SmallLine, **options: Any) -> AsyncIterator[SmallLine]:
    line = kind(**options)
    async with serve_one(line) as port:
        line.port = port
        yield line


@dataclass
class Page:
    """A client of the line that speaks the protocol itself, so that it can also speak it wrongly."""

    wire: ClientConnection
    events: list[tuple[str, Any]] = field(default_factory=list)

    async def say(self, frame: str | bytes | Iterable[bytes | str]) -> None:
        await self.wire.send(frame)

    async def packet(self) -> str:
        """The next packet that is no ping."""
        async with asyncio.timeout(60):
            while (packet := str(await self.wire.recv())) == "2":
                await self.wire.send("3")
        return packet

    async def event(self) -> tuple[str, Any]:
        packet = await self.packet()
        assert packet.startswith("42"), packet
        name, payload = json.loads(packet[2:])
        return name, payload

    async def answer(self, ack: int) -> dict[str, Any]:
        """The acknowledgement of an ask; events that come before it are kept in `events`."""
        while True:
            packet = await self.packet()
            if packet.startswith(f"43{ack}["):
                answer: dict[str, Any] = json.loads(packet[len(f"43{ack}") :])[0]
                return answer
            name, payload = json.loads(packet[2:])
            self.events.append((name, payload))

    async def closed(self) -> int:
        """Read until the server closes; the code."""
        try:
            while True:
                await self.packet()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


@asynccontextmanager
async def page(line: SmallLine, *, join: bool = True, cookie: str | None = "session=1", origin: str | None = "own") -> (
    AsyncIterator[Page]
):  # fmt: skip
    """Open a socket as a page of the practice does. Raises InvalidStatus when refused before the upgrade."""
    own = f"http://127.0.0.1:{line.port}"
    async with connect(
        own.replace("http", "ws") + PATH, origin=own if origin == "own" else origin, ping_interval=None,
        additional_headers={"Cookie": cookie} if cookie else {}, compression=None, max_size=None,
    ) as wire:  # fmt: skip
        it = Page(wire)
        greeting = await it.packet()
        assert greeting.startswith("0{"), greeting
        if join:
            await it.say("40{}")
            assert (await it.packet()).startswith("40{")
        yield it


async def refused_with(line: SmallLine, **options: Any) -> int:
    """The HTTP status that the upgrade was answered with; 101 when it was let in."""
    try:
        async with page(line, join=False, **options):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def stuck_socket(line: SmallLine) -> socket.socket:
    """A socket that joins and never reads again, with as little room as the system allows."""
    loop, stuck = asyncio.get_running_loop(), socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.setblocking(False)
    await loop.sock_connect(stuck, ("127.0.0.1", line.port))
    head = (
        f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{line.port}\r\nOrigin: http://127.0.0.1:{line.port}\r\n"
        "Cookie: session=2\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    members = len(line.inside())
    await loop.sock_sendall(stuck, head.encode())
    assert b" 101 " in await loop.sock_recv(stuck, 64)
    await loop.sock_sendall(stuck, bytes((0x81, 0x84, 0, 0, 0, 0)) + b"40{}")
    await line.until(lambda: len(line.inside()) > members)
    return stuck
