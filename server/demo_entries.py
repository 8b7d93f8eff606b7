"""Appointments for the demo world, so that its calendars look like those of a practice: last, this and next week."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.moments import request_ends
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.ids import new_id
from server.worlds import People

OFFERED = """SELECT o.staff_id, s.id, s.kind, s.capacity, s.code, s.modes, s.buffer_before, s.buffer_after, l.minutes,
    l.fee_cents FROM service s JOIN service_offer o ON o.service_id = s.id
  JOIN service_length l ON l.service_id = s.id WHERE s.archived_at IS NULL ORDER BY lower(s.name), l.minutes"""
CARED_FOR = """SELECT a.staff_id, a.client_id FROM assignment a JOIN client c ON c.id = a.client_id
  WHERE a.ended_at IS NULL AND c.status = 'active' ORDER BY c.name, c.id"""
ROOMS = "SELECT id FROM room WHERE closed_at IS NULL AND location_id = $1 ORDER BY name, id"
# The hours in which it would stand.
WORKS = """SELECT location_id FROM weekly_hours WHERE staff_id = $1 AND weekday = $2 AND from_minute <= $3
  AND until_minute >= $4 AND valid_from <= $5 AND coalesce(valid_until >= $5, true) ORDER BY from_minute LIMIT 1"""
STARTS = (time(9), time(10, 30), time(13), time(14, 30), time(16))
# By the number of the appointment: what became of one that is over.
OVER = ("attended", "attended", "attended", "no-show", "attended", "late-cancelled")


Taken = defaultdict[UUID, list[tuple[datetime, datetime]]]


async def add_entries(people: People) -> None:
    """In the scope of a practice that is being made; nothing where no service is offered."""
    offered, clients = await _by_staff(OFFERED), await _by_staff(CARED_FOR)
    zone = ZoneInfo((await profile()).time_zone)
    today, taken, number = now().astimezone(zone).date(), Taken(list), 0
    for place, staff_id in enumerate(one for one in offered if clients.get(one)):
        days = (today + timedelta(days=each) for each in range(-7, 14))
        for begins in (datetime.combine(day, clock, zone) for day in days if day.weekday() < 5 for clock in STARTS):
            if (begins.hour + begins.toordinal() + place) % 3 == 0:
                continue
            number += 1
            service = _one_alone(offered[staff_id], number)
            client = clients[staff_id][number % len(clients[staff_id])]["client_id"]
            await _add(service, staff_id, client, begins, taken, number)
    await _ask(people, offered, zone, today, taken)


async def _by_staff(sql: str) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in await fetch_all(sql):
        found.setdefault(row["staff_id"], []).append(row)
    return found


def _one_alone(services: list[Row], number: int) -> Row:
    """Of those for one client, and no longer than the next one's begin."""
    short = [one for one in services if one["kind"] == "individual" and one["minutes"] <= 60] or services[:1]
    return short[number % len(short)]


async def _add(service: Row, staff_id: UUID, client: UUID, begins: datetime, taken: Taken, number: int) -> None:
    at = await _hours_at(staff_id, service, begins)
    if at is None or not _free(taken, staff_id, service, begins):
        return
    over = begins < now()
    state = OVER[number % len(OVER)] if over else "booked"
    late = state == "late-cancelled"
    state_of_row = "cancelled" if late else "scheduled"
    made = await _row(service, staff_id, begins, taken, at, state=state_of_row, number=number)
    await Attendance.create(
        id=new_id(), appointment_id=made.id, client_id=client, state=state, booked_side=made.made_side,
        confirmed_at=now() if number % 2 and not over else None, outcome_at=begins if over and not late else None,
        cancelled_at=begins - timedelta(hours=3) if late else None, cancelled_side="portal" if late else None,
    )


async def _hours_at(staff_id: UUID, service: Row, begins: datetime) -> Row | None:
    """Where they work then; None when they do not, or not so that this service could be given."""
    first = begins.hour * 60 + begins.minute
    found = await fetch_one(WORKS, staff_id, begins.weekday(), first, first + service["minutes"], begins.date())
    fits = found is not None and (found["location_id"] or set(service["modes"]) - {"in-person"})
    return found if fits else None


async def _row(
    service: Row, staff_id: UUID, begins: datetime, taken: Taken, at: Row, *, state: str, number: int, **more: Any
) -> Appointment:
    modes = [one for one in service["modes"] if at["location_id"] or one != "in-person"]
    mode = modes[number % len(modes)]
    rooms = await fetch_all(ROOMS, at["location_id"]) if mode == "in-person" else []
    room = next((one for one in rooms if _free(taken, one["id"], service, begins)), None)
    for each in (staff_id, *([room["id"]] if room else [])):
        taken[each].append(_span(service, begins))
    return await Appointment.create(
        id=new_id(), state=state, staff_id=staff_id, service_id=service["id"], mode=mode,
        location_id=at["location_id"] if mode == "in-person" else None, room_id=room["id"] if room else None,
        starts_at=begins, ends_at=begins + timedelta(minutes=service["minutes"]),
        buffer_before=service["buffer_before"], buffer_after=service["buffer_after"], kind=service["kind"],
        capacity=service["capacity"], fee_cents=service["fee_cents"], code=service["code"],
        made_side="portal" if number % 3 == 0 else "desk", **more,
    )


def _span(service: Row, begins: datetime) -> tuple[datetime, datetime]:
    after = timedelta(minutes=service["minutes"] + service["buffer_after"])
    return begins - timedelta(minutes=service["buffer_before"]), begins + after


def _free(taken: Taken, of: UUID, service: Row, begins: datetime) -> bool:
    first, last = _span(service, begins)
    return all(ends <= first or last <= starts for starts, ends in taken[of])


async def _ask(people: People, offered: dict[UUID, list[Row]], zone: ZoneInfo, today: date, taken: Taken) -> None:
    """A newcomer who asks for a time of the practitioner, for the queue to decide."""
    staff_id = people.staff["practitioner"]
    day = today + timedelta(days=1 + (7 - today.weekday() if today.weekday() >= 4 else 0))
    service = _one_alone(offered[staff_id], 0) if staff_id in offered else None
    times = (datetime.combine(day, time(hour, minute), zone) for hour in range(9, 18) for minute in (0, 30))
    if service is None:
        return
    free = [one for one in times if _free(taken, staff_id, service, one)]
    there = [(one, await _hours_at(staff_id, service, one)) for one in free]
    begins, at = next(((one, at) for one, at in there if at is not None), (None, None))
    if begins is None or at is None:
        return
    request = await BookingRequest.create(
        id=new_id(), first_name="Anouk", last_name="Delacroix", email="anouk@mail.test", phone="(207) 555-0171",
        message="I would like to talk about sleep.", expires_at=request_ends(begins, now()),
    )
    await _row(service, staff_id, begins, taken, at, state="requested", number=0, request_id=request.id)
