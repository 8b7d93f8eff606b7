"""Behind a proxy that is trusted its word counts, at doors and at the line; nobody else's word does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from models.core.settings import settings
from server import requests
from server.serve import serve_one
from tests.faults.page import PATH

INNER = "web.internal:9000"
CALLER = "203.0.113.7"


@asynccontextmanager
async def trusting(monkeypatch: pytest.MonkeyPatch, *proxies: str) -> AsyncIterator[int]:
    from server.asgi import Worker

    chosen = settings().model_copy(update={"trusted_proxies": proxies})
    monkeypatch.setattr(requests, "settings", lambda: chosen)
    async with serve_one(Worker(), lifespan="off") as port:
        yield port


def passed_on(cast: Any) -> dict[str, str]:
    """What a proxy says of whoever asks it for the practice's pages."""
    host = f"{cast.subdomain}.localhost:8000"
    return {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": CALLER}


async def asked(port: int, headers: dict[str, str]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"GET /me HTTP/1.1\r\nHost: {INNER}\r\nConnection: close\r\n{lines}\r\n".encode())
    async with asyncio.timeout(10):
        first = await reader.readline()
    writer.close()
    return int(first.split()[1])


async def let_in(port: int, headers: dict[str, str], origin: str) -> int:
    """The status of a handshake that comes with this origin."""
    uri = f"ws://{INNER}{PATH}"
    try:
        async with connect(uri, host="127.0.0.1", port=port, origin=origin, additional_headers=headers):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def test_the_practice_is_found_by_the_host_that_a_trusted_proxy_passes_on(house, wired, cast, monkeypatch):
    headers = {"Cookie": f"portico_session={cast.tokens[await cast.session('client')]}", **passed_on(cast)}
    own = f"https://{cast.subdomain}.localhost:8000"
    async with trusting(monkeypatch, "127.0.0.0/8") as port:
        assert await asked(port, headers) == 200
        assert await let_in(port, headers, own) == 101
        for foreign in (own.replace("https", "http"), own.replace("8000", "8001"), f"https://{INNER}"):
            assert await let_in(port, headers, foreign) == 403, foreign
    async with trusting(monkeypatch, "10.0.0.0/8") as port:
        assert await asked(port, headers) == 404
        for origin in (own, own.replace("https", "http")):
            assert await let_in(port, headers, origin) == 403, origin
