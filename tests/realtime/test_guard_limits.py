"""How many sockets one session, or one address without a session, may hold at once."""

import asyncio
import logging

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime import guard as guard_module
from realtime.guard import ANONYMOUS_PER_ADDRESS
from tests.realtime.small_line import PATH, SESSION, SmallLine, page, refused_with, small_line


async def test_anonymous_sockets_are_capped_by_address_and_give_their_place_back() -> None:
    async with small_line() as line:
        line.public = True
        async with asyncio.TaskGroup() as group:
            stop = asyncio.Event()
            for _ in range(ANONYMOUS_PER_ADDRESS):
                group.create_task(_stay(line, stop))
            await line.until(lambda: len(line.inside()) == ANONYMOUS_PER_ADDRESS)
            assert await refused_with(line, cookie=None) == 403
            assert await refused_with(line) == 101, "who is signed in is not counted"
            stop.set()
        await line.until(lambda: not line.inside())
        assert await refused_with(line, cookie=None) == 101


async def test_the_sockets_of_one_session_are_capped_with_a_code_that_says_so(monkeypatch, caplog) -> None:
    monkeypatch.setattr(guard_module, "SOCKETS_PER_SESSION", 3)
    async with small_line() as line:
        async with asyncio.TaskGroup() as group:
            stop = asyncio.Event()
            for _ in range(3):
                group.create_task(_stay(line, stop, "session=1"))
            await line.until(lambda: len(line.inside()) == 3)
            with caplog.at_level(logging.WARNING, "portico.line"):
                assert await _ended(line, "session=1") == (4429, "too many pages of one session")
            assert len(caplog.records) == 1 and str(SESSION) in caplog.text
            async with page(line, cookie="session=5"):
                assert len(line.inside()) == 4, "another session has places of its own"
            stop.set()
        await line.until(lambda: not line.inside())
        async with page(line):
            assert len(line.inside()) == 1, "the places are given back"


async def _ended(line: SmallLine, cookie: str) -> tuple[int, str]:
    """The code and the reason with which a socket is closed instead of being greeted."""
    own = f"http://127.0.0.1:{line.port}"
    async with connect(own.replace("http", "ws") + PATH, origin=own, additional_headers={"Cookie": cookie}) as wire:
        with pytest.raises(ConnectionClosed) as end:
            await wire.recv()
    assert end.value.rcvd is not None
    return end.value.rcvd.code, end.value.rcvd.reason


async def _stay(line: SmallLine, stop: asyncio.Event, cookie: str | None = None) -> None:
    async with page(line, cookie=cookie):
        await stop.wait()
