"""Staff fill calendars: book, move, make longer or shorter, put over another on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.appointments.events import BOOKED, MOVED
from models.appointments.finding import Found, changed_by_staff
from models.appointments.locking import hold_calendars
from models.appointments.rights import ensure_clients, ensure_fills
from models.appointments.tables import Appointment, Attendance, Room
from models.appointments.taking import LONGEST, Offer, Wanted, offer_for, overlapping, put, row_of, video_link
from models.appointments.telling import Former, tell
from models.core.actor import Actor
from models.core.change import change
from models.core.errors import Conflict, Invalid
from models.core.ids import new_id


async def book_by_staff(
    actor: Actor, wanted: Wanted, clients: Sequence[UUID], *, overlap_ok: bool = False, note: str = ""
) -> UUID:
    """Returns the appointment's id. Hours, notice and limits are the practice's own and bind nobody here.

    Raises Forbidden for a calendar that is not theirs, Missing for a client or service, Invalid by field, Conflict
    `overlaps` (said again with `overlap_ok` it is put over what stands there).
    """
    await ensure_fills(actor, wanted.staff_id)
    await ensure_clients(actor, clients, wanted.staff_id)
    offer = await offer_for(wanted)
    chosen = await _checked(offer, wanted, clients)
    async with change(actor, "appointment.book"):
        await hold_calendars([wanted.staff_id, *filter(None, [wanted.room_id]), *chosen])
        over = await _ensure_no_overlap(offer, wanted, overlap_ok)
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
) -> None:
    """To another time, practitioner, room, length or way to meet; clients are not asked and nothing is charged.

    Raises as `book_by_staff` does, and Conflict `changed-meanwhile` when it was changed since the page showed
    `version`, `not-coming` for one that is no longer on the calendar.
    """
    found = await changed_by_staff(actor, id, version)
    await ensure_fills(actor, found.appointment.staff_id)
    await ensure_fills(actor, wanted.staff_id)
    offer = await offer_for(wanted)
    await _checked(offer, wanted, found.clients)
    async with change(actor, "appointment.move"):
        here = found.appointment
        await hold_calendars([here.staff_id, wanted.staff_id, *filter(None, [here.room_id, wanted.room_id])])
        found = await changed_by_staff(actor, id, version)
        if found.appointment.state != "scheduled":
            raise Conflict("not-coming", "This appointment is no longer on the calendar. Book a new one.")
        over = await _ensure_no_overlap(offer, wanted, overlap_ok, besides=(id,))
        await move(actor, found, offer, wanted, over=over)


async def move(actor: Actor | None, found: Found, offer: Offer, wanted: Wanted, *, over: bool = False) -> None:
    """Inside a change, on held calendars, checked by the caller: the row stands there from now on."""
    here = found.appointment
    former = Former(here.staff_id, here.starts_at, here.ends_at)
    row = row_of(offer, wanted, id=here.id, state="scheduled", side=here.made_side,
                 link=await video_link(offer, wanted.staff_id))
    row.overlap_ok, row.note, row.request_id = over, here.note, here.request_id
    row.made_by, row.undo_until = here.made_by, here.undo_until
    await put(row, over=True)
    # who had confirmed, confirmed another time
    await Appointment.filter(id=here.id).update(sequence=here.sequence + 1)
    await Attendance.filter(appointment_id=here.id, state="booked").update(confirmed_at=None)
    await tell(actor, MOVED, row, found.clients, free=False, former=former)


def as_it_is(found: Found) -> Wanted:
    """The appointment as something to ask for again, with one thing changed."""
    here = found.appointment
    if here.service_id is None:
        raise Invalid(errors={"service": ["Choose a service first."]})
    minutes = int((here.ends_at - here.starts_at).total_seconds() // 60)
    return Wanted(here.service_id, minutes, here.staff_id, here.starts_at, here.mode, here.location_id, here.room_id)


async def _checked(offer: Offer, wanted: Wanted, clients: Sequence[UUID]) -> list[UUID]:
    chosen = list(dict.fromkeys(clients))
    most = offer.service.capacity
    if not chosen:
        raise Invalid(errors={"clients": ["Choose who comes."]})
    if len(chosen) > most:
        raise Invalid(errors={"clients": [f"Of this service at most {most} can come." if most > 1 else
                                          "This service is for one client. Choose one."]})
    if wanted.ends_at - wanted.starts_at > LONGEST:
        raise Invalid(errors={"minutes": ["An appointment lasts 12 hours at most."]})
    if wanted.room_id and await Room.get_or_none(id=wanted.room_id, location_id=wanted.location_id) is None:
        raise Invalid(errors={"room": ["This room is not at that location. Choose another one."]})
    return chosen


async def _ensure_no_overlap(
    offer: Offer, wanted: Wanted, overlap_ok: bool, besides: Sequence[UUID] = ()
) -> bool:
    """Whether it stands over something on purpose."""
    rows = await overlapping(offer, wanted, besides)
    if rows and not overlap_ok:
        same = any(row["same_practitioner"] for row in rows)
        what = "Something stands at this time already" if same else "The room is taken at this time"
        times = [f"{row['starts_at'].isoformat()}/{row['ends_at'].isoformat()}" for row in rows]
        raise Conflict("overlaps", f"{what}, buffers included. Book it all the same?", errors={"overlaps": times})
    return bool(rows)


