"""Clients and their contacts book in the portal: at once, or as a request that somebody decides about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.appointments.answers import checked_answers
from models.appointments.availability import room_for, rooms_at
from models.appointments.events import BOOKED, REQUESTED
from models.appointments.furnishing import booking_settings
from models.appointments.holding import own_hold, own_hold_then
from models.appointments.joining import seat
from models.appointments.locking import hold_calendars
from models.appointments.moments import GRACE, expire_then, request_ends
from models.appointments.rights import ensure_books
from models.appointments.sessions import Session, session_or_free
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.appointments.taking import Offer, Wanted, books_at_once, offer_for, put, row_of, video_link
from models.appointments.telling import tell
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import fetch_one
from models.core.errors import Conflict, missing
from models.core.ids import new_id
from models.core.limits import Limit, take

# Somebody else with this login must not fill a whole calendar before it is noticed.
BOOKED_BY_LOGIN = Limit("booking-login", most=40, seconds=3600)
UPCOMING = """SELECT count(*)::int AS coming FROM attendance t JOIN appointment a ON a.id = t.appointment_id
  WHERE t.client_id = $1 AND t.state = 'booked' AND a.state IN ('requested', 'scheduled') AND a.starts_at > $2"""
ONLINE = "SELECT 1 FROM practitioner_booking WHERE staff_id = $1 AND online"


@dataclass(frozen=True)
class Booked:
    """`state`: scheduled, or requested when somebody has to accept. `undo_until`: it can be taken back free of policy
    until then."""

    appointment_id: UUID
    state: str
    undo_until: datetime | None


async def book(
    actor: Actor, wanted: Wanted, *, answers: Mapping[str, Any] | None = None, message: str = "",
    hold_id: UUID | None = None,
) -> Booked:
    """For the client the actor acts for. Raises Forbidden without the right, Missing for a service or practitioner that
    is not offered, Invalid by field, Conflict `time-taken` (with other times) and `too-many-upcoming`, TooMany."""
    access = await ensure_books(actor)
    offer = await offered_online(wanted)
    said = checked_answers(offer.service.questions, answers or {})
    client_id = access.client_id
    # who is late hears it without waiting for the calendar
    mine = await own_hold_then(actor, [wanted.staff_id], wanted.starts_at)
    await session_or_free(offer, wanted, client_id, besides=mine or hold_id)
    async with change(actor, "appointment.book"):
        await hold_calendars([wanted.staff_id, client_id, *await rooms_at(wanted.location_id)])
        mine = await own_hold_then(actor, [wanted.staff_id], wanted.starts_at)
        held = mine or (await own_hold(actor, hold_id) if hold_id else None)
        session = await session_or_free(offer, wanted, client_id, besides=held)
        await _ensure_room_for_more(client_id)
        await take(BOOKED_BY_LOGIN, actor.login_id)
        if session is not None:
            return await _take_place(actor, session, client_id, said, held)
        wanted = await with_room(offer, wanted, held)
        return await write_booking(actor, offer, wanted, client_id, said, message, held)


async def _take_place(
    actor: Actor, session: Session, client_id: UUID, answers: Sequence[Any], held: UUID | None
) -> Booked:
    """Beside those who come already, of whom this client learns nothing."""
    if held is not None:
        await Appointment.filter(id=held).delete()
    here, until = await Appointment.get(id=session.id), now() + GRACE
    await seat(actor, here, client_id, answers=answers, undo_until=until, places=session.places - 1)
    return Booked(here.id, here.state, until)


async def offered_online(wanted: Wanted) -> Offer:
    """What is wanted, when clients may book it by themselves; raises Missing, Invalid by field."""
    offer = await offer_for(wanted)
    if offer.service.bookable == "nobody" or await fetch_one(ONLINE, wanted.staff_id) is None:
        missing("service")
    return offer


async def _ensure_room_for_more(client_id: UUID) -> None:
    most = (await booking_settings()).max_upcoming
    row = await fetch_one(UPCOMING, client_id, now())
    if most is not None and row and row["coming"] >= most:
        said = "1 appointment is" if most == 1 else f"{most} appointments are"
        raise Conflict("too-many-upcoming", f"{said} the most that can be booked ahead. Come to one first, or call.")


async def with_room(offer: Offer, wanted: Wanted, held: UUID | None) -> Wanted:
    if wanted.location_id is None or wanted.mode != "in-person":
        return wanted
    service = offer.service
    room = await room_for(wanted.location_id, wanted.starts_at, wanted.ends_at, service.buffer_before,
                          service.buffer_after, besides=held)
    return Wanted(**{**vars(wanted), "room_id": room})


async def write_booking(
    actor: Actor, offer: Offer, wanted: Wanted, client_id: UUID, answers: Sequence[Any], message: str,
    held: UUID | None,
) -> Booked:
    """Inside a change, on held calendars, checked by the caller: the time is this client's."""
    at_once = books_at_once(offer, wanted.starts_at, now())
    row = row_of(offer, wanted, id=held or new_id(), state="scheduled" if at_once else "requested", side="portal",
                 link=await video_link(offer, wanted.staff_id))
    row.made_by = actor.login_id
    if at_once:
        row.undo_until = now() + GRACE
    else:
        row.request_id = await _request(actor, row, client_id, answers, message)
    await put(row, over=held is not None)
    await Attendance.create(
        appointment_id=row.id, client_id=client_id, booked_by=actor.login_id, booked_side="portal", answers=answers,
    )
    ids = {} if at_once else {"request": row.request_id}
    await tell(actor, BOOKED if at_once else REQUESTED, row, [client_id], free=False, ids=ids)
    return Booked(row.id, row.state, row.undo_until)


async def _request(
    actor: Actor, row: Appointment, client_id: UUID, answers: Sequence[Any], message: str
) -> UUID:
    at = now()
    ends = request_ends(row.starts_at, at)
    made = await BookingRequest.create(
        id=new_id(), client_id=client_id, login_id=actor.login_id, message=message.strip(), answers=answers,
        expires_at=ends,
    )
    await expire_then(made.id, ends - at, "asked")
    return made.id
