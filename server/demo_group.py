"""The evening group of the demo world, on two evenings to come: one with some who come, one that nobody has booked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.tables import Appointment, Attendance
from models.core.clock import now
from models.core.database import Row, fetch_all, fetch_one
from models.core.ids import new_id

THURSDAY, BEGINS = 3, time(17, 30)
GROUP = """SELECT o.staff_id, s.id, s.capacity, s.code, l.minutes, l.fee_cents FROM service s
  JOIN service_offer o ON o.service_id = s.id JOIN service_length l ON l.service_id = s.id
  WHERE s.kind = 'group' AND s.archived_at IS NULL LIMIT 1"""
PLACE = "SELECT location_id FROM weekly_hours WHERE staff_id = $1 AND location_id IS NOT NULL AND weekday = $2"
WHO = "SELECT id FROM client WHERE status = 'active' AND id <> ALL ($1) ORDER BY name, id LIMIT 5"


async def add_group(without: list[UUID]) -> None:
    """In the scope of a practice that is being made; nothing where no group is offered. `without`: who is to find it.
    """
    group = await fetch_one(GROUP)
    place = await fetch_one(PLACE, group["staff_id"], THURSDAY) if group else None
    if group is None or place is None:
        return
    zone = ZoneInfo((await profile()).time_zone)
    today = now().astimezone(zone).date()
    thursday = today + timedelta(days=THURSDAY - today.weekday())  # of this week, from which the rhythm is counted
    evenings = [datetime.combine(thursday + timedelta(weeks=weeks), BEGINS, zone) for weeks in (2, 4)]
    comes = [row["id"] for row in await fetch_all(WHO, without)]
    for begins, clients in zip(evenings, (comes, []), strict=True):
        made = await _put(group, place["location_id"], begins)
        for client in clients:
            await Attendance.create(id=new_id(), appointment_id=made.id, client_id=client, booked_side="desk")


async def _put(group: Row, place: UUID, begins: datetime) -> Appointment:
    return await Appointment.create(
        id=new_id(), state="scheduled", staff_id=group["staff_id"], service_id=group["id"], mode="in-person",
        location_id=place, starts_at=begins, ends_at=begins + timedelta(minutes=group["minutes"]), kind="group",
        capacity=group["capacity"], fee_cents=group["fee_cents"], code=group["code"], made_side="desk",
    )
