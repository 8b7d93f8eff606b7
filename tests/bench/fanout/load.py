"""The listening side of the fan-out bench: N raw sockets that check every byte they are sent.

Every socket must see the same stream: equally long frames with consecutive numbers. The first to receive a stretch
parses it and keeps it; for all others one memory comparison per read proves order, completeness and no double.
Commands come as lines on stdin, answers go as JSON lines to stdout.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from typing import Any

import uvloop

from tests.bench.fanout.wire import FRAME_BYTES, PONG, masked, seq_of, stamp_of

HELLO = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench.localhost\r\nOrigin: http://bench.localhost\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36\r\n"
    "Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nCache-Control: no-cache\r\n"
    "Pragma: no-cache\r\nCookie: portico_session=0123456789abcdef0123456789abcdef0123456789abcdef\r\n\r\n"
)


class Stream:
    """What all sockets must see, as far as any of them has seen it; and how late each saw each event."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.stamps: list[int] = []
        self.faults = 0
        self.timed = False
        self.delays: list[int] = []
        self.goal = 0
        self.missing = 0
        self.reached = asyncio.Event()

    def extend(self, data: bytes) -> None:
        self.bytes += data
        for index in range(len(self.stamps), len(self.bytes) // FRAME_BYTES):
            frame = bytes(self.bytes[index * FRAME_BYTES : (index + 1) * FRAME_BYTES])
            self.faults += seq_of(frame) != index
            self.stamps.append(stamp_of(frame))


class Listener(asyncio.Protocol):
    def __init__(self, stream: Stream, joined: asyncio.Future[None]) -> None:
        self.stream, self.joined = stream, joined
        self.position = 0
        self.early = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(HELLO.format(key=key).encode())

    def data_received(self, data: bytes) -> None:
        if self.early is not None:
            self._greet(data)
        elif self.stream.bytes.startswith(data, self.position):
            self._advance(len(data))
        else:
            self._first(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("refused"))

    def _greet(self, data: bytes) -> None:
        self.early += data
        if b"\r\n\r\n" in self.early and not self.early.startswith(b"\x81"):
            self.early = self.early.partition(b"\r\n\r\n")[2]
        while len(self.early) >= 2 and self.early[0] == 0x81 and len(self.early) >= self.early[1] + 2 < 128:
            frame, self.early = self.early[: self.early[1] + 2], self.early[self.early[1] + 2 :]
            self._packet(frame[2:])

    def _packet(self, packet: bytes) -> None:
        if packet == b"2":
            self.transport.write(PONG)
        elif packet[:1] == b"0":
            self.transport.write(masked(b"40{}"))
        elif packet[:2] == b"40" and not self.joined.done():
            self.joined.set_result(None)

    def start(self) -> None:
        """From here on only events come."""
        self.early = None  # type: ignore[assignment]

    def _first(self, data: bytes) -> None:
        """Ahead of the others, or out of step with them."""
        known = len(self.stream.bytes) - self.position
        if data[:known] != self.stream.bytes[self.position :]:
            self.stream.faults += 1
            return
        self.stream.extend(data[known:])
        self._advance(len(data))

    def _advance(self, size: int) -> None:
        stream, before = self.stream, self.position
        self.position = after = before + size
        if stream.timed:
            now = time.monotonic_ns()
            for index in range(before // FRAME_BYTES, after // FRAME_BYTES):
                stream.delays.append(now - stream.stamps[index])
        if before < stream.goal <= after:
            stream.missing -= 1
            if not stream.missing:
                stream.reached.set()


class Load:
    def __init__(self) -> None:
        self.stream = Stream()
        self.listeners: list[Listener] = []

    async def connect(self, port: int, count: int) -> dict[str, Any]:
        started, loop = time.monotonic(), asyncio.get_running_loop()
        gate = asyncio.Semaphore(32)

        async def one() -> Listener:
            async with gate, asyncio.timeout(60):
                joined: asyncio.Future[None] = loop.create_future()
                listener = (await loop.create_connection(lambda: Listener(self.stream, joined), "127.0.0.1", port))[1]
                await joined
                return listener

        self.listeners += await asyncio.gather(*[one() for _ in range(count)])
        return {"seconds": time.monotonic() - started}

    async def start(self) -> dict[str, Any]:
        for listener in self.listeners:
            listener.start()
        return {}

    async def expect(self, events: int, timed: int) -> dict[str, Any]:
        """From now on this many more events are due at every socket."""
        stream = self.stream
        stream.reached.clear()
        stream.goal, stream.missing = (len(stream.stamps) + events) * FRAME_BYTES, len(self.listeners)
        stream.timed, stream.delays = bool(timed), []
        self._cpu = time.process_time()
        return {}

    async def arrived(self, seconds: int) -> dict[str, Any]:
        try:
            async with asyncio.timeout(seconds):
                await self.stream.reached.wait()
        except TimeoutError:
            pass  # told by `short` below
        delays = sorted(self.stream.delays)
        part = {f"p{p}": delays[len(delays) * p // 100] / 1e6 for p in (50, 99)} if delays else {}
        short = sum(1 for listener in self.listeners if listener.position != self.stream.goal)
        return {"short": short, "faults": self.stream.faults, "cpu": time.process_time() - self._cpu, **part}


async def main() -> None:
    load, loop = Load(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *numbers = line.split()
        result = await getattr(load, name)(*map(int, numbers))
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
