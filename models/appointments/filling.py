"""Staff fill calendars: book, move, make longer or shorter, put over another on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from models.accounts.tables import Location
from models.appointments.events import BOOKED, CHANGED, MOVED
from models.appointments.finding import Found, changed_by_staff
from models.appointments.fitting import ensure_agreed, in_a_room, rooms_to_hold, somewhere
from models.appointments.locking import hold_calendars
from models.appointments.rights import ensure_clients, ensure_fills
from models.appointments.tables import Appointment, Attendance, Room
from models.appointments.taking import (
    LONGEST,
    Offer,
    Wanted,
    minutes_of,
    offer_for,
    put,
    row_of,
    video_link,
)
from models.appointments.telling import Former, taken_parts, tell
from models.core.actor import Actor
from models.core.change import change, record
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id


async def book_by_staff(
    actor: Actor, wanted: Wanted, clients: Sequence[UUID], *, overlap_ok: bool = False, note: str = ""
) -> UUID:
    """Returns the appointment's id. Notice and limits are the practice's own and bind nobody here, hours are asked
    about. At a location with rooms it gets one that is free, unless one was chosen.

    Raises Forbidden for a calendar that is not theirs, Missing for a client or service, Invalid by field, Conflict
    `overlaps` (said again with `overlap_ok` it is put there all the same), `no-room`.
    """
    wanted = somewhere(wanted)
    await ensure_fills(actor, wanted.staff_id)
    await ensure_clients(actor, clients, wanted.staff_id)
    offer = await offer_for(wanted, by_staff=True)
    chosen = await _checked(offer, wanted, clients)
    async with change(actor, "appointment.book"):
        await hold_calendars([wanted.staff_id, *await rooms_to_hold(wanted), *chosen])
        wanted = await in_a_room(offer, wanted)
        over = await ensure_agreed(offer, wanted, overlap_ok)
        row = row_of(offer, wanted, id=new_id(), state="scheduled", side="desk",
                     link=await video_link(offer, wanted.staff_id))
        row.overlap_ok, row.made_by, row.note = over, actor.login_id, note.strip()
        await put(row)
        for client_id in chosen:
            await Attendance.create(
                appointment_id=row.id, client_id=client_id, booked_by=actor.login_id, booked_side="desk",
            )
        await tell(actor, BOOKED, row, chosen, free=False)
        return row.id


async def move_by_staff(
    actor: Actor, id: UUID, version: int | None, wanted: Wanted, *, overlap_ok: bool = False
) -> int:
    """To another time, practitioner, room, length or way to meet; clients are not asked and nothing is charged. Another
    location picks a room as for a new one. Answers the version it has now.

    Raises as `book_by_staff` does, and Conflict `changed-meanwhile` when it was changed since the page showed
    `version`, `not-coming` for one that is no longer on the calendar, `not-accepted` for a request.
    """
    found, wanted = await _movable(actor, id, version), somewhere(wanted)
    await ensure_fills(actor, wanted.staff_id)
    offer = await _offer_kept(found, wanted)
    await _checked(offer, wanted, found.clients, kept=found.appointment.location_id)
    async with change(actor, "appointment.move"):
        here = found.appointment
        rooms = [*filter(None, [here.room_id]), *await rooms_to_hold(wanted)]
        await hold_calendars([here.staff_id, wanted.staff_id, id, *rooms])
        found = await _movable(actor, id, version)
        here, before = found.appointment, as_it_is(found)
        if before == wanted:
            return here.version
        if (wanted.location_id, wanted.room_id) != (before.location_id, before.room_id):
            wanted = await in_a_room(offer, wanted, besides=id)
        moved = wanted.time != before.time
        over = await ensure_agreed(offer, wanted, overlap_ok, besides=(id,), hours=moved)
        await move(actor, found, offer, wanted, over=over)
        return here.version + 1


async def _movable(actor: Actor, id: UUID, version: int | None) -> Found:
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    if found.appointment.state in ("requested", "offered"):
        raise Conflict("not-accepted", "This is a request. Accept it, or propose another time.")
    if found.appointment.state != "scheduled":
        raise Conflict("not-coming", "This appointment is no longer on the calendar. Book a new one.")
    return found


async def _offer_kept(found: Found, wanted: Wanted) -> Offer:
    """What was agreed stays agreed: a service that is offered no longer, and the fee of a length that stays."""
    here = found.appointment
    offer = await offer_for(wanted, by_staff=True, kept=here.service_id)
    as_long = wanted.minutes == minutes_of(here.starts_at, here.ends_at)
    kept = wanted.service_id == here.service_id and (as_long or offer.fee_cents is None)
    return replace(offer, fee_cents=here.fee_cents) if kept else offer


async def move(actor: Actor | None, found: Found, offer: Offer, wanted: Wanted, *, over: bool = False) -> None:
    """Inside a change, on held calendars, checked by the caller: the row stands there from now on."""
    here = found.appointment
    former = Former(here.staff_id, here.starts_at, here.ends_at)
    row = row_of(offer, wanted, id=here.id, state="scheduled", side=here.made_side,
                 link=await video_link(offer, wanted.staff_id))
    row.overlap_ok, row.note, row.request_id = over, here.note, here.request_id
    row.made_by, row.undo_until = here.made_by, here.undo_until
    await put(row, over=True)
    await Appointment.filter(id=here.id).update(sequence=here.sequence + 1)
    if former == Former(row.staff_id, row.starts_at, row.ends_at):
        await tell(actor, CHANGED, row, found.clients)
        return
    # who had confirmed, confirmed another time
    await Attendance.filter(appointment_id=here.id, state="booked").update(confirmed_at=None)
    if former.staff_id != row.staff_id:
        await _tell_free(actor, here.id, former)
    await tell(actor, MOVED, row, found.clients, free=False, former=former)


async def _tell_free(actor: Actor | None, id: UUID, former: Former) -> None:
    """On the calendar that it left: what is told of the new one names the new practitioner alone."""
    parts = await taken_parts(former.staff_id, id, former.starts_at, former.ends_at, free=True)
    await record(actor, MOVED, parts, subject_id=id)


async def note_by_staff(actor: Actor, id: UUID, version: int | None, note: str) -> int:
    """The note that staff alone read; answers the version it has now. Raises Missing, Forbidden, Conflict
    `changed-meanwhile`."""
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    async with change(actor, "appointment.note"):
        await hold_calendars([found.appointment.staff_id, id])
        found = await changed_by_staff(actor, id, version)
        here = found.appointment
        await Appointment.filter(id=id).update(note=note.strip(), version=here.version + 1)
        await tell(actor, CHANGED, here, found.clients)
        return here.version + 1


def as_it_is(found: Found) -> Wanted:
    """The appointment as something to ask for again, with one thing changed."""
    here = found.appointment
    if here.service_id is None:
        raise Invalid(errors={"service": ["Choose a service first."]})
    minutes = minutes_of(here.starts_at, here.ends_at)
    return Wanted(here.service_id, minutes, here.staff_id, here.starts_at, here.mode, here.location_id, here.room_id)


async def _checked(
    offer: Offer, wanted: Wanted, clients: Sequence[UUID], *, kept: UUID | None = None
) -> list[UUID]:
    """`kept`: where it is already, which may have closed since."""
    chosen = list(dict.fromkeys(clients))
    most = offer.service.capacity
    if not chosen and offer.service.kind != "group":  # a group may wait for whoever books
        raise Invalid(errors={"clients": ["Choose who comes."]})
    if len(chosen) > most:
        raise Invalid(errors={"clients": [f"Of this service at most {most} can come." if most > 1 else
                                          "This service is for one client. Choose one."]})
    if wanted.ends_at - wanted.starts_at > LONGEST:
        raise Invalid(errors={"minutes": ["An appointment lasts 12 hours at most."]})
    if wanted.location_id not in (None, kept) and not await Location.exists(id=wanted.location_id, closed_at=None):
        raise Invalid(errors={"place": ["This place is no longer offered. Choose another one."]})
    if wanted.room_id and await Room.get_or_none(id=wanted.room_id, location_id=wanted.location_id) is None:
        raise Invalid(errors={"room": ["This room is not at that location. Choose another one."]})
    return chosen
