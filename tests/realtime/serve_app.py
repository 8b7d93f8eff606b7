"""The application that tests/realtime/test_serve.py serves: the small line, and one page that names its process."""

import asyncio
import os
from typing import Any

from tests.realtime.small_line import SmallLine


class Served:
    def __init__(self) -> None:
        self.line: SmallLine | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["path"].startswith("/socket.io"):
            assert self.line is not None
            await self.line(scope, receive, send)
        else:
            await _answer(send, str(os.getpid()).encode())
            if scope["path"] == "/crash":
                asyncio.get_running_loop().call_soon(os._exit, 9)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        if os.environ.get("BROKEN"):
            await send({"type": "lifespan.startup.failed", "message": "broken on purpose"})
            return
        self.line = SmallLine()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if os.environ.get("STUCK"):
            await asyncio.Event().wait()
        await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Any, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = Served()
