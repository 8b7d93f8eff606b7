"""One socket's passage through the guard: which frames get past, how many, and how it learns the engine's sid."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson

from realtime.inbound import Ask, Bucket, answer, is_connect, read_ask
from realtime.peer import Message, Send

if TYPE_CHECKING:
    from realtime.guard import Visitor

REFUSED, UNJOINED, FLOODED = 4400, 4408, 4429
ASKS_PER_SECOND, ASKS_AT_ONCE = 20.0, 40.0
SLOW_DOWN_SECONDS, CLOSE_SECONDS = 10.0, 30.0

Receive = Callable[[], Awaitable[Message]]

log = logging.getLogger("portico.line")


class Gate:
    """`visitors` is the guard's table; the gate enters its visitor there and takes it out again."""

    __slots__ = ("_bucket", "_deadline", "_receive", "_send", "_state", "_visitors", "eio_sid", "visitor")

    def __init__(
        self, visitors: dict[str, Visitor], visitor: Visitor, receive: Receive, send: Send, connect_seconds: float
    ) -> None:
        self._visitors, self.visitor = visitors, visitor
        self._receive, self._send = receive, send
        self.eio_sid: str | None = None
        self._state = "greeted"
        self._bucket: Bucket | None = None
        loop = asyncio.get_running_loop()
        self._deadline: Any = loop.call_later(connect_seconds, self._too_late)

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
            self._visitors.pop(self.eio_sid, None)

    def _learn(self, text: str) -> None:
        """The engine's own greeting is the first thing it sends: from there, not from the browser, comes the sid."""
        if text.startswith("0{"):
            sid = str(orjson.loads(text[1:])["sid"])
            self.eio_sid = sid
            self._visitors[sid] = self.visitor

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
