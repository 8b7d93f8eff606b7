"""The door before the line: who may open a socket, and which frames get past it. Stands before engine.io."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from realtime.inbound import Ask, Bucket, answer, is_connect, read_ask
from realtime.peer import Message, Send

REFUSED, UNJOINED, FLOODED = 4400, 4408, 4429
ASKS_PER_SECOND, ASKS_AT_ONCE = 20.0, 40.0
SLOW_DOWN_SECONDS, CLOSE_SECONDS = 10.0, 30.0
CONNECT_SECONDS = 10.0
ANONYMOUS_PER_ADDRESS = 20

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

log = logging.getLogger("portico.line")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a socket: ids only, rights are read anew each time. Without a session: anyone, public rooms only."""

    practice_id: UUID
    login_id: UUID | None = None
    session_id: UUID | None = None
    side: str | None = None


def host_of(scope: Scope) -> str | None:
    """The host with port that the browser asked for, without the scheme's own port; None when unclear."""
    hosts = _header(scope, b"host")
    if len(hosts) != 1:
        return None
    return hosts[0].lower().removesuffix(":443" if scope.get("scheme") in ("wss", "https") else ":80")


class Guard:
    """ASGI application: lets a websocket through to `engine` or answers 403 before the upgrade.

    `who(scope)` finds the practice by host and the session by cookie; None when there is no such practice.
    `public_open(practice)` says whether anyone may listen to it now. `visitors` is the only source of identity for
    a socket: keyed by engine.io sid, filled from the greeting that the engine itself sends.
    """

    def __init__(
        self,
        engine: Callable[[Scope, Receive, Send], Awaitable[None]],
        *,
        who: Callable[[Scope], Awaitable[Visitor | None]],
        public_open: Callable[[UUID], Awaitable[bool]],
        host: Callable[[Scope], str | None] = host_of,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.engine = engine
        self.connect_seconds = connect_seconds
        self.visitors: dict[str, Visitor] = {}
        self._who, self._public_open, self._host = who, public_open, host
        self._anonymous: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await _answer_http(send)
            return
        visitor = await self._admit(scope)
        if visitor is None:
            await send({"type": "websocket.close", "code": 4403})
            return
        address = _address(scope) if visitor.session_id is None else None
        if address is not None and self._anonymous[address] >= ANONYMOUS_PER_ADDRESS:
            await send({"type": "websocket.close", "code": 4403})
            return
        await self._serve(scope, Gate(self, visitor, receive, send), address)

    async def _admit(self, scope: Scope) -> Visitor | None:
        host, origins = self._host(scope), _header(scope, b"origin")
        scheme = "https" if scope.get("scheme") in ("wss", "https") else "http"
        # Same site is not same origin: practices are neighbours under one domain, so the host must be the very one.
        if host is None or [origin.lower() for origin in origins] != [f"{scheme}://{host}"]:
            return None
        visitor = await self._who(scope)
        if visitor is not None and visitor.session_id is None and not await self._public_open(visitor.practice_id):
            return None
        return visitor

    async def _serve(self, scope: Scope, gate: Gate, address: str | None) -> None:
        if isinstance(scope["headers"], list):
            # The cookie and its fellows have done their work; kept, they would be the heaviest part of an idle socket.
            scope["headers"].clear()
        if address is not None:
            self._anonymous[address] += 1
        try:
            await self.engine(scope, gate.receive, gate.send)
        finally:
            gate.leave()
            if address is not None:
                self._release(address)

    def _release(self, address: str) -> None:
        self._anonymous[address] -= 1
        if not self._anonymous[address]:
            del self._anonymous[address]


class Gate:
    """One socket's passage through the guard."""

    __slots__ = ("_bucket", "_deadline", "_guard", "_receive", "_send", "_state", "eio_sid", "visitor")

    def __init__(self, guard: Guard, visitor: Visitor, receive: Receive, send: Send) -> None:
        self._guard, self.visitor = guard, visitor
        self._receive, self._send = receive, send
        self.eio_sid: str | None = None
        self._state = "greeted"
        self._bucket: Bucket | None = None
        loop = asyncio.get_running_loop()
        self._deadline: Any = loop.call_later(guard.connect_seconds, self._too_late)

    async def send(self, message: Message) -> None:
        if self.eio_sid is None:
            self._learn(message.get("text") or "")
        await self._send(message)

    async def receive(self) -> Message:
        """The next message that may pass. A refused socket looks to the engine like one that went."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            refusal = await self._refusal(message.get("text"))
            if refusal is None:
                return message
            if refusal:
                await self._close(refusal)
                return {"type": "websocket.disconnect", "code": refusal}

    def leave(self) -> None:
        self._connected()
        if self.eio_sid is not None:
            self._guard.visitors.pop(self.eio_sid, None)

    def _learn(self, text: str) -> None:
        """The engine's own greeting is the first thing it sends: from there, not from the browser, comes the sid."""
        if text.startswith("0{"):
            sid = str(orjson.loads(text[1:])["sid"])
            self.eio_sid = sid
            self._guard.visitors[sid] = self.visitor

    async def _refusal(self, text: str | None) -> int | None:
        """None: let it pass. 0: it was answered here. Else: the code to close with."""
        if text == "3":
            return None
        if text and self._state == "greeted" and is_connect(text):
            self._connected()
            return None
        if text == "41" and self._state == "connected":
            self._state = "left"
            return None
        ask = read_ask(text) if text and self._state == "connected" else None
        if ask is None and text != "2":
            return REFUSED
        return await self._counted(ask)

    async def _counted(self, ask: Ask | None) -> int | None:
        now = asyncio.get_running_loop().time()
        if self._bucket is None:
            self._bucket = Bucket(ASKS_PER_SECOND, ASKS_AT_ONCE, now)
        debt = self._bucket.take(now)
        if debt > CLOSE_SECONDS:
            return FLOODED
        if debt <= SLOW_DOWN_SECONDS and (ask is None or ask.fault is None):
            return None
        if ask is not None and ask.ack:
            slow = debt > SLOW_DOWN_SECONDS
            code = "slow-down" if slow else ask.fault or ""
            text = answer(ask.ack, code, retry_after=int(debt - SLOW_DOWN_SECONDS) + 1 if slow else None)
            await self._send({"type": "websocket.send", "text": text})
        return 0

    def _connected(self) -> None:
        self._state = "connected"
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = asyncio.ensure_future(self._close(UNJOINED))

    async def _close(self, code: int) -> None:
        ids = self.visitor.practice_id, self.visitor.session_id
        log.warning("line: closed code=%d practice=%s session=%s", code, *ids)
        await self._send({"type": "websocket.close", "code": code})


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown", 0))[0])


async def _answer_http(send: Send) -> None:
    body = orjson.dumps({"type": "about:blank", "title": "Bad Request", "status": 400, "code": "websocket-only"})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})
