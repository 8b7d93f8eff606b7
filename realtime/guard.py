"""The door before the line: who may open a socket, and which frames get past it. Stands before engine.io."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from models.core.limits import network_of
from models.core.scope import NOWHERE, Whence
from realtime.gate import FLOODED, Gate, Receive
from realtime.peer import Send

CONNECT_SECONDS = 10.0
ANONYMOUS_PER_ADDRESS = 20
# More tabs than anybody keeps open; a page that runs wild must not take the sockets of all.
SOCKETS_PER_SESSION = 100

log = logging.getLogger("portico.line")

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a socket: ids only, rights are read anew each time. Without a session: anyone, public rooms only.

    `at`: the subdomain it came by; `whence`: from where, as the audit log keeps it.
    """

    practice_id: UUID
    login_id: UUID | None = None
    session_id: UUID | None = None
    side: str | None = None
    at: str | None = None
    whence: Whence = NOWHERE


def host_of(scope: Scope) -> str | None:
    """The host with port that the browser asked for, without the scheme's own port; None when unclear."""
    hosts = _header(scope, b"host")
    if len(hosts) != 1:
        return None
    return hosts[0].lower().removesuffix(":443" if scheme_of(scope) == "https" else ":80")


def scheme_of(scope: Scope) -> str:
    return "https" if scope.get("scheme") in ("wss", "https") else "http"


def address_of(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown", 0))[0])


class Guard:
    """ASGI application: lets a websocket through to `engine` or answers 403 before the upgrade.

    `who(scope)` finds the practice by host and the session by cookie; None when there is no such practice.
    `public_open(practice)` says whether anyone may listen to it now. `visitors` is the only source of identity for
    a socket: keyed by engine.io sid, filled from the greeting that the engine itself sends. `host`, `scheme` and
    `address` say how and from where it was asked, past proxies.
    """

    def __init__(
        self,
        engine: Callable[[Scope, Receive, Send], Awaitable[None]],
        *,
        who: Callable[[Scope], Awaitable[Visitor | None]],
        public_open: Callable[[UUID], Awaitable[bool]],
        host: Callable[[Scope], str | None] = host_of,
        scheme: Callable[[Scope], str] = scheme_of,
        address: Callable[[Scope], str] = address_of,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.engine = engine
        self.connect_seconds = connect_seconds
        self.visitors: dict[str, Visitor] = {}
        self._who, self._public_open = who, public_open
        self._host, self._scheme, self._address = host, scheme, address
        self._open_sockets: Counter[str | UUID] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await _answer_http(send)
            return
        visitor = await self._admit(scope)
        if visitor is None:
            await send({"type": "websocket.close", "code": 4403})
            return
        holder = visitor.session_id or network_of(self._address(scope))
        if self._open_sockets[holder] >= (SOCKETS_PER_SESSION if visitor.session_id else ANONYMOUS_PER_ADDRESS):
            await _turn_away(visitor, receive, send)
            return
        await self._serve(scope, Gate(self.visitors, visitor, receive, send, self.connect_seconds), holder)

    async def _admit(self, scope: Scope) -> Visitor | None:
        host, origins = self._host(scope), _header(scope, b"origin")
        # Same site is not same origin: practices are neighbours under one domain, so the host must be the very one.
        if host is None or [origin.lower() for origin in origins] != [f"{self._scheme(scope)}://{host}"]:
            return None
        visitor = await self._who(scope)
        if visitor is not None and visitor.session_id is None and not await self._public_open(visitor.practice_id):
            return None
        return visitor

    async def _serve(self, scope: Scope, gate: Gate, holder: str | UUID) -> None:
        if isinstance(scope["headers"], list):
            # The cookie and its fellows have done their work; kept, they would be the heaviest part of an idle socket.
            scope["headers"].clear()
        self._open_sockets[holder] += 1
        try:
            await self.engine(scope, gate.receive, gate.send)
        finally:
            gate.leave()
            self._release(holder)

    def _release(self, holder: str | UUID) -> None:
        self._open_sockets[holder] -= 1
        if not self._open_sockets[holder]:
            del self._open_sockets[holder]


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


async def _turn_away(visitor: Visitor, receive: Receive, send: Send) -> None:
    """One socket too many. A page of somebody signed in gets a code that says so, and tries again in growing pauses."""
    if visitor.session_id is None:
        await send({"type": "websocket.close", "code": 4403})
        return
    ids = FLOODED, visitor.practice_id, visitor.session_id
    log.warning("line: too many sockets, closed code=%d practice=%s session=%s", *ids)
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": FLOODED, "reason": "too many pages of one session"})


async def _answer_http(send: Send) -> None:
    body = orjson.dumps({"type": "about:blank", "title": "Bad Request", "status": 400, "code": "websocket-only"})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})
