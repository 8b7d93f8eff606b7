"""Events as sockets hear them: read from PostgreSQL in order, encoded once per audience class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from models.core.events import ORDER, REGISTRY
from realtime.peer import Frame, event_frame
from realtime.rooms import room

log = structlog.get_logger("portico.feed")

READ = """SELECT e.seq, e.type, e.at, e.subject_id, e.rights, d.rooms, d.ids, d.data
  FROM event e LEFT JOIN event_data d ON d.practice_id = e.practice_id AND d.seq = e.seq
  WHERE e.practice_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq, d.part"""

PUBLIC = ORDER.index("public")

Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as sockets hear it: frames by room, in order of precedence."""

    seq: int
    type: str
    subject_id: UUID | None
    rights: frozenset[UUID]
    rooms_frames: Sequence[tuple[tuple[str], Frame]]

    @property
    def erases(self) -> bool:
        kind = REGISTRY.get(self.type)
        return kind is not None and kind.erases

    def for_rooms(self, rooms: frozenset[str]) -> Frame | None:
        """What a socket in these rooms hears of it: the first in order of precedence, or nothing."""
        return next((frame for names, frame in self.rooms_frames if names[0] in rooms), None)

    def silent(self) -> Heard:
        """The same event with nothing to tell any more."""
        return replace(self, rooms_frames=())


async def read_events(
    connection: asyncpg.Connection, practice_id: UUID, after: int, until: int, wanted: Wanted | None = None
) -> list[Heard]:
    """Events in order; `until` inclusive. Frames for rooms that are not `wanted` are not made."""
    rows = await connection.fetch(READ, practice_id, after, until)
    return [_heard(practice_id, group, wanted) for group in _by_seq(rows)]


def _heard(practice_id: UUID, rows: Sequence[Any], wanted: Wanted | None) -> Heard:
    first = rows[0]
    told = [one for row in rows if row["rooms"] is not None for one in _frames(practice_id, row, wanted)]
    told.sort(key=lambda one: one[0])
    return Heard(first["seq"], first["type"], first["subject_id"], frozenset(first["rights"] or ()),
                 [((name,), frame) for _, name, frame in told])


def _frames(practice_id: UUID, row: Any, wanted: Wanted | None) -> list[tuple[int, str, Frame]]:
    rooms = [(ORDER.index(kind), room(practice_id, kind, of)) for kind, of in row["rooms"] if _known(row, kind)]
    rooms = [(place, name) for place, name in rooms if wanted is None or wanted(name)]
    if not rooms:
        return []
    told = {"at": row["at"], **row["ids"], **({} if row["data"] is None else {"data": row["data"]})}
    frames = {public: _frame(row, told, public) for public in {place == PUBLIC for place, _ in rooms}}
    return [(place, name, frames[place == PUBLIC]) for place, name in rooms]


def _frame(row: Any, told: dict[str, Any], public: bool) -> Frame:
    """Visitors hear no number: they resume nothing, and how much happens in a practice is none of their business."""
    return event_frame(row["type"], told if public else {"seq": row["seq"], **told})


def _known(row: Any, kind: str) -> bool:
    """While workers of two versions run, an audience of the newer one must not stop the older one's feed."""
    if kind not in ORDER:
        log.error("feed.unknown_audience", type=row["type"], kind=kind)
    return kind in ORDER


def _by_seq(rows: Sequence[Any]) -> list[list[Any]]:
    groups: list[list[Any]] = []
    for row in rows:
        if groups and groups[-1][0]["seq"] == row["seq"]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
