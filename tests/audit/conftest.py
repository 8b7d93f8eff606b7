"""What the tests of the audit log share: a browser's answer as JSON, and rows of the practice."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.database import fetch_all
from tests.support.cast import Cast


class Log:
    """What is kept of a practice, asked as the database has it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return await self.cast.inside(lambda: fetch_all(sql, *args))

    async def looks(self, subject: str | None = None) -> list[Any]:
        return await self.rows("SELECT * FROM look WHERE $1::text IS NULL OR subject = $1 ORDER BY id", subject)

    async def events(self, kind: str) -> list[Any]:
        return await self.rows("SELECT * FROM event WHERE type = $1 ORDER BY seq", kind)

    async def heard(self, kind: str) -> set[tuple[str, str | None]]:
        """Who ever heard an event of that kind."""
        sql = "SELECT d.rooms FROM event e JOIN event_data d USING (practice_id, seq) WHERE e.type = $1"
        return {(one[0], one[1]) for row in await self.rows(sql, kind) for one in row["rooms"]}


@pytest.fixture
def log(cast: Cast) -> Log:
    return Log(cast)
