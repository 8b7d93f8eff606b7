"""Changes that only the drill makes: every audience there is, several in one, some rolled back. Seeded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

from models.core.change import change, record
from models.core.errors import Busy
from models.core.events import (
    Audience,
    Part,
    ToAccess,
    ToDesk,
    ToFrontDesk,
    ToLogin,
    ToStaff,
    ToStaffAllClients,
    ToStaffOf,
    event_type,
)
from models.core.scope import Scope, run_scope

TOLD = event_type(
    "test.drilled",
    audiences="login desk access staff-of staff-all-clients front-desk staff",
    ids="client place",
    data="number for words",
)


class Undone(Exception):
    """The change thinks better of it."""


class Writer:
    """Commits to one practice. `committed` says at which moment each seq was."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.cast = cast
        self.random = Random(seed)
        self.committed: dict[int, float] = {}
        self.number = 0

    async def write(self, count: int, *, pause: float = 0.0) -> None:
        """So many changes, one after the other, at random moments. One that the database loses is made again."""
        for _ in range(count):
            try:
                await self.one()
            except Undone:
                continue
            if pause:
                await asyncio.sleep(self.random.random() * 2 * pause)

    async def one(self) -> int:
        """One change of one to three events; returns the seq of the last."""
        events = [self._parts() for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        undone = self.random.random() < 0.1
        lag = self.random.random() * 0.01 if self.random.random() < 0.2 else 0.0

        async def work(scope: Scope) -> Scope:
            async with change(None, "drill.tell"):
                for parts in events:
                    await record(None, TOLD, parts)
            if lag:
                await asyncio.sleep(lag)
            if undone:
                raise Undone
            return scope

        return await self._commit(work)

    async def tell(self, *rooms: Audience, words: str = "", rights_of: Sequence[UUID] = (), **ids: Any) -> int:
        """One event to these rooms; returns its seq."""

        async def work(scope: Scope) -> Scope:
            async with change(None, "drill.tell"):
                parts = [Part(rooms, ids, {"words": words})] if rooms else []
                await record(None, TOLD, parts, rights_of=rights_of)
            return scope

        return await self._commit(work)

    async def _commit(self, work: Callable[[Scope], Awaitable[Scope]]) -> int:
        """Until the database is there to take it."""
        while True:
            try:
                scope = await run_scope(self.cast.practice_id, work)
            except Busy:
                await asyncio.sleep(0.05)
                continue
            assert scope.seq is not None
            self.committed[scope.seq] = time.monotonic()
            return scope.seq

    def _parts(self) -> list[Part]:
        self.number += 1
        some_client = self.random.choice(list(self.cast.clients))
        client = self.cast.clients[some_client]
        accesses = [ToAccess(one) for (_, name), one in self.cast.accesses.items() if name == some_client]
        somebody = self.random.choice(list(self.cast.logins))
        shapes = {
            "booking": [
                self._part("access", accesses, client=client),
                self._part("staff-of", [ToStaffOf(client), ToStaffAllClients()], client=client),
                self._part("busy", [ToStaff()]),
            ],
            "message": [
                self._part("desk", [ToDesk(self.cast.logins["practitioner"]), ToFrontDesk()], client=client),
                self._part("access", accesses, client=client),
            ],
            "note": [self._part("desk", [ToDesk(self.cast.logins["practitioner"]), ToDesk(self.cast.logins["owner"])])],
            "login": [self._part("login", [ToLogin(self.cast.logins[somebody])])],
            "staff": [self._part("staff", [ToStaff()])],
        }
        return shapes[self.random.choice(list(shapes))]

    def _part(self, name: str, rooms: Sequence[Audience], **ids: Any) -> Part:
        return Part(rooms, {"place": self.number, **ids}, {"number": self.number, "for": name})
