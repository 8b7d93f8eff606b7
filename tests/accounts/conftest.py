"""What the tests of accounts share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from server.worlds import PASSWORD

ADDRESS = {"client": ("203.0.113.7", 40000)}


@pytest.fixture
def mid_step() -> Iterator[None]:
    """The clock begins in the middle of a half minute, so that no code changes between being read and being typed."""
    moment = now()
    with time_machine.travel(moment + timedelta(seconds=(15 - moment.timestamp()) % 30), tick=True):
        yield


@pytest.fixture
def sign_in(browse: Any, cast: Any, people: Any) -> Any:
    """Posts JSON to /sign-in from a fresh browser, or from the one given."""

    async def post(
        name: str, password: str | None = None, *, browser: Any = None, base: Any = None, **more: Any
    ) -> Any:
        given = browser or await browse(cast)
        body = {**(people.pair(name) if password is None else people.pair(name, password)), **more}
        headers = given._headers(
            {"Accept": "application/json", "User-Agent": "Mozilla/5.0 (Windows NT) Chrome/1 Safari/1"}
        )
        return given._keep(await given.client.post("/sign-in", json=body, headers=headers, scope_base=base or ADDRESS))

    return post


@pytest.fixture
def people(cast: Any) -> People:
    return People(cast)


class People:
    """Short words for what the tests of one practice do again and again."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast

    def email(self, name: str) -> str:
        return f"{name}@{self.cast.subdomain}.test"

    def pair(self, name: str, password: str = PASSWORD) -> dict[str, str]:
        return {"email": self.email(name), "password": password}

    async def run(self, sql: str, *args: object) -> int:
        return int(await self.cast.inside(lambda: execute(sql, *args)))

    async def row(self, sql: str, *args: object) -> Any:
        return await self.cast.inside(lambda: fetch_one(sql, *args))

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return list(await self.cast.inside(lambda: fetch_all(sql, *args)))

    async def events(self, kind: str = "") -> list[Any]:
        """The events of the practice, oldest first, with their subject, rights and first part's data."""
        return await self.rows(
            "SELECT e.type, e.subject_id, e.rights, e.login_id, d.ids, d.data, d.rooms"
            " FROM event e LEFT JOIN event_data d ON d.practice_id = e.practice_id AND d.seq = e.seq"
            " WHERE $1 IN ('', e.type) ORDER BY e.seq",
            kind,
        )

    async def left_alone(self, session_id: UUID, **since: float) -> None:
        """As if nobody had touched this session for so long."""
        moment = now() - timedelta(**since)
        await self.run("UPDATE session SET active_at = $2 WHERE id = $1", session_id, moment)
        await self.run("UPDATE session_key SET due_at = $2 WHERE session_id = $1", session_id, now())
