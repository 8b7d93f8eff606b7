"""A TCP proxy that breaks the network on purpose: closed, cut, silent, slow, half open."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(eq=False)
class _Link:
    """One connection through the proxy. Lost: nothing passes any more and neither end learns of it."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    lost: bool = False


class Proxy:
    """Stands before a server, by default one on 127.0.0.1. All that it can do to connections it undoes with `heal`."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.target, self.host = target, host
        self.port = 0
        self.lag = 0.0
        self.refused = 0
        self.asked = 0  # pieces that clients sent: a round trip each
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2048)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.heal()
        if self._server is not None:
            self._server.close()
        while self._links:
            self.cut()
            await asyncio.sleep(0.01)

    @property
    def links(self) -> int:
        return len(self._links)

    def cut(self) -> None:
        """Reset every connection there is; new ones are welcome."""
        for link in list(self._links):
            for writer in link.writers:
                writer.transport.abort()

    def close(self) -> None:
        """Reset every connection and refuse new ones: the server is down."""
        self._refusing = True
        self.cut()

    def stall(self) -> None:
        """Take what comes and pass nothing on, either way: the server is there and says nothing."""
        self._flowing.clear()

    def lose(self) -> None:
        """The connections there are become half open: what is sent on them vanishes. New ones work."""
        for link in self._links:
            link.lost = True

    def slow(self, seconds: float) -> None:
        """Hold back each piece this long."""
        self.lag = seconds

    def heal(self) -> None:
        self._refusing, self.lag = False, 0.0
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link([writer])
        self._links.add(link)
        try:
            if self._refusing:
                self.refused += 1
                writer.transport.abort()
                return
            there, onward = await asyncio.open_connection(self.host, self.target)
            link.writers.append(onward)
            await asyncio.gather(self._pass(reader, onward, link, counted=True), self._pass(there, writer, link))
        except OSError:
            pass  # the server behind is down: so is the connection
        finally:
            self._links.discard(link)
            for one in link.writers:
                one.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: _Link, *, counted: bool = False
    ) -> None:
        while data := await reader.read(65536):
            self.asked += counted
            if self.lag:
                await asyncio.sleep(self.lag)
            await self._flowing.wait()
            if not link.lost:
                writer.write(data)
                await writer.drain()
        if not link.lost:
            with suppress(OSError):
                writer.write_eof()
