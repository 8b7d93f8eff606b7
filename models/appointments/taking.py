"""Taking a time: the one place where a row comes to stand on a calendar. Callers hold the calendar (locking.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.appointments.availability import Search, free_times, is_free
from models.appointments.tables import Appointment, Offering
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing

LONGEST = timedelta(hours=12)
FRESH = 8  # how many other times somebody is shown whose time was just taken
AHEAD = 14  # days
OVER = "The time is no longer held for you. Choose it again if it is still free."

OFFERED = """SELECT l.fee_cents FROM service_length l
  JOIN service_offer o ON o.service_id = l.service_id AND o.staff_id = $3
  JOIN staff_member m ON m.id = o.staff_id AND m.deactivated_at IS NULL
  WHERE l.service_id = $1 AND l.minutes = $2"""
OFFERS_IT = """SELECT 1 FROM service_offer o JOIN staff_member m ON m.id = o.staff_id AND m.deactivated_at IS NULL
  WHERE o.service_id = $1 AND o.staff_id = $2"""
# What stands there already: of the practitioner, or in the room, with buffers. A proposed time stands until its job
# lets it go: the constraint knows no clock.
OVERLAPPING = """SELECT id, starts_at, ends_at, state, staff_id = $1 AS same_practitioner FROM appointment
  WHERE state IN ('hold', 'requested', 'offered', 'scheduled') AND (staff_id = $1 OR room_id = $2)
  AND starts_at < $4::timestamptz + interval '9 hours' AND starts_at > $3::timestamptz - interval '21 hours'
  AND (state <> 'hold' OR held_until > $8)
  AND busy && tstzrange($3 - make_interval(mins => $5), $4 + make_interval(mins => $6), '[)')
  AND id <> ALL ($7::uuid[]) ORDER BY starts_at"""


@dataclass(frozen=True)
class Wanted:
    """A time that somebody asks for: of this practitioner, from this moment, so many minutes of this service."""

    service_id: UUID
    minutes: int
    staff_id: UUID
    starts_at: datetime
    mode: str = "in-person"
    location_id: UUID | None = None
    room_id: UUID | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def time(self) -> tuple[UUID, datetime, int]:
        """Whose, and from when to when."""
        return self.staff_id, self.starts_at, self.minutes


@dataclass(frozen=True)
class Offer:
    """What is wanted, as the practice offers it."""

    service: Offering
    fee_cents: int | None


async def offer_for(wanted: Wanted, *, by_staff: bool = False, kept: UUID | None = None) -> Offer:
    """The service with this length by this practitioner. `by_staff`: any length, without a fee where none is named for
    it. `kept`: a service that was agreed before may be archived since. Raises Missing for a service that is not there
    or archived, Invalid `minutes`, `practitioner`, `mode` by field."""
    service = await Offering.get_or_none(id=wanted.service_id) or missing("service")
    if service.archived_at is not None and service.id != kept:
        missing("service")
    row = await fetch_one(OFFERED, service.id, wanted.minutes, wanted.staff_id)
    if row is None and not by_staff:
        raise Invalid(errors={"minutes": ["This practitioner does not offer this length. Choose another one."]})
    if row is None and await fetch_one(OFFERS_IT, service.id, wanted.staff_id) is None:
        raise Invalid(errors={"practitioner": [f"This practitioner does not offer {service.name}."]})
    if wanted.mode not in service.modes:
        raise Invalid(errors={"mode": ["This service is not offered that way. Choose another one."]})
    return Offer(service, row["fee_cents"] if row else None)


def books_at_once(offer: Offer, starts_at: datetime, at: datetime) -> bool:
    """Whether nobody has to accept it."""
    service = offer.service
    if service.confirm == "instant-beyond":
        return starts_at - at > timedelta(days=service.instant_beyond_days or 0)
    return bool(service.confirm == "instant")


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds() // 60)


async def ensure_free(offer: Offer, wanted: Wanted, *, besides: UUID | None = None) -> None:
    """For whoever books online: every rule is checked again, on the calendar that is held. Raises Conflict
    `time-taken`, with other times in `errors["times"]`."""
    day = wanted.starts_at.astimezone(ZoneInfo((await profile()).time_zone)).date()
    search = Search(offer.service, wanted.minutes, wanted.mode, (wanted.staff_id,), day, 1, besides=besides)
    if not await is_free(search, wanted.staff_id, wanted.starts_at, wanted.location_id):
        later = Search(offer.service, wanted.minutes, wanted.mode, (wanted.staff_id,), day, AHEAD, besides=besides)
        times = [one.starts_at.isoformat() for one in (await free_times(later))[:FRESH]]
        said = "That time was just taken. These are free." if times else "That time was just taken."
        raise Conflict("time-taken", said, errors={"times": times})


async def overlapping(offer: Offer, wanted: Wanted, besides: Sequence[UUID] = ()) -> list[Row]:
    """Of staff's own booking: what stands there already, holds and requests included."""
    return await fetch_all(
        OVERLAPPING, wanted.staff_id, wanted.room_id, wanted.starts_at, wanted.ends_at,
        offer.service.buffer_before, offer.service.buffer_after, list(besides), now(),
    )


COLUMNS = (
    "state", "staff_id", "service_id", "location_id", "room_id", "mode", "video_link", "starts_at", "ends_at",
    "buffer_before", "buffer_after", "overlap_ok", "kind", "capacity", "fee_cents", "code", "note", "request_id",
    "held_until", "held_by", "hold_secret", "undo_until", "made_by", "made_side",
)
_PLACES = ", ".join(f"${place}" for place in range(2, len(COLUMNS) + 2))
INSERT = f"INSERT INTO appointment (id, {', '.join(COLUMNS)}) VALUES ($1, {_PLACES})"
TURN = f"""UPDATE appointment SET ({', '.join(COLUMNS)}) = ROW({_PLACES}), version = version + 1 WHERE id = $1"""


async def put(row: Appointment, *, over: bool = False) -> Appointment:
    """Write the row; `over`: a hold of the same id becomes it. A raw statement: the database's refusal of an overlap
    (two who never met at a lock) runs the scope again, which then finds the time taken. Raises Conflict `hold-over`
    when there is no such row any more."""
    if not await execute(TURN if over else INSERT, row.id, *(getattr(row, name) for name in COLUMNS)):
        raise Conflict("hold-over", OVER)
    return row


def row_of(offer: Offer, wanted: Wanted, *, id: UUID, state: str, side: str, link: str = "") -> Appointment:
    """The appointment as it will stand there."""
    service = offer.service
    return Appointment(
        id=id, state=state, staff_id=wanted.staff_id, service_id=service.id, location_id=wanted.location_id,
        room_id=wanted.room_id, mode=wanted.mode, video_link=link if wanted.mode == "video" else "",
        starts_at=wanted.starts_at, ends_at=wanted.ends_at, buffer_before=service.buffer_before,
        buffer_after=service.buffer_after, kind=service.kind, capacity=service.capacity, fee_cents=offer.fee_cents,
        code=service.code, made_side=side,
    )


VIDEO = "SELECT video_link FROM practitioner_booking WHERE staff_id = $1"


async def video_link(offer: Offer, staff_id: UUID) -> str:
    """The service's own, else the practitioner's."""
    if offer.service.video_link:
        return offer.service.video_link
    row = await fetch_one(VIDEO, staff_id)
    return str(row["video_link"]) if row else ""


THERE = """SELECT 1 FROM appointment o WHERE o.id <> $1 AND o.state IN ('hold', 'requested', 'offered', 'scheduled')
  AND (o.staff_id = $2 OR o.room_id = $3) AND o.starts_at < $5::timestamptz + interval '9 hours'
  AND o.starts_at > $4::timestamptz - interval '21 hours'
  AND o.busy && (SELECT busy FROM appointment WHERE id = $1) LIMIT 1"""


async def standing_there(row: Appointment) -> bool:
    """Whether another one stands where this appointment, which was cancelled, would come back to."""
    found = await fetch_one(THERE, row.id, row.staff_id, row.room_id, row.starts_at, row.ends_at)
    return found is not None
