"""Who hears of a time: staff that it is taken or free, the client and who may see their appointments which one it is,
visitors of the booking page nothing but the time, and only of practitioners who can be booked online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.appointments.registering import VIEW
from models.appointments.tables import Appointment
from models.core.actor import Actor
from models.core.change import record
from models.core.database import fetch_all, fetch_one
from models.core.events import EventType, Part, ToAccess, ToPublic, ToStaff

# Contacts hear of a client's appointments while View Appointments is theirs; the client always.
VIEWERS = """SELECT a.id, a.client_id FROM portal_access a WHERE a.client_id = ANY ($1) AND portico_open(a)
  AND (a.contact_id IS NULL OR $2 = ANY (a.permissions)) ORDER BY a.id"""
ONLINE = "SELECT 1 FROM practitioner_booking WHERE staff_id = $1 AND online"


@dataclass(frozen=True)
class Former:
    """Where a time was before it moved."""

    staff_id: UUID
    starts_at: datetime
    ends_at: datetime


async def tell(
    actor: Actor | None,
    kind: EventType,
    appointment: Appointment,
    clients: Sequence[UUID],
    *,
    free: bool | None = None,
    former: Former | None = None,
    ids: dict[str, Any] | None = None,
) -> None:
    """Record one event for each client of the appointment, and one for nobody's. Staff and visitors hear the first.

    `free`: whether the time can be taken again; None: the time stays as it was, and no time is told.
    """
    own: dict[str, Any] = {"appointment": appointment.id, "practitioner": appointment.staff_id, **(ids or {})}
    parts = [Part([ToStaff()], own)]
    data = None
    if free is not None:
        parts = await taken_parts(appointment.staff_id, appointment.id, appointment.starts_at, appointment.ends_at,
                                  free=free, former=former, ids=ids)
        data = parts[0].data
    seen = await _viewers(clients)
    for client_id in clients or (None,):
        about = {**own, "client": client_id} if client_id else own
        rooms = [ToAccess(access) for access in seen.get(client_id, ())] if client_id else []
        heard = [*parts, Part(rooms, about, data if rooms else None)] if client_id else parts
        await record(actor, kind, heard, subject_id=appointment.id)
        parts = []


async def taken_parts(
    staff_id: UUID, appointment_id: UUID, starts_at: datetime, ends_at: datetime, *, free: bool,
    former: Former | None = None, ids: dict[str, Any] | None = None,
) -> list[Part]:
    """What staff and visitors hear of a time."""
    data: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at, "free": free}
    if former is not None:
        data |= {"former_starts_at": former.starts_at, "former_ends_at": former.ends_at}
    staff = Part([ToStaff()], {"appointment": appointment_id, "practitioner": staff_id, **(ids or {})}, data)
    if await fetch_one(ONLINE, staff_id) is None:
        return [staff]
    return [staff, Part([ToPublic()], {"practitioner": staff_id}, data)]


async def _viewers(clients: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for row in await fetch_all(VIEWERS, list(clients), VIEW.key) if clients else []:
        found.setdefault(row["client_id"], []).append(row["id"])
    return found
