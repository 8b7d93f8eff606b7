"""Reads a request's body no faster than its door takes it.

Quart's own connection reads on whatever happens, so that a quick sender fills the memory while a door still asks who
is there or writes to the disk. Here the socket is left alone while a mebibyte waits; the sender then waits too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

from quart.asgi import ASGIHTTPConnection
from quart.wrappers import Request
from quart.wrappers.request import Body
from werkzeug.exceptions import RequestEntityTooLarge

MOST_WAITING = 1024 * 1024


class PacedBody(Body):
    """A body that knows whether there is room for more."""

    def __init__(self, *sizes: int | None) -> None:
        super().__init__(*sizes)
        self._room = asyncio.Event()
        self._whole = False
        self._came = 0
        self._most: int | None = None

    def at_most(self, size: int) -> None:
        """The door takes no more than this altogether, read at once or piece by piece; what came already counts."""
        self._most = size
        self._refuse_too_much()

    def append(self, data: bytes) -> None:
        self._came += len(data)
        super().append(data)
        self._refuse_too_much()

    def _refuse_too_much(self) -> None:
        if self._most is not None and self._came > self._most:
            self._must_raise = RequestEntityTooLarge()
            self.set_complete()

    async def room(self) -> None:
        """Wait until someone took what came; at once when the whole is awaited, which its own limit ends."""
        while len(self._data) >= MOST_WAITING and not self._whole and not self._complete.is_set():
            self._room.clear()
            await self._room.wait()

    async def __anext__(self) -> bytes:
        data = await super().__anext__()
        self._room.set()
        return data

    def __await__(self) -> Generator[Any, None, Any]:
        self._whole = True
        self._room.set()
        return (yield from super().__await__())


class PacedRequest(Request):
    body_class = PacedBody  # type: ignore[assignment]


class PacedConnection(ASGIHTTPConnection):
    """Set as `app.asgi_http_class`, together with `app.request_class = PacedRequest`."""

    async def handle_messages(self, request: Request, receive: Any) -> None:
        while True:
            if isinstance(request.body, PacedBody):
                await request.body.room()
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            request.body.append(message.get("body", b""))
            if not message.get("more_body", False):
                request.body.set_complete()
