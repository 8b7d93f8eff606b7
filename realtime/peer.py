"""What waits for one socket, and in which order: frames, runs of frames, and the socket's writing end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson

BACKLOG_FRAMES = 256
BACKLOG_BYTES = 512 * 1024

log = logging.getLogger("portico.line")

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):
    """The socket ended while someone waited for it."""


class Frame:
    """One engine.io packet, encoded once: bytes for our own transport, an ASGI message for any other server."""

    __slots__ = ("_message", "wire")

    def __init__(self, packet: bytes) -> None:
        self.wire = _header(len(packet)) + packet
        self._message: Message | None = None

    @property
    def packet(self) -> bytes:
        return self.wire[len(_header_of(self.wire)) :]

    @property
    def message(self) -> Message:
        """The same object for every socket, so that the text is made once."""
        if self._message is None:
            self._message = {"type": "websocket.send", "text": self.packet.decode()}
        return self._message


def event_frame(name: str, payload: dict[str, Any]) -> Frame:
    """An event of the default namespace. Raises TypeError when the payload is no JSON (UUIDs and times are)."""
    return Frame(b"42" + orjson.dumps([name, payload], default=plain))


class Batch:
    """An unchanging run of frames. Sockets that wait for the same frames hold the same object: it is joined once."""

    __slots__ = ("_joined", "before", "count", "frame", "size", "too_long")

    def __init__(self, before: Batch | None, frame: Frame) -> None:
        self.before = before
        self.frame = frame
        self.count: int = 1 if before is None else before.count + 1
        self.size: int = len(frame.wire) if before is None else before.size + len(frame.wire)
        self.too_long = self.count > BACKLOG_FRAMES or self.size > BACKLOG_BYTES
        self._joined: bytes | None = frame.wire if before is None else None

    def frames(self) -> list[Frame]:
        """Oldest first."""
        run: list[Frame] = []
        batch: Batch | None = self
        while batch is not None:
            run.append(batch.frame)
            batch = batch.before
        return run[::-1]

    def joined(self) -> bytes:
        if self._joined is None:
            self._joined = b"".join([frame.wire for frame in self.frames()])
        return self._joined


class Peer:
    """One connection as the fan-out sees it. Everything pushed to it goes through `waiting`, in order.

    `cursor_written` belongs to the feed: the seq up to which everything was written to this socket.
    """

    __slots__ = (
        "_wakers", "awaiting_pong", "closed", "cursor_written", "eio_sid", "open",
        "rooms", "send_asgi", "sid", "slot", "stalled", "waiting",
    )  # fmt: skip

    def __init__(self, eio_sid: str, send_asgi: Send) -> None:
        self.eio_sid = eio_sid
        self.sid = ""
        self.send_asgi = send_asgi
        self.cursor_written: int | None = None
        self.rooms: tuple[str, ...] = ()
        self.waiting: Batch | None = None
        # Held until CONNECT was answered: nothing overtakes it, and nothing reaches who was refused.
        self.open = False
        self.stalled = False
        self.closed = False
        self.awaiting_pong = False
        self.slot = 0
        self._wakers: list[asyncio.Future[None]] | None = None

    @property
    def held(self) -> bool:
        return self.stalled or not self.open

    @property
    def backlog_frames(self) -> int:
        return 0 if self.waiting is None else self.waiting.count

    @property
    def backlog_bytes(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return self.buffered() + (0 if self.waiting is None else self.waiting.size)

    def put(self, batch: Batch) -> None:
        """Hand frames to the network at once; may leave the peer `stalled`."""
        raise NotImplementedError

    def buffered(self) -> int:
        """Bytes handed over that the kernel has not taken yet."""
        raise NotImplementedError

    def abort(self) -> None:
        """End the connection now, without a closing handshake."""
        raise NotImplementedError

    def send_now(self, frame: Frame) -> None:
        """For the protocol's own packets (OPEN, CONNECT, PING, acks): at once, but never before what waits."""
        if not self.open or (self.waiting is None and not self.stalled):
            self.put(Batch(None, frame))
            return
        self.waiting = Batch(self.waiting, frame)
        if self.stalled and self.waiting.too_long:
            self.drop()

    def drop(self) -> None:
        """Cut off a socket that does not keep up; its page resumes by cursor."""
        if self.closed:
            return
        log.warning("line: dropped a slow socket frames=%d bytes=%d", self.backlog_frames, self.backlog_bytes)
        self.abort()
        self.ended()

    def flush(self) -> None:
        if self.waiting is not None and not self.held:
            batch, self.waiting = self.waiting, None
            self.put(batch)

    def opened(self) -> None:
        """CONNECT was answered: what waited may go."""
        self.open = not self.closed
        self._go_on()

    def resumed(self) -> None:
        """The network took what it was given: go on, and tell who waits for that."""
        self.stalled = False
        self._go_on()

    def _go_on(self) -> None:
        self.flush()
        if not self.held:
            self._wake()

    def ended(self) -> None:
        """The connection is gone: free what waited for it."""
        self.closed = True
        self.open = False
        self.waiting = None
        self._wake()

    async def drained(self) -> None:
        """Return once the kernel has taken everything written so far. Raises Gone when the socket ends first."""
        self.flush()
        while self.held and not self.closed:
            waker = asyncio.get_running_loop().create_future()
            self._wakers = [*(self._wakers or ()), waker]
            await waker
        if self.closed:
            raise Gone

    def _wake(self) -> None:
        wakers, self._wakers = self._wakers or (), None
        for waker in wakers:
            if not waker.done():
                waker.set_result(None)


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((0x81, length))
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")


def _header_of(wire: bytes) -> bytes:
    return wire[: {126: 4, 127: 10}.get(wire[1], 2)]


def plain(value: Any) -> str:
    """The database's own UUIDs are a class of their own, which the encoder does not know. Raises TypeError else."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
