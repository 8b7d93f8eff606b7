"""Appointments for the demo world, so that its calendars look like those of a practice: last, this and next week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.core.clock import now
from models.core.database import Row, fetch_all
from models.core.ids import new_id
from server.worlds import People

OFFERED = """SELECT o.staff_id, s.id, s.kind, s.capacity, s.code, s.modes, s.buffer_before, s.buffer_after, l.minutes,
    l.fee_cents FROM service s JOIN service_offer o ON o.service_id = s.id
  JOIN service_length l ON l.service_id = s.id WHERE s.archived_at IS NULL ORDER BY lower(s.name), l.minutes"""
CARED_FOR = """SELECT a.staff_id, a.client_id FROM assignment a JOIN client c ON c.id = a.client_id
  WHERE a.ended_at IS NULL AND c.status = 'active' ORDER BY c.name, c.id"""
ROOMS = "SELECT id, location_id FROM room WHERE closed_at IS NULL ORDER BY name, id"
STARTS = (time(9), time(10, 30), time(13), time(14, 30), time(16))
# By the number of the appointment: what became of one that is over, and how one that comes stands.
OVER = ("attended", "attended", "attended", "no-show", "attended", "late-cancelled")


async def add_entries(people: People) -> None:
    """In the scope of a practice that is being made; nothing where no service is offered."""
    offered, clients = await _by_staff(OFFERED), await _by_staff(CARED_FOR)
    rooms = await fetch_all(ROOMS)
    zone = ZoneInfo((await profile()).time_zone)
    today = now().astimezone(zone).date()
    number = 0
    for place, (staff_id, services) in enumerate(offered.items()):
        room = rooms[place % len(rooms)] if rooms else None
        for day in (today + timedelta(days=each) for each in range(-7, 14)):
            for slot, clock in enumerate(STARTS if day.weekday() < 5 and clients.get(staff_id) else ()):
                if (slot + day.toordinal() + place) % 3 == 0:
                    continue
                number += 1
                begins = datetime.combine(day, clock, zone)
                service = _one_alone(services, number)
                client = clients[staff_id][number % len(clients[staff_id])]["client_id"]
                await _add(service, staff_id, client, begins, room, number)
    await _ask(people, offered, zone, today)


async def _by_staff(sql: str) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in await fetch_all(sql):
        found.setdefault(row["staff_id"], []).append(row)
    return found


def _one_alone(services: list[Row], number: int) -> Row:
    """Of those for one client, and no longer than the next one's begin."""
    short = [one for one in services if one["kind"] == "individual" and one["minutes"] <= 60] or services[:1]
    return short[number % len(short)]


async def _add(
    service: Row, staff_id: UUID, client: UUID, begins: datetime, room: Row | None, number: int
) -> None:
    over = begins < now()
    state = OVER[number % len(OVER)] if over else "booked"
    made = await _row(service, staff_id, begins, room, state="cancelled" if state == "late-cancelled" else "scheduled",
                      number=number)
    late = state == "late-cancelled"
    await Attendance.create(
        id=new_id(), appointment_id=made.id, client_id=client, state=state, booked_side=made.made_side,
        confirmed_at=now() if number % 2 and not over else None, outcome_at=begins if over and not late else None,
        cancelled_at=begins - timedelta(hours=3) if late else None, cancelled_side="portal" if late else None,
    )


async def _row(
    service: Row, staff_id: UUID, begins: datetime, room: Row | None, *, state: str, number: int, **more: Any
) -> Appointment:
    modes = service["modes"]
    mode = modes[number % len(modes)]
    there = room if mode == "in-person" else None
    return await Appointment.create(
        id=new_id(), state=state, staff_id=staff_id, service_id=service["id"], mode=mode,
        location_id=there["location_id"] if there else None, room_id=there["id"] if there else None,
        starts_at=begins, ends_at=begins + timedelta(minutes=service["minutes"]),
        buffer_before=service["buffer_before"], buffer_after=service["buffer_after"], kind=service["kind"],
        capacity=service["capacity"], fee_cents=service["fee_cents"], code=service["code"],
        made_side="portal" if number % 3 == 0 else "desk", **more,
    )


async def _ask(people: People, offered: dict[UUID, list[Row]], zone: ZoneInfo, today: date) -> None:
    """A newcomer who asks for a time of the practitioner, for the queue to decide."""
    staff_id = people.staff["practitioner"]
    if staff_id not in offered:
        return
    day = today + timedelta(days=1 + (7 - today.weekday() if today.weekday() >= 4 else 0))
    request = await BookingRequest.create(
        id=new_id(), first_name="Anouk", last_name="Delacroix", email="anouk@mail.test", phone="(207) 555-0171",
        message="I would like to talk about sleep.", expires_at=now() + timedelta(hours=60),
    )
    begins = datetime.combine(day, time(11, 30), zone)
    await _row(_one_alone(offered[staff_id], 0), staff_id, begins, None, state="requested", number=0,
               request_id=request.id)
