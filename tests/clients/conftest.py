"""Short ways to the records of the cast: asking and saving sections, by whoever it is."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.database import fetch_all


class Records:
    """Sections of records at the doors of both sides."""

    def __init__(self, cast: Any, browse: Any) -> None:
        self.cast, self.browse = cast, browse

    def address(self, client: str, name: str = "") -> str:
        return f"/staff/clients/{self.cast.clients[client]}/{name}".rstrip("/")

    def for_client(self, client: str, name: str = "") -> str:
        return f"/for/{self.cast.clients[client]}/{name}".rstrip("/")

    async def staff(self, client: str, section: str, by: str = "practitioner") -> Any:
        """What staff see of a section."""
        answer = await (await self.browse(self.cast, by)).json(self.address(client, "details"))
        return (await answer.get_json())["sections"][section]

    async def save(self, client: str, section: str, by: str = "practitioner", **values: Any) -> Any:
        return await (await self.browse(self.cast, by)).send(self.address(client, f"details/{section}"), values)

    async def portal(self, name: str, client: str, section: str) -> Any:
        """What a portal person sees of it."""
        answer = await (await self.browse(self.cast, name)).json(self.for_client(client, "profile"))
        assert answer.status_code == 200, await answer.get_data(as_text=True)
        return (await answer.get_json())["sections"][section]

    async def write(self, name: str, client: str, section: str, **values: Any) -> Any:
        return await (await self.browse(self.cast, name)).send(self.for_client(client, f"profile/{section}"), values)

    async def events(self, kind: str) -> list[Any]:
        """Ids, rooms and rights of the events of this kind, oldest first."""
        rows = await self.rows(
            "SELECT d.ids, d.rooms, d.data, e.rights FROM event e LEFT JOIN event_data d"
            " ON d.practice_id = e.practice_id AND d.seq = e.seq WHERE e.type = $1 ORDER BY e.seq", kind,
        )
        return [dict(row) for row in rows]

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return await self.cast.inside(lambda: fetch_all(sql, *args))


@pytest.fixture
def records(cast: Any, browse: Any) -> Records:
    return Records(cast, browse)
