"""Holding a time while somebody fills in a form: a row under the same constraint, for five minutes, for fifteen once an
address is given. A visitor who is not signed in proves theirs by a secret that only their page knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import compare_digest
from uuid import UUID

from models.appointments.availability import room_for, rooms_at
from models.appointments.events import HOLD_PLACED, HOLD_RELEASED
from models.appointments.locking import hold_calendars
from models.appointments.sessions import Session, session_or_free
from models.appointments.tables import Appointment
from models.appointments.taking import OVER, Offer, Wanted, put, row_of
from models.appointments.telling import taken_parts
from models.core.actor import Actor
from models.core.change import change, enqueue, record
from models.core.clock import now
from models.core.database import fetch_one
from models.core.errors import Conflict
from models.core.ids import new_id, new_token, token_hash

BRIEFLY = timedelta(minutes=5)
WITH_ADDRESS = timedelta(minutes=15)
MOST_AT_ONCE = 3
RELEASE = "hold.release"
OWN_THEN = """SELECT id FROM appointment WHERE state = 'hold' AND held_by = $1 AND staff_id = ANY ($2)
  AND starts_at = $3 AND held_until > $4 LIMIT 1"""


@dataclass(frozen=True)
class Hold:
    """`secret`: only for visitors; it is told once and kept as a hash. `instead`: another one was let go for it."""

    id: UUID
    until: datetime
    secret: str = ""
    instead: bool = False


async def place(
    actor: Actor | None, offer: Offer, wanted: Wanted, *, instead_of: UUID | None = None, secret: str = ""
) -> Hold:
    """Hold this time; the one that the same person held before (`instead_of`) is let go. For a portal person, or for a
    visitor (None). Doors check that booking is open to them. Raises Conflict `time-taken` with other times."""
    client_id = actor.access.client_id if actor and actor.access else None
    # who is late hears it without waiting for the calendar
    mine = await own_hold_then(actor, [wanted.staff_id], wanted.starts_at)
    await session_or_free(offer, wanted, client_id, besides=mine or instead_of)
    async with change(actor, "hold.place"):
        await hold_calendars([wanted.staff_id, *await rooms_at(wanted.location_id)])
        mine = await own_hold_then(actor, [wanted.staff_id], wanted.starts_at)
        older = [await _held(actor, id, secret) for id in {instead_of, mine} if id]
        instead = any([await _let_go(actor, row) for row in older])
        if actor is not None:
            await _let_others_go(actor)
        if (session := await session_or_free(offer, wanted, client_id)) is not None:
            return replace(await _write(actor, offer, wanted, session), instead=instead)
        room_id = None
        if wanted.location_id is not None and wanted.mode == "in-person":
            service = offer.service
            room_id = await room_for(wanted.location_id, wanted.starts_at, wanted.ends_at, service.buffer_before,
                                     service.buffer_after)
        made = await _write(actor, offer, Wanted(**{**vars(wanted), "room_id": room_id}))
        return replace(made, instead=instead)


async def keep(actor: Actor | None, hold_id: UUID, secret: str = "") -> Hold:
    """Fifteen minutes from now, once: an address was given. Raises Conflict `hold-over`."""
    async with change(actor, "hold.keep"):
        row = await _held(actor, hold_id, secret) or _over()
        until = max(row.made_at + WITH_ADDRESS, row.held_until or row.made_at)
        await Appointment.filter(id=row.id).update(held_until=until)
        return Hold(row.id, until)


async def release(actor: Actor | None, hold_id: UUID, secret: str = "") -> bool:
    """The page was left. Answers whether it was theirs and not over already."""
    async with change(actor, "hold.release"):
        return await _let_go(actor, await _held(actor, hold_id, secret))


async def own_hold(actor: Actor | None, hold_id: UUID, secret: str = "") -> UUID:
    """The id of a hold that is this person's and not over; raises Conflict `hold-over`."""
    return (await _held(actor, hold_id, secret) or _over()).id


async def ends_at(actor: Actor | None, hold_id: UUID, secret: str = "") -> datetime | None:
    """How long this person's hold lasts; None when it is over, or somebody else's."""
    row = await _held(actor, hold_id, secret)
    return row.held_until if row else None


async def own_hold_then(actor: Actor | None, staff: Sequence[UUID], starts_at: datetime) -> UUID | None:
    """What this person holds of one of these practitioners at this very time, from another tab or before the page was
    loaded anew: it stands in nobody's own way. A visitor is known by a secret alone."""
    if actor is None:
        return None
    row = await fetch_one(OWN_THEN, actor.login_id, list(staff), starts_at, now())
    return row["id"] if row else None


async def release_due(hold_id: UUID) -> timedelta | None:
    """The job: let it go when its time is up, else look again then."""
    row = await Appointment.get_or_none(id=hold_id, state="hold")
    if row is None or row.held_until is None:
        return None
    if row.held_until > now():
        return row.held_until - now()
    async with change(None, "hold.release"):
        await hold_calendars([row.staff_id])  # lets every expired hold there go
    return None


async def _write(actor: Actor | None, offer: Offer, wanted: Wanted, session: Session | None = None) -> Hold:
    """`session`: a place of it is held, over the time that it takes itself."""
    secret = "" if actor else new_token()
    row = row_of(offer, wanted, id=new_id(), state="hold", side="portal" if actor else "public")
    row.held_until, row.held_by = now() + BRIEFLY, actor.login_id if actor else None
    row.hold_secret, row.overlap_ok = token_hash(secret) if secret else None, session is not None
    await put(row)
    free = session is not None and session.places > 1
    parts = await taken_parts(row.staff_id, row.id, row.starts_at, row.ends_at, free=free)
    await record(actor, HOLD_PLACED, parts, subject_id=row.id)
    await enqueue(RELEASE, {"hold": row.id}, after=BRIEFLY, key=f"{RELEASE}:{row.id}")
    return Hold(row.id, row.held_until, secret)


async def _held(actor: Actor | None, hold_id: UUID, secret: str) -> Appointment | None:
    row = await Appointment.get_or_none(id=hold_id, state="hold")
    if row is None or row.held_until is None or row.held_until <= now():
        return None
    if actor is not None:
        return row if row.held_by == actor.login_id else None
    return row if row.hold_secret and compare_digest(bytes(row.hold_secret), token_hash(secret)) else None


async def _let_others_go(actor: Actor) -> None:
    """Nobody chooses in more than three windows: the times of older ones are for others again."""
    held = Appointment.filter(state="hold", held_by=actor.login_id, held_until__gt=now()).order_by("-made_at", "-id")
    for row in (await held)[MOST_AT_ONCE - 1 :]:
        await _let_go(actor, row)


async def _let_go(actor: Actor | None, row: Appointment | None) -> bool:
    if row is None or not await Appointment.filter(id=row.id, state="hold").delete():
        return False
    parts = await taken_parts(row.staff_id, row.id, row.starts_at, row.ends_at, free=True)
    await record(actor, HOLD_RELEASED, parts, subject_id=row.id)
    return True


def _over() -> Appointment:
    raise Conflict("hold-over", OVER)
