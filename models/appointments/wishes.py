"""A request and its time, as they are once that calendar is held: whatever they were while it was waited for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.appointments.locking import hold_calendars
from models.appointments.tables import Appointment, BookingRequest
from models.core.clock import now
from models.core.errors import Conflict, missing

OPEN = ("open", "countered")
DECIDED = "Somebody decided about this request already."
OFFER_OVER = "This time is no longer held for you. Ask for another one."


async def wished(request: BookingRequest) -> Appointment:
    """The time that was asked for, or that was taken in its place."""
    found = await Appointment.filter(request_id=request.id, state__not="offered").order_by("-made_at", "-id").first()
    return found or missing("request")


async def still_open(id: UUID) -> BookingRequest:
    """Raises Conflict `decided`."""
    found = await BookingRequest.get_or_none(id=id, state__in=OPEN)
    if found is None:
        raise Conflict("decided", DECIDED)
    return found


async def once_held(found: BookingRequest, also: Sequence[UUID] = ()) -> tuple[BookingRequest, Appointment]:
    """Inside a change. Raises Conflict `decided`."""
    row = await wished(found)
    await hold_calendars([row.staff_id, row.id, *also, *filter(None, [row.room_id])])
    request = await still_open(found.id)
    return request, await wished(request)


async def once_chosen(found: BookingRequest, appointment_id: UUID) -> tuple[BookingRequest, Appointment, Appointment]:
    """The same, with one of the times that are proposed. Raises Conflict `offer-over`, `decided`."""
    there = await _proposed(found, appointment_id)
    request, row = await once_held(found, [there.staff_id, *filter(None, [there.room_id])])
    return request, row, await _proposed(request, appointment_id)


async def _proposed(request: BookingRequest, appointment_id: UUID) -> Appointment:
    held = Appointment.filter(request_id=request.id, state="offered", held_until__gt=now())
    found = await held.get_or_none(id=appointment_id)
    if found is None:
        raise Conflict("offer-over", OFFER_OVER)
    return found
