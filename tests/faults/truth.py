"""What each person must have heard, read from the tables by rules written down a second time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

# First come, first served: a socket in several audiences hears the first of these.
PRECEDENCE = ["login", "desk", "access", "staff-of", "staff-all-clients", "front-desk", "staff", "public"]

READ = """SELECT e.seq, e.type, d.rooms::text, d.ids::text, d.data::text
  FROM event e LEFT JOIN event_data d USING (practice_id, seq)
  WHERE e.practice_id = $1 ORDER BY e.seq, d.part"""
STATE = """SELECT (SELECT count(*) FROM event WHERE practice_id = $1),
  (SELECT count(*) FROM event_data WHERE practice_id = $1),
  (SELECT epoch::text FROM practice_head WHERE practice_id = $1)"""

T = TypeVar("T")
Room = tuple[str, str | None]
Told = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Ears:
    """Whose ears: the audiences of one person on one side."""

    rooms: frozenset[Room]

    def hear(self, parts: list[tuple[list[Room], dict[str, Any]]]) -> dict[str, Any] | None:
        for kind in PRECEDENCE:
            for rooms, payload in parts:
                if any(one[0] == kind and one in self.rooms for one in rooms):
                    return payload
        return None


def ears_of(cast: Any, name: str) -> Ears:
    """The cast's rights as server/worlds.py gives them: who is on the staff, who sees whom, who has which access."""
    login = str(cast.logins[name])
    if name not in cast.staff:
        accesses = [str(access) for (who, _), access in cast.accesses.items() if who == name]
        return Ears(frozenset({("login", login), *(("access", one) for one in accesses)}))
    rooms: set[Room] = {("login", login), ("desk", login), ("staff", None)}
    if name in ("owner", "frontdesk"):
        rooms.add(("front-desk", None))
    if name in ("owner", "frontdesk", "biller"):
        rooms.add(("staff-all-clients", None))
    else:
        rooms |= {("staff-of", str(client)) for client in cast.clients.values()}
    return Ears(frozenset(rooms))


class Truth:
    """The tables, read past every proxy."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = asyncio.Lock()
        self._connection: Any = None
        # Rows are added, never changed: read once for all who ask at the same head. (What is erased empties this.)
        self._read: dict[UUID, tuple[tuple[Any, ...], dict[int, tuple[str, list[Any]]]]] = {}

    async def heard_by(self, practice_id: UUID, ears: Ears) -> dict[int, Told]:
        """By seq: the name and payload that these ears hear of each event."""
        found: dict[int, Told] = {}
        for seq, (name, parts) in (await self._events(practice_id)).items():
            payload = ears.hear(parts)
            if payload is not None:
                found[seq] = (name, {"seq": seq, **payload})
        return found

    async def head(self, practice_id: UUID) -> tuple[int, str]:
        async def ask(connection: Any) -> tuple[int, str]:
            row = await connection.fetchrow("SELECT seq, epoch FROM practice_head WHERE practice_id = $1", practice_id)
            return row["seq"], str(row["epoch"])

        return await self._asked(practice_id, ask)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _events(self, practice_id: UUID) -> dict[int, tuple[str, list[Any]]]:
        async def ask(connection: Any) -> dict[int, tuple[str, list[Any]]]:
            state = tuple(await connection.fetchrow(STATE, practice_id))
            known = self._read.get(practice_id)
            if known is None or known[0] != state:
                known = self._read[practice_id] = (state, _by_seq(await connection.fetch(READ, practice_id)))
            return known[1]

        return await self._asked(practice_id, ask)

    async def _asked(self, practice_id: UUID, ask: Callable[[Any], Awaitable[T]]) -> T:
        """Anew whenever PostgreSQL was restarted or ended the connection, be it between two of the questions."""
        async with self._lock:
            for _ in range(200):
                try:
                    if self._connection is None:
                        self._connection = await asyncpg.connect(self.url)
                    await self._connection.execute("SELECT set_config('portico.practice', $1, false)", str(practice_id))
                    return await ask(self._connection)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                    if self._connection is not None:
                        self._connection.terminate()
                    self._connection = None
                    await asyncio.sleep(0.1)
        raise AssertionError("PostgreSQL did not come back")


def _by_seq(rows: list[Any]) -> dict[int, tuple[str, list[Any]]]:
    events: dict[int, tuple[str, list[Any]]] = {}
    for row in rows:
        _, parts = events.setdefault(row["seq"], (row["type"], []))
        if row["rooms"] is not None:
            parts.append(_part(row))
    return events


def _part(row: Any) -> tuple[list[Room], dict[str, Any]]:
    payload = json.loads(row["ids"])
    data = json.loads(row["data"] or "null")
    if data is not None:
        payload["data"] = data
    return [(kind, of) for kind, of in json.loads(row["rooms"])], payload
