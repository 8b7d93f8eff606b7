"""Booking requests: somebody wishes to come, and whoever fills that calendar decides. Until then clients cannot book
the time; staff may book over it and are warned when they accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.appointments.availability import room_for, rooms_at
from models.appointments.events import BOOKED, HOLD_PLACED, HOLD_RELEASED, REQUEST_CHANGED
from models.appointments.moments import OFFER_HOLDS, expire_then
from models.appointments.rights import ensure_fills, filled_by
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.appointments.taking import Wanted, offer_for, overlapping, put, row_of, standing_there, video_link
from models.appointments.telling import taken_parts, tell
from models.appointments.wishes import OPEN, once_held, wished
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.errors import Conflict, Invalid, missing
from models.core.ids import new_id

MOST_OFFERS = 3
TAKEN = "One of these times is taken, or overlaps another one. Choose others."
OVER_IT = "Something else was booked over this time meanwhile. Accept it all the same?"


async def request_for(actor: Actor, id: UUID) -> BookingRequest:
    """For who fills the calendar it is about. Raises Missing."""
    found = await BookingRequest.get_or_none(id=id) or missing("request")
    whose = await filled_by(actor)
    return found if whose is None or (await wished(found)).staff_id in whose else missing("request")


async def handle(actor: Actor, id: UUID, on: bool) -> None:
    """Everybody who sees the queue sees who is handling it; whoever takes it over is the one who is named. Letting go
    of what a colleague took over meanwhile changes nothing."""
    request = await request_for(actor, id)
    async with change(actor, "request.handle"):
        mine = BookingRequest.filter(id=id, state__in=OPEN)
        if not on:
            mine = mine.filter(handled_by=actor.staff_id)
        changed = await mine.update(
            handled_by=actor.staff_id if on else None, handled_since=now() if on else None,
        )
        if changed:
            await _told(actor, request, await wished(request))


async def accept(actor: Actor, id: UUID, *, overlap_ok: bool = False) -> UUID:
    """The wish of a client becomes an appointment. Raises Missing, Conflict `decided`, `newcomer` for one whose record
    is not there yet (newcomers.py takes them in), and `overlaps` when staff booked over it meanwhile."""
    async with change(actor, "request.accept"):
        request, row = await _to_decide(actor, id)
        if request.client_id is None:
            raise Conflict("newcomer", "Add this person as a client first, or choose whose record it is.")
        return await settle(actor, request, row, [request.client_id], overlap_ok=overlap_ok)


async def settle(
    actor: Actor, request: BookingRequest, row: Appointment, clients: Sequence[UUID], *, overlap_ok: bool
) -> UUID:
    """Inside a change, on the held calendar: the wished time is booked for these clients."""
    over = await standing_there(row)
    if over and not overlap_ok:
        raise Conflict("overlaps", OVER_IT)
    await drop_offers(actor, request)
    await Appointment.filter(id=row.id).update(
        state="scheduled", overlap_ok=row.overlap_ok or over, version=row.version + 1, made_at=now()
    )
    await decide(actor, request, "accepted")
    for client_id in clients:
        await Attendance.get_or_create(
            appointment_id=row.id, client_id=client_id,
            defaults={"booked_by": request.login_id, "booked_side": row.made_side, "answers": request.answers},
        )
    await tell(actor, BOOKED, row, clients, free=False)
    await tell(actor, REQUEST_CHANGED, row, clients, ids={"request": request.id})
    return row.id


async def decline(actor: Actor, id: UUID, reply: str = "") -> None:
    """With words for whoever asked. Their time and what was offered are free again."""
    async with change(actor, "request.decline"):
        request, row = await _to_decide(actor, id)
        await end(actor, request, row, "declined", reply=reply.strip()[:2000])


async def offer(actor: Actor, id: UUID, times: Sequence[Wanted], reply: str = "") -> None:
    """Propose up to three other times, each held for 24 hours, in place of those proposed before. Raises Invalid,
    Conflict `overlaps` for a time that is taken."""
    if not 1 <= len(times) <= MOST_OFFERS:
        raise Invalid(errors={"times": ["Propose one to three times."]})
    for one in times:
        await ensure_fills(actor, one.staff_id)
        if one.starts_at <= now():
            raise Invalid(errors={"times": ["Propose times that are still to come."]})
    async with change(actor, "request.offer"):
        rooms = [room for one in times for room in await rooms_at(one.location_id)]
        request, row = await _to_decide(actor, id, also=[*(one.staff_id for one in times), *rooms])
        await drop_offers(actor, request)
        ends = min(now() + OFFER_HOLDS, *(one.starts_at for one in times))
        for one in times:
            await _propose(actor, request, one)
        await BookingRequest.filter(id=id).update(
            state="countered", reply=reply.strip()[:2000], expires_at=ends, version=request.version + 1
        )
        await expire_then(request.id, ends - now(), f"offer:{request.version}")
        clients = [request.client_id] if request.client_id else []
        await tell(actor, REQUEST_CHANGED, row, clients, ids={"request": request.id})


@dataclass(frozen=True)
class Proposed:
    """A time held for the one who asked."""

    id: UUID
    starts_at: datetime
    practitioner: str


async def end(
    actor: Actor | None, request: BookingRequest, row: Appointment, state: str, *, reply: str = ""
) -> None:
    """Inside a change, on held calendars: it comes to nothing, and its times are free."""
    await drop_offers(actor, request)
    await Appointment.filter(id=row.id).update(state="declined", version=row.version + 1)
    await Attendance.filter(appointment_id=row.id).delete()
    await decide(actor, request, state, reply=reply)
    clients = [request.client_id] if request.client_id else []
    await tell(actor, REQUEST_CHANGED, row, clients, free=True, ids={"request": request.id})


async def expire_due(request_id: UUID) -> timedelta | None:
    """The job: a request that nobody decided about lapses, and so do times that nobody took. Looks again later while
    its time has not come."""
    request = await BookingRequest.get_or_none(id=request_id, state__in=OPEN)
    if request is None:
        return None
    if request.expires_at > now():
        return request.expires_at - now()
    async with change(None, "request.expire"):
        try:
            request, row = await once_held(request)
        except Conflict:  # somebody answered while the calendar was waited for
            return None
        if request.expires_at <= now():  # other times were proposed a moment ago: they have their own
            await end(None, request, row, "expired")
    return None


async def decide(actor: Actor | None, request: BookingRequest, state: str, *, reply: str = "") -> None:
    by = actor.staff_id if actor and actor.desk else None
    await BookingRequest.filter(id=request.id).update(
        state=state, decided_at=now(), decided_by=by, version=request.version + 1, **({"reply": reply} if reply else {})
    )


async def drop_offers(actor: Actor | None, request: BookingRequest) -> None:
    """The times that were proposed and not taken are free again."""
    for row in await Appointment.filter(request_id=request.id, state="offered"):
        await Appointment.filter(id=row.id).delete()
        await record_free(actor, row)


async def record_free(actor: Actor | None, row: Appointment) -> None:
    parts = await taken_parts(row.staff_id, row.id, row.starts_at, row.ends_at, free=True)
    await record(actor, HOLD_RELEASED, parts, subject_id=row.id)


async def _propose(actor: Actor, request: BookingRequest, wanted: Wanted) -> None:
    # what was asked for stays what it was, also when its service or length is no longer on offer
    found = await offer_for(wanted, by_staff=True, kept=wanted.service_id)
    if await overlapping(found, wanted):
        raise Conflict("overlaps", TAKEN, errors={"times": [TAKEN]})
    room_id = wanted.room_id
    if room_id is None and wanted.location_id is not None and wanted.mode == "in-person":
        room_id = await room_for(wanted.location_id, wanted.starts_at, wanted.ends_at, found.service.buffer_before,
                                 found.service.buffer_after)
    wanted = Wanted(**{**vars(wanted), "room_id": room_id})
    if await overlapping(found, wanted):
        raise Conflict("overlaps", "One of these times is taken, buffers included. Propose another one.")
    row = row_of(found, wanted, id=new_id(), state="offered", side="desk",
                 link=await video_link(found, wanted.staff_id))
    row.request_id, row.made_by, row.held_until = request.id, actor.login_id, now() + OFFER_HOLDS
    await put(row)
    parts = await taken_parts(row.staff_id, row.id, row.starts_at, row.ends_at, free=False)
    await record(actor, HOLD_PLACED, parts, subject_id=row.id)


async def _to_decide(actor: Actor, id: UUID, also: Sequence[UUID] = ()) -> tuple[BookingRequest, Appointment]:
    return await once_held(await request_for(actor, id), also)


async def _told(actor: Actor, request: BookingRequest, row: Appointment) -> None:
    # who handles it is the desk's own affair
    await tell(actor, REQUEST_CHANGED, row, [], ids={"request": request.id})
