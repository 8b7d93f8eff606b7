"""Our live line as the fan-out bench runs it: guard, engine, fan-out, uvicorn; commands on stdin."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from typing import Any
from uuid import UUID, uuid4

import uvicorn

from realtime.engine import line_server
from realtime.fanout import FanOut, settle_collector
from realtime.guard import Guard, Visitor
from tests.bench.fanout.wire import payload

ONE = UUID(int=1)


class Bench:
    def __init__(self, ping: int) -> None:
        self.fanout = FanOut()
        self.server = line_server(self.fanout, ping=ping, pong=ping - 1)
        self.guard = Guard(self.server.eio.handle_request, who=_who, public_open=_closed)
        self.server.on("connect", self._join)
        self.seq = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.guard(scope, receive, send)

    async def _join(self, sid: str, _environ: Any, _auth: Any) -> None:
        peer = self.fanout.peer(sid)
        assert peer is not None
        self.fanout.join(peer, ["all"])

    def emit(self) -> None:
        event = self.fanout.prepare("ev", payload(self.seq, time.monotonic_ns()))
        self.fanout.fan([(["all"], event)])
        self.seq += 1

    async def burst(self, events: int, each: int) -> None:
        """`each` events a turn of the loop."""
        for start in range(0, events, each):
            for _ in range(min(each, events - start)):
                self.emit()
            while self.fanout.busy:
                await asyncio.sleep(0)

    async def collect(self) -> None:
        gc.collect()

    async def pace(self, events: int, rate: int) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for _ in range(events):
            self.emit()
            due += 1 / rate
            await asyncio.sleep(due - loop.time())


async def _who(_scope: Any) -> Visitor:
    return Visitor(ONE, ONE, uuid4(), "desk")


async def _closed(_practice: UUID) -> bool:
    return False


async def main(port: int, ping: int) -> None:
    bench, loop = Bench(ping), asyncio.get_running_loop()
    config = uvicorn.Config(
        bench, host="127.0.0.1", port=port, ws="realtime.transport:LineProtocol", http="realtime.transport:LineHttp",
        ws_per_message_deflate=False, ws_ping_interval=None, ws_max_size=2**20, lifespan="off", log_level="warning",
    )  # fmt: skip
    server = asyncio.ensure_future(uvicorn.Server(config).serve())
    settle_collector()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, *numbers = line.split()
        if name == "quit":
            break
        await getattr(bench, name)(*map(int, numbers))
        print(json.dumps({"done": name}), flush=True)
    server.cancel()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
