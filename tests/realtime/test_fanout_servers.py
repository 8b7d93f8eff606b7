"""The line on ASGI servers that are not ours: shared messages, the same order, the same bounds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import uvicorn
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config as HypercornConfig

from realtime.asgi_peer import AsgiPeer
from realtime.peer import BACKLOG_BYTES, BACKLOG_FRAMES
from server.serve import Worker, listen
from tests.realtime.small_line import SmallLine, page, stuck_socket

Server = Callable[[SmallLine], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def stock_uvicorn(line: SmallLine) -> AsyncIterator[None]:
    listener = listen("127.0.0.1", 0)
    line.port = listener.getsockname()[1]
    config = uvicorn.Config(line, lifespan="off", log_level="warning", ws="websockets-sansio")  # type: ignore[arg-type]
    worker = Worker(config, own_process=False)
    serving = asyncio.create_task(worker.serve(sockets=[listener]))
    await worker.ready.wait()
    yield
    worker.should_exit = True
    await serving


@asynccontextmanager
async def hypercorn(line: SmallLine) -> AsyncIterator[None]:
    listener, stop = listen("127.0.0.1", 0), asyncio.Event()
    line.port = listener.getsockname()[1]
    config = HypercornConfig()
    config.bind, config.errorlog, config.graceful_timeout = [f"fd://{listener.detach()}"], None, 1
    serving = asyncio.create_task(hypercorn_serve(line, config, shutdown_trigger=stop.wait))  # type: ignore[arg-type]
    yield
    stop.set()
    await serving


SERVERS = [stock_uvicorn, hypercorn]


@pytest.mark.parametrize("server", SERVERS)
async def test_every_event_arrives_once_in_order_with_its_answers_between(server: Server) -> None:
    line = SmallLine()
    async with server(line), page(line) as one, page(line) as two:
        assert all(isinstance(peer, AsgiPeer) for peer in line.inside())
        for seq in range(500):
            line.tell("ev", {"seq": seq, "body": "é" * 200})
            if seq % 50 == 0:
                await asyncio.sleep(0)
        await one.say('427["x",{}]')
        assert (await one.answer(7))["ok"]
        early = [payload["seq"] for _, payload in one.events]
        heard = early + [(await one.event())[1]["seq"] for _ in range(500 - len(early))]
        assert heard == list(range(500)) == [(await two.event())[1]["seq"] for _ in range(500)]


@pytest.mark.parametrize("server", SERVERS)
async def test_who_stops_reading_is_cut_off_and_the_others_hear_on(server: Server) -> None:
    line = SmallLine()
    async with server(line), page(line) as reading:
        [other] = line.inside()
        stuck = await stuck_socket(line)
        [slow] = [peer for peer in line.inside() if peer is not other]
        sent, most = 0, 0
        while not slow.closed:
            line.tell("ev", {"seq": sent, "body": "x" * 8000})
            assert (await reading.event())[1]["seq"] == sent
            sent, most = sent + 1, max(most, slow.backlog_frames)
            assert sent < 5000 and slow.backlog_bytes <= BACKLOG_BYTES + 64_000
        assert 0 < most <= BACKLOG_FRAMES
        await line.until(lambda: len(line.gone) == 1)
        line.tell("ev", {"seq": -1})
        assert (await reading.event())[1]["seq"] == -1
        stuck.close()


@pytest.mark.parametrize("server", SERVERS)
async def test_a_hard_close_comes_after_what_was_written(server: Server) -> None:
    line = SmallLine()
    async with server(line), page(line) as it:
        [peer] = line.inside()
        line.fanout.write(peer, line.fanout.prepare("signed_out", {}))
        await line.fanout.close(peer, 4401)
        assert await it.event() == ("signed_out", {})
        assert await it.closed() == 4401
