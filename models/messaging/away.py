"""Out of office: dates, a text, and a colleague who stands in. Administrators may set it for others."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TypedDict, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.clients.people import staff_by_id
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Forbidden, Invalid, missing
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from models.messaging.absence import Absence, absences
from models.messaging.answering import answer_for_the_absent, cover
from models.messaging.changing import tell
from models.messaging.events import AWAY
from models.messaging.seated import Viewer
from models.messaging.seats import sitting_of
from models.messaging.text import cleaned

BEGIN = "away.begin"  # the job that lets the cover join what is unread when the absence starts

SET = """INSERT INTO away (id, staff_id, cover_id, starts_at, ends_at, text) VALUES ($1, $2, $3, $4, $5, $6)"""
# One at a time: of two that are set at the same moment the second replaces the first.
HELD = "SELECT 1 FROM staff_member WHERE id = $1 FOR NO KEY UPDATE"
END = "UPDATE away SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL AND ends_at > $2"
CURRENT = """SELECT a.id, a.staff_id, s.name AS staff_name, a.starts_at, a.ends_at, a.text, a.cover_id,
    c.name AS cover_name
  FROM away a JOIN staff_member s ON s.id = a.staff_id LEFT JOIN staff_member c ON c.id = a.cover_id
  WHERE a.ended_at IS NULL AND a.ends_at > $1 AND ($2::uuid IS NULL OR a.staff_id = $2) ORDER BY a.starts_at, s.name"""
# A client's conversations with something unread, in which the cover ($2) does not sit yet.
UNREAD = """SELECT s.conversation_id, greatest(s.read_position, s.from_position) AS after
  FROM seat s JOIN conversation c ON c.id = s.conversation_id
  WHERE coalesce(s.staff_id, s.access_id, s.practice_id) = $1 AND s.unread_since IS NOT NULL AND s.left_at IS NULL
    AND s.kind = 'staff' AND c.client_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM seat o
      WHERE o.conversation_id = c.id AND o.staff_id = $2 AND o.left_at IS NULL)
  ORDER BY s.last_at DESC LIMIT $3"""
AT_ONCE = 50
EARLIEST, LATEST = 2000, 2199  # beyond the years that there are no clock can be converted


class Out(TypedDict):
    """Somebody who is or will be out of office. `first`, `last`: days of the practice's zone, both included."""

    id: UUID
    staff_id: UUID
    staff_name: str
    starts_at: datetime
    ends_at: datetime
    text: str
    cover_id: UUID | None
    cover_name: str | None
    first: date
    last: date
    begun: bool


async def set_away(
    actor: Actor, *, starts_at: datetime, ends_at: datetime, text: str, cover_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> UUID:
    """Be out of office from one moment to another (with zones); replaces what was set before. Returns its id.

    Raises Forbidden for somebody else's unless administrator, Invalid for dates or a cover that cannot be.
    """
    whose = await for_whom(actor, staff_id)
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(errors={"first": ["Give a time with its zone."]})
    if ends_at <= max(starts_at, now()):
        raise Invalid(errors={"last": ["Choose an end that is still to come and after the start."]})
    if cover_id is not None and (cover_id == whose or not await staff_by_id([cover_id])):
        raise Invalid(errors={"cover": ["Choose a colleague who works here."]})
    away_id, said = new_id(), cleaned(text)
    async with change(actor, "away.set"):
        await fetch_one(HELD, whose)
        await execute(END, whose, now())
        await execute(SET, away_id, whose, cover_id, starts_at, ends_at, said)
        await enqueue(BEGIN, {"away": away_id}, after=max(starts_at, now()) - now(), key=f"{BEGIN}:{away_id}")
        await record(actor, AWAY, [Part((ToStaff(),), {"staff": whose})], subject_id=away_id)
    return away_id


async def end_away(actor: Actor, staff_id: UUID | None = None) -> None:
    """Be back: ends the absence now, and takes back one to come. A cover keeps its seats until removed."""
    whose = await for_whom(actor, staff_id)
    async with change(actor, "away.end"):
        if await execute(END, whose, now()):
            await record(actor, AWAY, [Part((ToStaff(),), {"staff": whose})], subject_id=whose)


async def days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the start of one day to the end of another, both included, in the practice's zone."""
    zone = ZoneInfo((await profile()).time_zone)
    if first.year < EARLIEST:
        raise Invalid(errors={"first": ["Choose a later day."]})
    if last.year > LATEST:
        raise Invalid(errors={"last": ["Choose an earlier day."]})
    if last < first:
        raise Invalid(errors={"last": ["Choose a last day on or after the first."]})
    return (datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone))


async def away_now(actor: Actor, staff_id: UUID | None = None) -> list[Out]:
    """Who is or will be out of office; of one, or of all staff. For the desk only."""
    if not actor.desk:
        raise Forbidden()
    zone = ZoneInfo((await profile()).time_zone)
    found: list[Out] = []
    for row in await fetch_all(CURRENT, now(), staff_id):
        first = row["starts_at"].astimezone(zone).date()
        last = (row["ends_at"] - timedelta(microseconds=1)).astimezone(zone).date()
        found.append(cast(Out, {**row, "first": first, "last": last, "begun": row["starts_at"] <= now()}))
    return found


async def begin(away_id: UUID) -> timedelta | None:
    """The job: the absence has begun, so the cover joins what is unread, sees that, and the client is told.

    Does nothing when the absence ended, was replaced, or is still to come. Answers when to go on with the rest.
    """
    row = await fetch_one("SELECT staff_id FROM away WHERE id = $1 AND ended_at IS NULL", away_id)
    absence = (await absences([row["staff_id"]], now())).get(row["staff_id"]) if row else None
    if absence is None or absence.kind != "away" or absence.cover_id is None:
        return None
    found = await fetch_all(UNREAD, absence.staff_id, absence.cover_id, AT_ONCE)
    async with change(None, "away.begin"):
        for unread in found:
            await _take_over(absence, unread["conversation_id"], after=unread["after"])
    return timedelta(0) if len(found) == AT_ONCE else None


async def _take_over(absence: Absence, conversation_id: UUID, *, after: int) -> None:
    """The one exception to "sees what was said while seated": who stands in takes over what waits unread."""
    sitting = await sitting_of(conversation_id, Viewer(staff_id=absence.staff_id), lock=True)
    if sitting is not None and await cover(sitting, absence, after=after):
        await tell(None, sitting)
        sitting = await sitting_of(sitting.id, sitting.viewer, lock=True) or sitting
        await answer_for_the_absent(sitting, {absence.staff_id: absence})


async def for_whom(actor: Actor, staff_id: UUID | None) -> UUID:
    """Whose absence or hours are meant: one's own, or for administrators anybody's who works here."""
    if not actor.desk or actor.staff_id is None:
        raise Forbidden()
    if staff_id is None or staff_id == actor.staff_id:
        return actor.staff_id
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator sets this for somebody else.")
    if not await staff_by_id([staff_id]):
        missing("staff member")
    return staff_id
