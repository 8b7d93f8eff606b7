"""A browser's socket, as cheap as Python makes it: the machine's cores belong to what is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.bench.stack.people import Person
from tests.faults.ground import WebWorker

HELLO = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
    "Cookie: portico_session_{port}={token}\r\n\r\n"
)

Answer = tuple[float, dict[str, Any]]


class Line(asyncio.Protocol):
    """One socket of one person. Events move its cursor; one that comes twice or out of order is a fault."""

    def __init__(self, person: Person, worker: WebWorker) -> None:
        self.person, self.worker = person, worker
        self.cursor: int | None = None
        self.epoch: str | None = None
        self.live_at = 0.0
        self.faults = self.resyncs = 0
        self.on_event: Callable[[str, dict[str, Any], float], None] | None = None
        self._asks: dict[int, asyncio.Future[Answer]] = {}
        self._ask_id = 0
        self._transport: Any = None

    async def open(self, within: float = 60) -> Line:
        """Returns when it is live; opens again, with what it knows, after `cut`."""
        loop = asyncio.get_running_loop()
        self._buffer, self._upgraded, self._live = bytearray(), False, loop.create_future()
        async with asyncio.timeout(within):
            await loop.create_connection(lambda: self, "127.0.0.1", self.worker.port)
            await self._live
        return self

    def cut(self) -> None:
        """The network goes, without a goodbye."""
        self._transport.abort()

    def ask(self, name: str, **payload: Any) -> asyncio.Future[Answer]:
        """The moment of the answer and the answer."""
        self._ask_id += 1
        waiting = self._asks[self._ask_id] = asyncio.get_running_loop().create_future()
        self._say(b"42%d" % self._ask_id + orjson.dumps([name, payload], default=str))
        return waiting

    # -- asyncio.Protocol ------------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        port, key = self.worker.port, base64.b64encode(os.urandom(16)).decode()
        host = f"{self.person.subdomain}.localhost:{port}"
        transport.write(HELLO.format(host=host, port=port, key=key, token=self.person.token).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head[:20]:
                return self._fail(f"refused: {bytes(head[:40])!r}")
            self._upgraded, self._buffer = True, rest
        while (packet := self._next()) is not None:
            self._packet(packet)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("the socket ended")

    # -- Engine.IO and Socket.IO -----------------------------------------------------------------------------------

    def _next(self) -> bytes | None:
        """The next whole text frame; a server's frames have no mask."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1], 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        packet = bytes(buffer[start : start + size]) if buffer[0] == 0x81 else b""
        del buffer[: start + size]
        return packet

    def _packet(self, packet: bytes) -> None:
        moment = time.monotonic()
        if packet[:2] == b"42":
            name, payload = orjson.loads(packet[2:])
            self._event(name, payload, moment)
        elif packet[:2] == b"43":
            number, _, answer = packet[2:].partition(b"[")
            waiting = self._asks.pop(int(number))
            if not waiting.done():
                waiting.set_result((moment, orjson.loads(b"[" + answer)[0]))
        elif packet == b"2":
            self._say(b"3")
        elif packet[:1] == b"0":
            self._say(b"40" + orjson.dumps({"cursor": self.cursor, "epoch": self.epoch}))

    def _event(self, name: str, payload: dict[str, Any], moment: float) -> None:
        if "seq" in payload:
            self.faults += self.cursor is not None and payload["seq"] <= self.cursor
            self.cursor = payload["seq"]
            if self.on_event is not None:
                self.on_event(name, payload, moment)
        elif name == "live":
            self.cursor, self.epoch, self.live_at = payload["cursor"], payload["epoch"], moment
            if not self._live.done():
                self._live.set_result(None)
        elif name == "beat":
            self.cursor = payload["cursor"]
        elif name == "resync":
            self.resyncs += 1

    def _say(self, packet: bytes) -> None:
        """The mask is zero, which changes no byte."""
        size = len(packet)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + packet)

    def _fail(self, reason: str) -> None:
        for waiting in (self._live, *self._asks.values()):
            if not waiting.done():
                waiting.set_exception(ConnectionError(reason))
                waiting.exception()  # looked at: not every one of them is awaited
        self._asks.clear()


async def opened(lines: list[Line], *, at_once: int = 40) -> None:
    """Open them all, so many at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(line: Line) -> None:
        async with gate:
            await line.open()

    await asyncio.gather(*(one(line) for line in lines))
