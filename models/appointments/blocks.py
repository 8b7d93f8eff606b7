"""Time that nobody can book: a practitioner's time off, and blocks of a practitioner, a room or the whole practice.

Appointments that lie in it stay, and whoever saves is told of them (left_out.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.details import ensure_administrator, ensure_unchanged
from models.accounts.practices import profile, today_here
from models.appointments.events import BLOCKED
from models.appointments.locking import hold_calendars
from models.appointments.practitioners import ensure_may_make, practitioners
from models.appointments.tables import CalendarBlock, Room
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Part, ToPublic, ToStaff
from models.core.ids import new_id

LONGEST_DAYS, FURTHEST_DAYS, MOST_COMING = 400, 800, 500


@dataclass(frozen=True)
class Away:
    """As a form says it: from the first day to the last, whole days, or from a time of the first to one of the last."""

    kind: str
    first: date
    last: date
    starts: time | None = None
    ends: time | None = None
    title: str = ""
    staff_id: UUID | None = None
    room_id: UUID | None = None


async def coming_blocks(*, staff_id: UUID | None = None) -> list[CalendarBlock]:
    """Those that are not over, in order: of one practitioner; without one, of rooms and of the whole practice."""
    return await CalendarBlock.filter(staff_id=staff_id, ends_at__gt=now()).order_by("starts_at", "id")


async def block_for(actor: Actor, id: UUID) -> CalendarBlock:
    """For whoever may change it. Raises Missing for anybody else."""
    found = await CalendarBlock.get_or_none(id=id)
    own = found is not None and found.staff_id is not None and actor.desk and found.staff_id == actor.staff_id
    if found is None or not (own or actor.administrator):
        missing("block")
    return found


async def add_block(actor: Actor, away: Away) -> CalendarBlock:
    """Raises Forbidden, Invalid with a sentence per field."""
    _ensure_may(actor, away.staff_id)
    starts_at, ends_at = await _checked(away)
    async with change(actor, "block.add"):
        await hold_calendars(await _calendars(away.staff_id, away.room_id))
        if await CalendarBlock.filter(ends_at__gt=now()).count() >= MOST_COMING:
            raise Conflict("too-many-blocks", f"{MOST_COMING} blocks are to come. Take back some that are not needed.")
        made = await CalendarBlock.create(
            id=new_id(), kind=away.kind, staff_id=away.staff_id, room_id=away.room_id, title=_title(away),
            starts_at=starts_at, ends_at=ends_at,
        )
        await _told(actor, made.staff_id)
        return made


async def change_block(actor: Actor, block: CalendarBlock, version: int | None, away: Away) -> None:
    """Its times and title; whose it is stays. Raises Forbidden, Invalid, Conflict `changed-meanwhile`."""
    _ensure_may(actor, block.staff_id)
    starts_at, ends_at = await _checked(away, before=block)
    async with change(actor, "block.change"):
        await hold_calendars(await _calendars(block.staff_id, block.room_id))
        here = await CalendarBlock.get_or_none(id=block.id) or missing("block")
        ensure_unchanged(version, here.version)
        await CalendarBlock.filter(id=here.id).update(
            title=_title(away), starts_at=starts_at, ends_at=ends_at, version=here.version + 1
        )
        await _told(actor, here.staff_id)


async def remove_block(actor: Actor, block: CalendarBlock) -> None:
    """The time can be booked again. Doing it twice changes nothing. Raises Forbidden."""
    _ensure_may(actor, block.staff_id)
    async with change(actor, "block.remove"):
        await hold_calendars(await _calendars(block.staff_id, block.room_id))
        if await CalendarBlock.filter(id=block.id).delete():
            await _told(actor, block.staff_id)


def as_away(block: CalendarBlock, zone: ZoneInfo) -> Away:
    """As a form shows it; whole days without times."""
    starts, ends = block.starts_at.astimezone(zone), block.ends_at.astimezone(zone)
    whole = starts.time() == time() == ends.time()
    last = ends.date() - timedelta(days=1) if whole else ends.date()
    return Away(block.kind, starts.date(), last, None if whole else starts.time(), None if whole else ends.time(),
                block.title, block.staff_id, block.room_id)


def _ensure_may(actor: Actor, staff_id: UUID | None) -> None:
    if staff_id is None:
        ensure_administrator(actor)
    else:
        ensure_may_make(actor, staff_id)


async def _checked(away: Away, *, before: CalendarBlock | None = None) -> tuple[datetime, datetime]:
    wrong: dict[str, list[str]] = {}
    zone, today = ZoneInfo((await profile()).time_zone), await today_here()
    starts_at, ends_at = _moments(away, zone)
    if away.last < away.first:
        wrong["last"] = ["The last day is before the first."]
    elif (away.starts is None) != (away.ends is None):
        wrong["ends" if away.ends is None else "starts"] = ["Give both times, or neither for whole days."]
    elif starts_at >= ends_at:
        wrong["ends"] = ["The end must be later than the beginning."]
    elif (away.last - away.first).days >= LONGEST_DAYS:
        wrong["last"] = [f"{LONGEST_DAYS} days at most."]
    elif ends_at <= now() or away.first > today + timedelta(days=FURTHEST_DAYS):
        wrong["first"] = ["Choose days from today on, within two years."]
    if before is None and away.room_id is not None and not await Room.exists(id=away.room_id, closed_at=None):
        wrong["room"] = ["This room is closed. Choose another one."]
    if before is None and away.staff_id and away.staff_id not in {one.id for one in await practitioners()}:
        wrong["staff"] = ["This person has no calendar here."]
    if wrong:
        raise Invalid(errors=wrong)
    return starts_at, ends_at


def _moments(away: Away, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last = away.last if away.ends else away.last + timedelta(days=1)
    return (datetime.combine(away.first, away.starts or time(), zone),
            datetime.combine(last, away.ends or time(), zone))


async def _calendars(staff_id: UUID | None, room_id: UUID | None) -> list[UUID]:
    """A block of the whole practice is on everybody's calendar."""
    if room_id is not None:
        return [room_id]
    return [staff_id] if staff_id is not None else [one.id for one in await practitioners()]


def _title(away: Away) -> str:
    return " ".join(away.title.split())


async def _told(actor: Actor, staff_id: UUID | None) -> None:
    """Of a room or the whole practice nobody is named."""
    whose = {"practitioner": staff_id} if staff_id is not None else {}
    await record(actor, BLOCKED, [Part([ToStaff()], whose), Part([ToPublic()], whose)], subject_id=staff_id)
