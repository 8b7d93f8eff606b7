"""What is promised in figures, and that a worker does by itself what it must do for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.core import bell
from realtime import engine, feed, gate, guard, hub, inbound, loops, moving, peer, presence
from server import asgi, serve

PROMISED = {
    (hub, "CATCH_UP_SECONDS"): 20.0, (hub, "MOST_OF_A_LOGIN"): 500, (hub, "MOST_ROWS"): 20_000,
    (hub, "BEAT_SECONDS"): 20.0, (hub, "SWEEP_SECONDS"): 15.0,
    (feed, "POLL_SECONDS"): 0.5, (feed, "POLL_WITHOUT_REDIS"): 0.25, (bell, "RIGHTS_REPEAT"): 0.3,
    (guard, "CONNECT_SECONDS"): 10.0, (inbound, "MAX_PAYLOAD"): 64 * 1024, (engine, "MAX_MESSAGE"): 1024 * 1024,
    (serve, "MAX_MESSAGE"): 1024 * 1024, (gate, "SLOW_DOWN_SECONDS"): 10.0, (gate, "CLOSE_SECONDS"): 30.0,
    (gate, "REFUSED"): 4400, (gate, "FLOODED"): 4429, (moving, "MOVED"): 4301,
    (peer, "BACKLOG_FRAMES"): 256, (peer, "BACKLOG_BYTES"): 512 * 1024, (serve, "PEER_SILENT_MS"): 15_000,
}  # fmt: skip


@pytest.mark.parametrize(("where", "name"), PROMISED, ids=lambda one: getattr(one, "__name__", one))
def test_a_figure_is_what_was_promised(where: Any, name: str) -> None:
    assert getattr(where, name) == PROMISED[where, name]


async def test_a_worker_that_has_started_asks_beats_sweeps_and_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these is a net: nobody would miss it until something else fails."""
    going: dict[str, float] = {}
    settled: list[bool] = []

    async def every(seconds: Any, _work: Any, *, name: str) -> None:
        going[name] = seconds()

    async def listen(_ear: Any) -> None:
        going["ear"] = 0

    async def nothing(*_: Any, **__: Any) -> None:
        """This process has its database open already."""

    for module in (hub, feed, presence):
        monkeypatch.setattr(module, "every", every)
    for name in ("open_database", "close_database", "refuse_unsafe_role"):
        monkeypatch.setattr(asgi, name, nothing)
    monkeypatch.setattr(asgi.Ear, "listen", listen)
    monkeypatch.setattr(asgi, "settle_collector", lambda: settled.append(True))
    for module, name in ((bell, "use"), (asgi.online, "use"), (asgi.wiring, "use_redis"), (asgi.metrics, "watch")):
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(bell, "_listeners", [])
    monkeypatch.setattr(presence, "ear", None)
    worker = asgi.Worker()
    await worker.start()
    await asyncio.gather(*worker._tasks)
    assert bell._listeners == [worker.hub.feed.ring], "what this worker commits it hears without Redis"
    await worker.stop()
    assert going == {
        "feed.poll": 0.25, "hub.beat": 20.0, "hub.sweep": 15.0, "presence.refresh": presence.REFRESH_SECONDS, "ear": 0,
    }  # fmt: skip
    assert settled == [True], "the collector rests"


async def test_what_is_done_for_ever_outlives_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ValueError("nobody expected this")
        if len(turns) == 2:
            raise OSError("the database is away")

    going = asyncio.create_task(loops.every(lambda: 0.0, work, name="test"))
    async with asyncio.timeout(20):
        while len(turns) < 4:
            await asyncio.sleep(0)
    going.cancel()
    await asyncio.gather(going, return_exceptions=True)
