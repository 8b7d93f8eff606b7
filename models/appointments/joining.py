"""One more client comes to an appointment of a couple, a family or a group."""

from __future__ import annotations

from uuid import UUID

from models.appointments.events import BOOKED, CHANGED
from models.appointments.finding import Found, changed_by_staff
from models.appointments.locking import hold_calendars
from models.appointments.rights import ensure_clients, ensure_fills
from models.appointments.tables import Appointment, Attendance
from models.appointments.telling import tell
from models.core.actor import Actor
from models.core.change import change
from models.core.errors import Conflict

GONE = ("cancelled", "late-cancelled")


async def join(actor: Actor, id: UUID, client_id: UUID, *, version: int | None = None) -> None:
    """With an attendance of their own. In a couple or family the others see it; in a group nobody else hears of it.

    Raises Missing, Forbidden, Conflict `full`, `already-there`, `not-coming`, `changed-meanwhile`.
    """
    found = await _open(actor, id, version)
    await ensure_clients(actor, [client_id], found.appointment.staff_id)
    async with change(actor, "appointment.join"):
        await hold_calendars([found.appointment.staff_id, id, client_id])
        found = await _open(actor, id, version)
        here, others = found.appointment, found.clients
        _ensure_place(found, client_id)
        await Attendance.create(
            appointment_id=id, client_id=client_id, booked_by=actor.login_id, booked_side="desk",
        )
        await Appointment.filter(id=id).update(version=here.version + 1, sequence=here.sequence + 1)
        await tell(actor, BOOKED, here, [client_id])
        if here.kind != "group" and others:
            await tell(actor, CHANGED, here, others)


def places_left(found: Found) -> int:
    """How many more can come; who cancelled takes no place."""
    taken, most = sum(one.state not in GONE for one in found.attendances), int(found.appointment.capacity)
    return max(0, most - taken)


def _ensure_place(found: Found, client_id: UUID) -> None:
    there = next((one for one in found.attendances if one.client_id == client_id), None)
    if there is not None and there.state in GONE:
        raise Conflict("already-there", "They had cancelled. Take that back instead.")
    if there is not None:
        raise Conflict("already-there", "They come already.")
    ensure_places(found)


def ensure_places(found: Found) -> None:
    """Raises Conflict `full`."""
    if not places_left(found):
        most = found.appointment.capacity
        raise Conflict("full", "This appointment is for one client." if most == 1 else f"All {most} places are taken.")


async def _open(actor: Actor, id: UUID, version: int | None) -> Found:
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    if found.appointment.state != "scheduled":
        raise Conflict("not-coming", "This appointment is no longer on the calendar. Book a new one.")
    return found
