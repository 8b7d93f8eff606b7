"""Lines of a conversation out of the tables, a page at a time: as quick at the end of 100,000 as of 100.

What a person may see is one or more spans (they may have left and come back). Each span is walked by the index on
the place in the order, newest first, until the page is full; gaps are never walked. The client side's statements
name no table but message: they cannot meet a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.core.database import Row, fetch_all, fetch_one
from models.core.errors import missing
from models.messaging.seated import Seated
from models.messaging.seats import Sitting

END = 2**62

MESSAGES = """SELECT m.id, m.position, m.seat_id, m.sender_staff_id, st.name AS staff_name, m.automatic,
    m.sent_at AS at, m.deleted_at, CASE WHEN m.deleted_at IS NULL THEN m.body ELSE '' END AS body,
    CASE WHEN m.files > 0 AND m.deleted_at IS NULL THEN (
      SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size,
          'thumbnail', f.thumbnail_key IS NOT NULL) ORDER BY mf.place)
      FROM message_file mf JOIN file f ON f.id = mf.file_id WHERE mf.message_id = m.id) END AS files
  FROM message m LEFT JOIN staff_member st ON st.id = m.sender_staff_id
  WHERE m.conversation_id = $1 AND m.position > $2 AND m.position <= $3 AND m.withdrawn_at IS NULL
  ORDER BY m.position {order} LIMIT $4"""

NOTES = """SELECT n.id, n.position, n.staff_id, st.name AS staff_name, n.body, n.added_at AS at
  FROM internal_note n JOIN staff_member st ON st.id = n.staff_id
  WHERE n.conversation_id = $1 AND n.position > $2 AND n.position <= $3
  ORDER BY n.position {order} LIMIT $4"""

READ_AT = """SELECT p.position, s.id AS seat_id, r.at
  FROM unnest($1::bigint[]) p (position) CROSS JOIN unnest($2::uuid[]) s (id)
  CROSS JOIN LATERAL (SELECT at FROM reading WHERE seat_id = s.id AND position >= p.position
    ORDER BY position LIMIT 1) r"""


@dataclass(frozen=True)
class Rows:
    """A page, oldest first: (note?, row). `older`, `newer`: whether there is more that way."""

    lines: Sequence[tuple[bool, Row]]
    older: bool
    newer: bool


async def rows_before(sitting: Sitting, position: int, *, limit: int, notes: bool) -> Rows:
    """The lines right before a place in the order (END: the latest), newest page."""
    found: list[tuple[bool, Row]] = []
    for low, high in reversed(spans(sitting.mine)):
        if len(found) > limit or low >= position - 1:
            continue
        found += await _walk(sitting, low, min(high, position - 1), limit + 1 - len(found), notes, newest=True)
    return Rows(found[:limit][::-1], older=len(found) > limit, newer=position < END)


async def rows_after(sitting: Sitting, position: int, *, limit: int, notes: bool) -> Rows:
    """The lines right after a place in the order."""
    found: list[tuple[bool, Row]] = []
    for low, high in spans(sitting.mine):
        if len(found) > limit or high <= position:
            continue
        found += await _walk(sitting, max(low, position), high, limit + 1 - len(found), notes, newest=False)
    return Rows(found[:limit], older=True, newer=len(found) > limit)


async def line_position(sitting: Sitting, line_id: UUID, *, notes: bool) -> int:
    """Where a line stands, a note only for staff; raises Missing for what the viewer does not see."""
    row = await fetch_one("SELECT position FROM message WHERE id = $1 AND conversation_id = $2", line_id, sitting.id)
    if row is None and notes:
        row = await fetch_one(
            "SELECT position FROM internal_note WHERE id = $1 AND conversation_id = $2", line_id, sitting.id
        )
    if row is None or not sitting.seen(row["position"]):
        missing("message")
    return int(row["position"])


async def read_times(positions: Sequence[int], seat_ids: Sequence[UUID]) -> dict[int, dict[UUID, datetime]]:
    """When each seat had read as far as each of these places."""
    times: dict[int, dict[UUID, datetime]] = {}
    if positions and seat_ids:
        for row in await fetch_all(READ_AT, list(positions), list(seat_ids)):
            times.setdefault(row["position"], {})[row["seat_id"]] = row["at"]
    return times


def spans(seats: Sequence[Seated]) -> list[tuple[int, int]]:
    """What the seats see together: (from, until], in order, without overlap."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted((seat.from_position, _end(seat)) for seat in seats):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        elif high > low:
            joined.append((low, high))
    return joined


def _end(seat: Seated) -> int:
    return END if seat.until_position is None else seat.until_position


async def _walk(
    sitting: Sitting, low: int, high: int, most: int, notes: bool, *, newest: bool
) -> list[tuple[bool, Row]]:
    order = "DESC" if newest else "ASC"
    lines = [(False, row) for row in await fetch_all(MESSAGES.format(order=order), sitting.id, low, high, most)]
    if notes:
        lines += [(True, row) for row in await fetch_all(NOTES.format(order=order), sitting.id, low, high, most)]
        lines.sort(key=lambda line: line[1]["position"], reverse=newest)
    return lines[:most]
