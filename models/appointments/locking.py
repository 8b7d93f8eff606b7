"""One at a time on a practitioner's calendar and in a room: what is checked there stays true until the commit.

The constraint of the table refuses two times that overlap; limits (so many a day, so many a client) and the hours of a
day are no constraint of one row, so whoever changes a calendar holds it first.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.appointments.events import HOLD_RELEASED
from models.appointments.telling import taken_parts
from models.core.change import record
from models.core.clock import now
from models.core.database import execute, fetch_all

LOCK = """SELECT pg_advisory_xact_lock(hashtextextended(portico_here()::text || one::text, 0))
  FROM unnest($1::uuid[]) one ORDER BY one"""
EXPIRED = """DELETE FROM appointment WHERE state = 'hold' AND held_until <= $2 AND (staff_id = ANY ($1)
  OR room_id = ANY ($1)) RETURNING id, staff_id, starts_at, ends_at"""


async def hold_calendars(of: Iterable[UUID]) -> None:
    """Inside a change: wait for these practitioners' calendars and rooms (clients, whose limits are counted;
    appointments that are changed, whose calendar may be another by the time it is held), in one order for everybody,
    and let expired holds on them go. Waits three seconds at most."""
    ids = sorted(set(of), key=str)
    await execute(LOCK, ids)
    for row in await fetch_all(EXPIRED, ids, now()):
        parts = await taken_parts(row["staff_id"], row["id"], row["starts_at"], row["ends_at"], free=True)
        await record(None, HOLD_RELEASED, parts, subject_id=row["id"])
