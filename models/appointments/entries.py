"""What stands on the calendars in a range of time, as one staff member may read it.

The number of statements is the same for an hour and for six weeks. Appointments are found by when they start: nothing
lasts longer than twelve hours (range operators use no index under the policy).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.appointments.sight import Level, Sight, sight_of
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import Row, fetch_all
from models.core.errors import Invalid

LONGEST = timedelta(days=42)
CLOCKS = timedelta(hours=2)  # six weeks in which the clocks go back last longer than 42 times 24 hours
MOST = 5_000

FOUND = """SELECT a.id, a.state, a.staff_id, a.location_id, a.room_id, a.mode, a.starts_at, a.ends_at, a.buffer_before,
    a.buffer_after, a.overlap_ok, a.kind, a.capacity, a.note <> '' AS noted, a.code, a.held_until, a.made_side,
    a.version, a.service_id, s.name AS service, s.colour, r.name AS room, l.name AS location,
    q.first_name, q.last_name, q.created_at AS asked_at
  FROM appointment a LEFT JOIN service s ON s.id = a.service_id LEFT JOIN room r ON r.id = a.room_id
    LEFT JOIN location l ON l.id = a.location_id LEFT JOIN booking_request q ON q.id = a.request_id
  WHERE a.starts_at < $2 AND a.starts_at > $1::timestamptz - interval '12 hours' AND a.ends_at > $1
    AND a.state <> 'declined' AND (a.state NOT IN ('hold', 'offered') OR a.held_until IS NULL OR a.held_until > $3)
    {only} ORDER BY a.starts_at, a.id LIMIT {most}"""
ONLY = "AND a.id = ANY ($4)"
PEOPLE = """SELECT t.appointment_id, t.client_id, t.state, t.confirmed_at, t.reminder_state, c.name
  FROM attendance t JOIN client c ON c.id = t.client_id WHERE t.appointment_id = ANY ($1) ORDER BY t.id"""
BLOCKS = """SELECT id, staff_id, room_id, kind, title, starts_at, ends_at, version FROM calendar_block
  WHERE ends_at > $1 AND starts_at < $2 ORDER BY starts_at, id"""
# The last that happened to each, and who did it; what is told to screens is kept for 14 days.
DOINGS = """SELECT DISTINCT ON (d.subject_id) d.subject_id, e.type, e.at, e.side, m.name, m.login_id
  FROM event_data d JOIN event e ON e.seq = d.seq LEFT JOIN staff_member m ON m.login_id = e.login_id
  WHERE d.subject_id = ANY ($1) ORDER BY d.subject_id, d.seq DESC"""

COMING = ("booked", "attended", "no-show")


@dataclass(frozen=True)
class Wanted:
    """Which entries: of these practitioners, rooms, locations (none named: of all), from one moment to another. `only`:
    these ids alone, each with what was done to it last and by whom."""

    begins: datetime
    ends: datetime
    practitioners: frozenset[UUID] = frozenset()
    rooms: frozenset[UUID] = frozenset()
    locations: frozenset[UUID] = frozenset()
    only: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Coming:
    """A client of an entry who may be named; `state` as in the attendance."""

    name: str
    state: str
    confirmed: bool


@dataclass
class Entry:
    """One thing on a calendar. `status`: busy, held, requested, proposed, scheduled, confirmed, attended, no-show,
    needs-outcome, cancelled, late-cancelled. `others`: how many clients are not named. `may_change`: whether this
    person fills that calendar. Where it is stands there for everybody. `reminder`: "", unconfirmed or undelivered, of
    one that is to come and not confirmed."""

    id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    version: int = 0
    may_change: bool = False
    people: list[Coming] = field(default_factory=list)
    others: int = 0
    service: str = ""
    colour: str = ""
    code: str = ""
    kind: str = ""
    capacity: int = 0
    mode: str = ""
    room_id: UUID | None = None
    room: str = ""
    location_id: UUID | None = None
    location: str = ""
    noted: bool = False
    overlap: bool = False
    buffers: tuple[int, int] = (0, 0)
    until: datetime | None = None
    asked_at: datetime | None = None
    online: bool = False
    reminder: str = ""
    done: Mapping[str, Any] | None = None


async def entries(actor: Actor, wanted: Wanted) -> list[Entry]:
    """By their start. Raises Invalid for a range that is longer than 42 days or ends before it begins."""
    if not timedelta(0) < wanted.ends - wanted.begins <= LONGEST + CLOCKS:
        raise Invalid(errors={"until": [f"Ask for at most {LONGEST.days} days."]})
    at, only = now(), list(wanted.only)
    sql = FOUND.format(only=ONLY if only else "", most=MOST)
    rows = await fetch_all(sql, wanted.begins, wanted.ends, at, *([only] if only else []))
    people = await _people([row["id"] for row in rows])
    seen = await sight_of(actor, only=wanted.practitioners)
    found = [one for row in rows if (one := _entry(row, people[row["id"]], seen, at)) and _asked_for(one, wanted)]
    if only:
        await _add_doings(actor, found)
    return found


async def blocks(wanted: Wanted) -> list[Row]:
    """Blocks and time off: of a practitioner, of a room, or (neither) of the whole practice. Everybody reads them."""
    return await fetch_all(BLOCKS, wanted.begins, wanted.ends)


async def _people(ids: Sequence[UUID]) -> defaultdict[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await fetch_all(PEOPLE, ids) if ids else []:
        found[row["appointment_id"]].append(row)
    return found


def _entry(row: Row, people: Sequence[Row], seen: Sight, at: datetime) -> Entry | None:
    """None: nothing that this person should read."""
    status = status_of(row["state"], people, row["ends_at"], at, waits=row["kind"] == "group")
    made = Entry(row["id"], row["staff_id"], row["starts_at"], row["ends_at"], status)
    _with_place(made, row)
    if row["state"] == "hold":
        made.until = row["held_until"]
        return made
    level = seen.level(row["staff_id"], [one["client_id"] for one in people])
    if level is Level.BUSY:
        made.status = "busy"
        return made if row["state"] != "cancelled" else None
    _with_what(made, row, people, seen)
    if level is Level.WHOLE:
        made.buffers = (row["buffer_before"], row["buffer_after"])
        made.version, made.may_change = row["version"], seen.may_fill(row["staff_id"])
        made.noted, made.overlap = row["noted"], row["overlap_ok"]
        made.reminder = _reminder(people) if status == "scheduled" else ""
        made.asked_at, made.online = row["asked_at"], row["made_side"] != "desk"
    return made


def status_of(
    state: str, people: Sequence[Mapping[str, Any]], ends_at: datetime, at: datetime, *, waits: bool = False
) -> str:
    """In one word, from the row and who comes; as `Entry.status` lists them, without busy. `waits`: for whoever books,
    also while nobody comes yet."""
    if state != "scheduled":
        late = any(one["state"] == "late-cancelled" for one in people)
        return {"hold": "held", "requested": "requested", "offered": "proposed"}.get(
            state, "late-cancelled" if late else "cancelled")
    states = [one["state"] for one in people]
    if "booked" in states:
        if ends_at <= at:
            return "needs-outcome"
        return "confirmed" if all(one["confirmed_at"] for one in people if one["state"] == "booked") else "scheduled"
    if waits and ends_at > at:
        return "scheduled"
    return next((one for one in ("attended", "no-show", "late-cancelled") if one in states), "cancelled")


def _reminder(people: Sequence[Row]) -> str:
    """What the desk has to follow up first: whom no reminder reached, then who has not answered one."""
    waiting = {one["reminder_state"] for one in people if one["state"] == "booked" and one["confirmed_at"] is None}
    return "undelivered" if "undelivered" in waiting else "unconfirmed" if "sent" in waiting else ""


def _with_what(made: Entry, row: Row, people: Sequence[Row], seen: Sight) -> None:
    """Who comes, for what. A newcomer has no record yet: their name is for who fills that calendar."""
    there = [one for one in people if one["state"] in COMING] or ([] if made.status == "scheduled" else list(people))
    named = [one for one in there if seen.names(row["staff_id"], one["client_id"])]
    made.people = [Coming(one["name"], one["state"], one["confirmed_at"] is not None) for one in named]
    made.others = len(there) - len(named)
    if not people and row["first_name"] is not None and seen.may_fill(row["staff_id"]):
        made.people = [Coming(f"{row['first_name']} {row['last_name']}".strip(), "booked", False)]
    made.service, made.colour, made.code = row["service"] or "", row["colour"] or "", row["code"]
    made.kind, made.capacity, made.mode = row["kind"], row["capacity"], row["mode"]


def _with_place(made: Entry, row: Row) -> None:
    """Which room is taken is no secret among staff: who looks for a free one has to know."""
    made.room_id, made.room = row["room_id"], row["room"] or ""
    made.location_id, made.location = row["location_id"], row["location"] or ""


def _asked_for(one: Entry, wanted: Wanted) -> bool:
    return (
        (not wanted.practitioners or one.staff_id in wanted.practitioners)
        and (not wanted.rooms or one.room_id in wanted.rooms)
        and (not wanted.locations or one.location_id in wanted.locations)
    )


async def _add_doings(actor: Actor, found: Sequence[Entry]) -> None:
    """Who reads merely that it is taken does not read who took it."""
    told = {one.id: one for one in found if one.status != "busy" and one.version}
    for row in await fetch_all(DOINGS, list(told)) if told else []:
        by = "you" if row["login_id"] == actor.login_id else (row["name"] or "").split(" ", 1)[0]
        by = "" if row["side"] != "desk" else by
        told[row["subject_id"]].done = {"type": row["type"], "at": row["at"], "by": by, "side": row["side"]}
