"""One more client comes to an appointment of a couple, a family or a group: staff add them, or they book a place of a
group by themselves (booking.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models.appointments.events import BOOKED, CHANGED
from models.appointments.finding import Found, changed_by_staff
from models.appointments.locking import hold_calendars
from models.appointments.rights import ensure_clients, ensure_fills
from models.appointments.sessions import held_places
from models.appointments.tables import Appointment, Attendance
from models.appointments.telling import tell
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict

BEING_BOOKED = "A client is booking the last place just now. Look again in a few minutes."
GONE = ("cancelled", "late-cancelled")
COMES_AGAIN: dict[str, Any] = {
    "state": "booked", "confirmed_at": None, "cancelled_at": None, "cancelled_by": None, "cancelled_side": None,
    "reason": "",
}


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
        _ensure_joins(found, client_id)
        held = await held_places(here)
        if places_left(found) <= held:
            raise Conflict("full", BEING_BOOKED)
        await seat(actor, here, client_id, places=places_left(found) - held - 1)
        if here.kind != "group" and others:
            await tell(actor, CHANGED, here, others)


async def seat(
    actor: Actor, here: Appointment, client_id: UUID, *, places: int, answers: Sequence[Any] = (),
    undo_until: datetime | None = None,
) -> None:
    """Inside a change, on the held calendar, checked by the caller. `places`: how many are left then; of a group pages
    hear whether there is one. Who had cancelled comes again as if they had not."""
    booked: dict[str, Any] = {
        "booked_by": actor.login_id, "booked_side": actor.side.value, "booked_at": now(), "answers": list(answers),
        "undo_until": undo_until,
    }
    there = Attendance.filter(appointment_id=here.id, client_id=client_id)
    if not await there.update(**booked, **COMES_AGAIN):
        await Attendance.create(appointment_id=here.id, client_id=client_id, **booked)
    await Appointment.filter(id=here.id).update(version=here.version + 1, sequence=here.sequence + 1)
    await tell(actor, BOOKED, here, [client_id], free=places > 0 if here.kind == "group" else None)


def places_left(found: Found) -> int:
    """How many more can come; who cancelled takes no place."""
    taken, most = sum(one.state not in GONE for one in found.attendances), int(found.appointment.capacity)
    return max(0, most - taken)


def waits(found: Found) -> bool:
    """Whether it is a group to which nobody comes yet, or any more."""
    return found.appointment.kind == "group" and found.appointment.state == "scheduled" and not found.clients


def ensure_place(found: Found) -> None:
    """Raises Conflict `full`."""
    if not places_left(found):
        most = found.appointment.capacity
        raise Conflict("full", "This appointment is for one client." if most == 1 else f"All {most} places are taken.")


def _ensure_joins(found: Found, client_id: UUID) -> None:
    there = next((one for one in found.attendances if one.client_id == client_id), None)
    if there is not None and there.state in GONE:
        raise Conflict("already-there", "They had cancelled. Take that back instead.")
    if there is not None:
        raise Conflict("already-there", "They come already.")
    ensure_place(found)


async def _open(actor: Actor, id: UUID, version: int | None) -> Found:
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    if found.appointment.state != "scheduled":
        raise Conflict("not-coming", "This appointment is no longer on the calendar. Book a new one.")
    return found
