"""Finding an appointment is checking: not there and not yours look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.appointments.rights import ensure_views, filled_by
from models.appointments.tables import Appointment, Attendance
from models.clients.access import sees_client
from models.core.actor import Actor
from models.core.errors import Conflict, missing

ON_THE_CALENDAR = ("requested", "offered", "scheduled", "cancelled", "declined")
CHANGED = "Somebody changed this appointment while you looked at it. Look at it again, then repeat."


@dataclass(frozen=True)
class Found:
    """An appointment and who was ever booked into it."""

    appointment: Appointment
    attendances: tuple[Attendance, ...]

    @property
    def clients(self) -> list[UUID]:
        """Who still comes."""
        return [one.client_id for one in self.attendances if one.state == "booked"]

    @property
    def everyone(self) -> list[UUID]:
        return [one.client_id for one in self.attendances]

    def undo_until(self, client_id: UUID) -> datetime | None:
        """How long this client can take the booking back free of policy: who joined a group by themselves has minutes
        of their own."""
        return self.of(client_id).undo_until or self.appointment.undo_until

    def of(self, client_id: UUID) -> Attendance:
        """Raises Missing when this client is not in it."""
        return next((one for one in self.attendances if one.client_id == client_id), None) or missing("appointment")


async def read_by_staff(actor: Actor, id: UUID) -> Found:
    """For who may read it with names: it stands on their own calendar or one they fill, or the calendar of one of its
    clients is open to them. Raises Missing."""
    found = await _found(id)
    whose = await filled_by(actor)
    if whose is None or found.appointment.staff_id in whose:
        return found
    for client_id in found.everyone:
        if await sees_client(actor, client_id, "calendar"):
            return found
    missing("appointment")


async def changed_by_staff(actor: Actor, id: UUID, version: int | None = None) -> Found:
    """The same, to change it; with `version`, only as the page showed it: raises Conflict `changed-meanwhile`. Call it
    again once the calendar is held."""
    found = await read_by_staff(actor, id)
    if version is not None and found.appointment.version != version:
        raise Conflict("changed-meanwhile", CHANGED)
    return found


async def read_in_portal(actor: Actor, id: UUID) -> Found:
    """An appointment of the client the actor acts for. Raises Forbidden without View Appointments, Missing."""
    access = ensure_views(actor)
    found = await _found(id)
    found.of(access.client_id)
    return found


async def _found(id: UUID) -> Found:
    row = await Appointment.get_or_none(id=id, state__in=ON_THE_CALENDAR) or missing("appointment")
    return Found(row, tuple(await Attendance.filter(appointment_id=id).order_by("id")))
