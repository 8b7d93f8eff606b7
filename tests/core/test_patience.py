"""Time in which this process stood still is nobody's silence."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from models.core.patience import STOOD_STILL, answered_within

STILL = STOOD_STILL + 0.3


async def test_what_is_not_answered_ends_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with answered_within(0.05):
            await asyncio.Event().wait()
    assert time.monotonic() - began >= 0.05


async def test_what_is_answered_is_heard_and_leaves_no_timer() -> None:
    async with answered_within(0.05):
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)  # a timer that was left would end what comes next
    with pytest.raises(ZeroDivisionError):
        async with answered_within(0.05):
            raise ZeroDivisionError


async def test_an_answer_that_came_while_the_process_stood_still_counts_and_so_does_the_next_exchange() -> None:
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here)
    with there:
        async with answered_within(0.2):
            asyncio.get_running_loop().call_soon(_stand_still, there)
            assert await reader.readexactly(1) == b"1"
            writer.write(b"?")
            asyncio.get_running_loop().call_later(0.05, there.send, b"2")
            assert await reader.readexactly(1) == b"2"
    writer.close()
    await writer.wait_closed()


async def test_who_stood_still_waits_once_more_and_not_for_ever() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with answered_within(0.1):
            asyncio.get_running_loop().call_soon(time.sleep, STILL)
            await asyncio.Event().wait()
    assert STILL + 0.1 <= time.monotonic() - began


def _stand_still(there: socket.socket) -> None:
    there.send(b"1")
    time.sleep(STILL)
