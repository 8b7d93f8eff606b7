"""Whether a time that staff want fits (what stands there already, blocks, the practitioner's hours), and its room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.availability import rooms_at
from models.appointments.booking import with_room
from models.appointments.open_hours import Open, open_hours, public_holidays
from models.appointments.taking import Offer, Wanted, overlapping
from models.core.clock import now
from models.core.database import Row, fetch_one
from models.core.errors import Conflict

IN_PERSON = "in-person"
BLOCKED = """SELECT kind, title FROM calendar_block WHERE ends_at > $3 AND starts_at < $4
  AND (staff_id = $1 OR room_id = $2 OR (staff_id IS NULL AND room_id IS NULL)) ORDER BY starts_at LIMIT 1"""
WHO = """SELECT m.name, EXISTS (SELECT 1 FROM weekly_hours h WHERE h.staff_id = m.id) AS hours
  FROM staff_member m WHERE m.id = $1"""


def somewhere(wanted: Wanted) -> Wanted:
    """By phone and video nobody meets at a place, and no room is taken."""
    return wanted if wanted.mode == IN_PERSON else replace(wanted, location_id=None, room_id=None)


async def rooms_to_hold(wanted: Wanted) -> list[UUID]:
    """With the room that was chosen, or with all of which one may be picked."""
    return [wanted.room_id] if wanted.room_id else await rooms_at(wanted.location_id)


async def in_a_room(offer: Offer, wanted: Wanted, besides: UUID | None = None) -> Wanted:
    """At a location with rooms one that is free, unless one was chosen; on held rooms. Raises Conflict `no-room`."""
    return wanted if wanted.room_id else await with_room(offer, wanted, besides)


async def ensure_agreed(
    offer: Offer, wanted: Wanted, overlap_ok: bool, *, besides: Sequence[UUID] = (), hours: bool = True
) -> bool:
    """Whether it stands over another on purpose. What is in the way is asked about, never refused: raises Conflict
    `overlaps` until it is said again with `overlap_ok`. `hours`: whether the practitioner's count."""
    rows = await overlapping(offer, wanted, besides)
    if overlap_ok:
        return bool(rows)
    words = _standing(rows) or await _blocked(wanted) or (await _away(wanted) if hours else "")
    if words:
        times = [f"{row['starts_at'].isoformat()}/{row['ends_at'].isoformat()}" for row in rows]
        said = f"{words} Book it all the same?"
        raise Conflict("overlaps", said, errors={"overlaps": times, "form": [said]})
    return False


def _standing(rows: Sequence[Row]) -> str:
    if any(row["same_practitioner"] for row in rows):
        return "Something stands at this time already, buffers included."
    return "The room is taken at this time, buffers included." if rows else ""


async def _blocked(wanted: Wanted) -> str:
    row = await fetch_one(BLOCKED, wanted.staff_id, wanted.room_id, wanted.starts_at, wanted.ends_at)
    if row is None:
        return ""
    named = f" ({row['title']})" if row["title"] else ""
    return f"The practitioner is away at this time{named}." if row["kind"] == "time-off" else (
        f"This time is blocked{named}.")


async def _away(wanted: Wanted) -> str:
    """Who named no hours is never away; what has begun is written down as it was."""
    if wanted.starts_at <= now():
        return ""
    who = await fetch_one(WHO, wanted.staff_id)
    if who is None or not who["hours"]:
        return ""
    zone = ZoneInfo((await profile()).time_zone)
    day = wanted.starts_at.astimezone(zone).date()
    days = (wanted.ends_at.astimezone(zone).date() - day).days + 1
    if _within(wanted, await open_hours([wanted.staff_id], day, days)):
        return ""
    closed = next(iter(await public_holidays(day, 1)), None)
    return f"The practice is closed on that day ({closed.name})." if closed else (
        f"{who['name']} does not work at this time.")


def _within(wanted: Wanted, there: Iterable[Open]) -> bool:
    """Whether these hours, one after the other, reach from its begin to its end."""
    at = wanted.starts_at
    for one in sorted(there, key=lambda each: each.starts_at):
        if one.starts_at <= at < one.ends_at:
            at = one.ends_at
    return at >= wanted.ends_at
