"""A database that goes away and comes back: the pool of this process behind a proxy that can be closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from models.accounts.practices import forget_practices
from models.core.database import close_database, open_database
from tests.faults.proxy import Proxy


class Outage:
    """`async with outage():` the database is out of reach meanwhile."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        forget_practices()
        self._proxy.close()
        try:
            yield
        finally:
            self._proxy.heal()


@asynccontextmanager
async def behind_a_proxy(url: str) -> AsyncIterator[Outage]:
    """The pool goes through the proxy until the block ends."""
    proxy = proxy_before(url)
    await proxy.start()
    await close_database()
    await open_database(through(url, proxy), pool=10)
    try:
        yield Outage(proxy)
    finally:
        await close_database()
        await open_database(url, pool=10)
        await proxy.stop()


def proxy_before(url: str) -> Proxy:
    given = urlsplit(url)
    return Proxy(given.port or 5432, given.hostname or "127.0.0.1")


def through(url: str, proxy: Proxy) -> str:
    """The address of the same database by way of the proxy."""
    given = urlsplit(url)
    whose = given.netloc.rpartition("@")[0]
    return given._replace(netloc=f"{whose}@127.0.0.1:{proxy.port}").geturl()
