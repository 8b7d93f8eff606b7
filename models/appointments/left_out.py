"""Coming appointments that lie outside the hours or inside a block: they stay, and somebody has to look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from models.appointments.hours import Stretch
from models.appointments.practitioners import practitioners
from models.appointments.tables import CalendarBlock
from models.appointments.week import Day, Days, days_of_all
from models.appointments.zones import zone_here
from models.clients.access import Reach, reaches
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_all, fetch_one

MOST = 5_000

COMING = """SELECT a.id, a.staff_id, a.starts_at, a.ends_at, a.mode, a.location_id, a.room_id, a.state,
    s.name AS service, ARRAY(SELECT c.name FROM attendance t JOIN client c ON c.id = t.client_id
      WHERE t.appointment_id = a.id AND t.state = 'booked' ORDER BY c.name) AS clients
  FROM appointment a LEFT JOIN service s ON s.id = a.service_id
  WHERE a.staff_id = ANY ($1) AND a.starts_at > $2 AND a.state IN ('requested', 'offered', 'scheduled')
  ORDER BY a.starts_at, a.id LIMIT $3"""


# Nothing lasts longer than a day: what begins earlier has ended.
TOUCHED = """SELECT count(DISTINCT a.id) AS touched FROM calendar_block b JOIN appointment a
    ON a.starts_at < b.ends_at AND a.ends_at > greatest(b.starts_at, now())
    AND a.starts_at > b.starts_at - interval '1 day' AND a.state IN ('requested', 'offered', 'scheduled')
    AND (b.staff_id IS NULL OR a.staff_id = b.staff_id) AND (b.room_id IS NULL OR a.room_id = b.room_id)
  WHERE b.id = $1 OR b.series_id = $2"""


@dataclass(frozen=True)
class LeftOut:
    """`why`: outside, block, time-off, holiday, elsewhere (hours, but at another location). Whose it is and what for is
    told only to who may read that calendar's names; for all others `clients` is None."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    why: str
    service: str | None = None
    clients: tuple[str, ...] | None = None


async def left_out(actor: Actor, staff_id: UUID) -> list[LeftOut]:
    """Of one practitioner's calendar, in order."""
    names = actor.staff_id == staff_id or Reach.ALL in reaches(actor, "calendar")
    return [_told(row, why, names=names) for row, why in await _found([staff_id])]


async def touched_by(block: CalendarBlock) -> int:
    """How many coming appointments lie in a block, and in those of its series, on whosever calendar."""
    row = await fetch_one(TOUCHED, block.id, block.series_id)
    return int(row["touched"]) if row else 0


async def count_left_out(staff_id: UUID) -> int:
    """How many there are now, as whoever saves is told."""
    return len(await _found([staff_id]))


async def everybodys() -> dict[UUID, int]:
    """How many each practitioner has, who has any."""
    found = await _found([one.id for one in await practitioners()])
    return dict(Counter(row["staff_id"] for row, _ in found))


async def _found(staff_ids: Sequence[UUID]) -> list[tuple[Any, str]]:
    rows = await fetch_all(COMING, list(staff_ids), now(), MOST)
    if not rows:
        return []
    zone = await zone_here()
    first, last = rows[0]["starts_at"].astimezone(zone).date(), rows[-1]["ends_at"].astimezone(zone).date()
    there = await days_of_all(staff_ids, first, last)
    used = {one["room_id"] for one in rows} - {None}
    rooms = await CalendarBlock.filter(room_id__in=list(used), ends_at__gt=now()) if used else []
    day_of = cache(lambda staff_id, day: there[staff_id].on(day))
    return [(row, why) for row in rows if (why := _why(row, there[row["staff_id"]], day_of, rooms))]


def _why(row: Any, there: Days, day_of: Callable[[UUID, date], Day], rooms: Sequence[CalendarBlock]) -> str:
    day = day_of(row["staff_id"], row["starts_at"].astimezone(there.zone).date())
    span = _span(row, day.day, there)
    if any(one.room_id == row["room_id"] and one.starts_at < row["ends_at"] and row["starts_at"] < one.ends_at
           for one in rooms):
        return "block"
    for one in day.off:
        if one.from_minute < span[1] and span[0] < one.until_minute:
            return one.kind
    return _outside(row, day, span)


def _outside(row: Any, day: Day, span: tuple[int, int]) -> str:
    if day.holiday:
        return "holiday"
    if not _covered(day.hours, span):
        return "outside"
    here = [one for one in day.hours if one.location_id == row["location_id"]]
    return "elsewhere" if row["mode"] == "in-person" and row["location_id"] and not _covered(here, span) else ""


def _span(row: Any, day: date, there: Days) -> tuple[int, int]:
    return there.minutes(day, row["starts_at"]), there.minutes(day, row["ends_at"])


def _covered(hours: Iterable[Stretch], span: tuple[int, int]) -> bool:
    """Hours that touch each other are one."""
    reached = span[0]
    for one in hours:
        if one.from_minute <= reached < one.until_minute:
            reached = one.until_minute
    return reached >= span[1]


def _told(row: Any, why: str, *, names: bool) -> LeftOut:
    return LeftOut(row["id"], row["starts_at"], row["ends_at"], why, row["service"] if names else None,
                   tuple(row["clients"]) if names else None)
