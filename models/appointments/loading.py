"""Loads what free times are made of, for the asked practitioners and days only.

The number of statements is the same for one practitioner and for twenty. Nothing older than the first day's week is
read, and nothing of other practices. Appointments are found by when they start (range operators use no index under the
policy): twelve hours and eight of buffers are the longest there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import free_times as pure
from models.appointments.furnishing import booking_settings
from models.appointments.holidays import closed_days
from models.appointments.openings import OneDay, Span, WallClock, Weekly, midnight, monday_of
from models.appointments.rules import rules_of
from models.appointments.tables import BookingSettings, Offering
from models.core.clock import now
from models.core.database import Row, fetch_all

REACH = timedelta(hours=20)
IN_PERSON = "in-person"

# `bookable`: clients may book them, and this service is theirs. `shortest`: of all that can be booked of them.
WHO = """SELECT m.id, b.notice_minutes, b.horizon_days, b.slot_minutes, b.max_day, b.max_week, b.avoid_gaps,
    coalesce(b.online, false) AND m.roles @> '{practitioner}'
      AND EXISTS (SELECT 1 FROM service_offer o WHERE o.staff_id = m.id AND o.service_id = $2) AS bookable,
    (SELECT min(l.minutes) FROM service_offer o JOIN service s ON s.id = o.service_id AND s.archived_at IS NULL
      AND s.bookable <> 'nobody' JOIN service_length l ON l.service_id = s.id WHERE o.staff_id = m.id) AS shortest
  FROM staff_member m LEFT JOIN practitioner_booking b ON b.staff_id = m.id
  WHERE m.id = ANY ($1) AND m.deactivated_at IS NULL"""
WEEKLY = """SELECT h.staff_id, h.location_id, h.weekday, h.from_minute, h.until_minute, h.valid_from, h.valid_until,
    h.every_weeks FROM weekly_hours h LEFT JOIN location l ON l.id = h.location_id
  WHERE h.staff_id = ANY ($1) AND h.valid_from <= $3 AND (h.valid_until IS NULL OR h.valid_until >= $2)
    AND l.closed_at IS NULL"""
# A day with other hours is no weekly day, also when the place of its other hours has closed since.
ONE_DAYS = """SELECT h.staff_id, h.location_id, h.day, h.from_minute,
    CASE WHEN l.closed_at IS NULL THEN h.until_minute ELSE h.from_minute END AS until_minute
  FROM day_hours h LEFT JOIN location l ON l.id = h.location_id
  WHERE h.staff_id = ANY ($1) AND h.day BETWEEN $2 AND $3"""
ROOMS = """SELECT r.id, r.location_id FROM room r WHERE r.closed_at IS NULL AND r.location_id IN (
    SELECT location_id FROM weekly_hours WHERE staff_id = ANY ($1)
    UNION SELECT location_id FROM day_hours WHERE staff_id = ANY ($1) AND day BETWEEN $2 AND $3)"""
MINUTES = "floor(date_part('epoch', {0}) / 60)::int AS begins, ceil(date_part('epoch', {1}) / 60)::int AS ends"
BLOCKS = f"""SELECT staff_id, room_id, {MINUTES.format("starts_at", "ends_at")} FROM calendar_block
  WHERE ends_at > $3 AND starts_at < $4
    AND (staff_id = ANY ($1) OR room_id = ANY ($2) OR (staff_id IS NULL AND room_id IS NULL))"""
# A place that is held in a group stands over the group's own time (sessions.py).
TAKEN = f"""SELECT staff_id, room_id, buffer_before, buffer_after, {MINUTES.format("starts_at", "ends_at")}
  FROM appointment
  WHERE starts_at >= $3 AND starts_at < $4 AND (staff_id = ANY ($1) OR room_id = ANY ($2))
    AND state IN ('hold', 'requested', 'offered', 'scheduled') AND (state <> 'hold' OR held_until > $5)
    AND id IS DISTINCT FROM $6::uuid AND NOT (state = 'hold' AND overlap_ok)"""

HELD_SINCE = "SELECT made_at FROM appointment WHERE id = $1 AND state = 'hold'"


@dataclass(frozen=True)
class Search:
    """For which times are looked. `online`: as clients may book, by every rule; else as staff look, who keep to hours,
    to what is taken and to rooms, and to no other rule. `besides`: an appointment or hold that does not count, because
    it is moved or turned into a booking."""

    service: Offering
    minutes: int
    mode: str
    staff_ids: tuple[UUID, ...]
    first_day: date
    days: int
    online: bool = True
    besides: UUID | None = None


@dataclass
class Loaded:
    """Everything free_times.py asks for; `calendars` of those for whom times may be named at all."""

    house: pure.House
    calendars: dict[UUID, pure.Calendar]


async def load(search: Search, zone: ZoneInfo, *, grid: bool = True) -> Loaded:
    """In the practice's zone. Without `grid` every minute is a step, for who is bound to none."""
    settings, staff, last_day = await booking_settings(), list(search.staff_ids), _last_day(search)
    rules = await _rules(search, settings, zone, grid=grid)
    weekly = _by_staff(await fetch_all(WEEKLY, staff, search.first_day, last_day), Weekly)
    one_days = _by_staff(await fetch_all(ONE_DAYS, staff, search.first_day, last_day), OneDay)
    rooms: dict[UUID, UUID] = {}
    if search.mode == IN_PERSON:
        rows = await fetch_all(ROOMS, staff, search.first_day, last_day)
        rooms = {row["id"]: row["location_id"] for row in rows}
    taken = await _taken(search, zone, rooms)
    calendars = {
        staff_id: pure.Calendar(
            weekly[staff_id], one_days[staff_id], taken.spans[staff_id], taken.starts[staff_id], rules[staff_id]
        )
        for staff_id in search.staff_ids if staff_id in rules
    }
    return Loaded(_house(search, settings, zone, rooms, taken), calendars)


async def rules_for(search: Search, zone: ZoneInfo) -> dict[UUID, pure.Rules]:
    """Of those of the search whom clients may book for it."""
    return await _rules(search, await booking_settings(), zone, grid=True)


async def _rules(
    search: Search, settings: BookingSettings, zone: ZoneInfo, *, grid: bool
) -> dict[UUID, pure.Rules]:
    """Of those for whom times may be named at all."""
    at = await _moment(search)
    today = at.astimezone(zone).date()
    found = {}
    for row in await fetch_all(WHO, list(search.staff_ids), search.service.id):
        rules = rules_of(settings, row)
        if not search.online:
            found[row["id"]] = pure.Rules(step=rules.slot_minutes if grid else 1)
        elif row["bookable"]:
            found[row["id"]] = rules.for_clients(at, today, row["shortest"] or 0)
    return found


async def _moment(search: Search) -> datetime:
    """By which notice and horizon are counted. Whoever holds a time chose it by the rules of that moment: they do not
    lose it while they fill in the form."""
    held = await fetch_all(HELD_SINCE, search.besides) if search.besides else []
    return held[0]["made_at"] if held else now()


@dataclass
class _Taken:
    """By practitioner, by room and (`blocks`) of everybody."""

    spans: defaultdict[UUID, list[Span]]
    starts: defaultdict[UUID, list[int]]
    rooms: defaultdict[UUID, list[Span]]
    blocks: list[Span]


async def _taken(search: Search, zone: ZoneInfo, rooms: Mapping[UUID, UUID]) -> _Taken:
    found = _Taken(defaultdict(list), defaultdict(list), defaultdict(list), [])
    first, last = search.first_day, _last_day(search)
    if search.online:  # maxima count whole weeks
        first, last = monday_of(first), monday_of(last) + timedelta(days=6)
    begins, ends = midnight(first, zone) - REACH, midnight(last + timedelta(days=1), zone) + REACH
    who = (list(search.staff_ids), list(rooms), begins, ends)
    for row in await fetch_all(TAKEN, *who, now(), search.besides):
        span = (row["begins"] - row["buffer_before"], row["ends"] + row["buffer_after"])
        found.spans[row["staff_id"]].append(span)
        found.starts[row["staff_id"]].append(row["begins"])
        if row["room_id"] in rooms:
            found.rooms[row["room_id"]].append(span)
    for row in await fetch_all(BLOCKS, *who):
        span = (row["begins"], row["ends"])
        if row["staff_id"]:
            found.spans[row["staff_id"]].append(span)
        if row["room_id"]:
            found.rooms[row["room_id"]].append(span)
        if not row["staff_id"] and not row["room_id"]:
            found.blocks.append(span)
    return found


def _house(
    search: Search, settings: BookingSettings, zone: ZoneInfo, rooms: Mapping[UUID, UUID], taken: _Taken
) -> pure.House:
    closed = closed_days(
        settings.holiday_country, settings.holiday_region, search.first_day, _last_day(search),
        settings.working_holidays,
    )
    by_location: dict[UUID, list[list[Span]]] = {}
    for room_id, location_id in rooms.items():
        by_location.setdefault(location_id, []).append(taken.rooms[room_id])
    return pure.House(WallClock(zone, search.first_day, search.days), closed, taken.blocks, by_location)


def _by_staff(rows: Iterable[Row], kind: Any) -> defaultdict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("staff_id", "location_id")}
        found[row["staff_id"]].append(kind(location=row["location_id"], **values))
    return found


def _last_day(search: Search) -> date:
    return search.first_day + timedelta(days=search.days - 1)

