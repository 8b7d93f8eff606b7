"""The proxy does what its words say; if it did not, the other tests would break nothing and pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.proxy import Proxy


@pytest_asyncio.fixture(loop_scope="session")
async def proxy() -> AsyncIterator[Proxy]:
    """Before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    yield proxy
    await proxy.stop()
    server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def dial(proxy):
    """Another connection through the proxy each time."""
    made = []

    async def one():
        made.append(await asyncio.open_connection("127.0.0.1", proxy.port))
        return made[-1]

    yield one
    for _, writer in made:
        writer.close()


async def _says(pair, word, within=10.0):
    reader, writer = pair
    writer.write(word)
    async with asyncio.timeout(within):
        return await reader.read(100)


async def _is_refused(pair):
    try:
        return await _says(pair, b"anybody?") == b""
    except ConnectionError:
        return True


async def test_it_passes_everything_on_and_counts(proxy, dial):
    pair = await dial()
    assert [await _says(pair, word) for word in (b"one", b"two")] == [b"one", b"two"]
    assert (proxy.asked, proxy.links) == (2, 1)


async def test_cut_ends_what_is_there_and_close_also_what_comes(proxy, dial):
    pair = await dial()
    await _says(pair, b"one")
    proxy.cut()
    assert await _is_refused(pair)
    assert await _says(await dial(), b"three") == b"three"
    proxy.close()
    assert await _is_refused(await dial())
    proxy.heal()
    assert await _says(await dial(), b"five") == b"five"


async def test_stalled_it_holds_everything_and_healed_it_loses_nothing(proxy, dial):
    pair = await dial()
    proxy.stall()
    with pytest.raises(TimeoutError):
        await _says(pair, b"one", within=0.2)
    proxy.heal()
    assert await _says(pair, b"") == b"one"


async def test_lost_connections_swallow_everything_and_new_ones_work(proxy, dial):
    pair = await dial()
    await _says(pair, b"one")
    proxy.lose()
    with pytest.raises(TimeoutError):
        await _says(pair, b"two", within=0.2)
    assert await _says(await dial(), b"three") == b"three"


async def test_slowed_it_takes_its_time(proxy, dial):
    pair, loop = await dial(), asyncio.get_running_loop()
    proxy.slow(0.1)
    began = loop.time()
    assert await _says(pair, b"one") == b"one" and loop.time() - began >= 0.2
