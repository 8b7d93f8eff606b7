"""Time that nobody can book: a practitioner's time off, and blocks of a practitioner, a room or the whole practice.

Appointments that lie in it stay, and whoever saves is told of them (left_out.py). What repeats is a row a time, of one
series: whoever changes or takes back one of them says whether it is that one alone or all that follow as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models.accounts.details import ensure_administrator, ensure_unchanged
from models.accounts.practices import profile, today_here
from models.appointments.block_times import TOO_FAR, Away, as_away, faults, spans
from models.appointments.events import BLOCKED
from models.appointments.locking import hold_calendars
from models.appointments.practitioners import ensure_may_make, practitioners
from models.appointments.tables import CalendarBlock, Room
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Part, ToPublic, ToStaff
from models.core.ids import new_id

MOST_COMING, MOST_TIMES = 500, 10_000

COMING = """SELECT (array_agg(id ORDER BY starts_at, id))[1] AS id, count(*) AS times, max(starts_at) AS last,
    array_agg(DISTINCT extract(isodow FROM starts_at AT TIME ZONE $2)::int - 1) AS weekdays
  FROM calendar_block WHERE staff_id IS NOT DISTINCT FROM $1 AND ends_at > $3 GROUP BY coalesce(series_id, id)"""
COUNTED = """SELECT count(DISTINCT coalesce(series_id, id)) AS blocks, count(*) AS times FROM calendar_block
  WHERE ends_at > $1"""
RETIMED = """UPDATE calendar_block b SET title = $1, series_id = $2, version = b.version + 1, starts_at = n.starts_at,
    ends_at = n.ends_at FROM unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[]) AS n(id, starts_at, ends_at)
  WHERE b.id = n.id"""

Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Coming:
    """A block that is not over, or the next time of one that repeats, with how many are to come, when the last of them
    begins, and on which weekdays of the practice's clock they are (Monday is 0)."""

    block: CalendarBlock
    times: int
    last: datetime
    weekdays: Sequence[int]


async def coming_blocks(*, staff_id: UUID | None = None) -> list[Coming]:
    """In order: of one practitioner; without one, of rooms and of the whole practice."""
    rows = await fetch_all(COMING, staff_id, (await profile()).time_zone, now())
    blocks = {one.id: one for one in await CalendarBlock.filter(id__in=[row["id"] for row in rows])}
    found = [Coming(blocks[row["id"]], row["times"], row["last"], row["weekdays"]) for row in rows]
    return sorted(found, key=lambda one: (one.block.starts_at, one.block.id))


async def block_for(actor: Actor, id: UUID) -> CalendarBlock:
    """For whoever may change it. Raises Missing for anybody else."""
    found = await CalendarBlock.get_or_none(id=id)
    own = found is not None and found.staff_id is not None and actor.desk and found.staff_id == actor.staff_id
    if found is None or not (own or actor.administrator):
        missing("block")
    return found


async def add_block(actor: Actor, away: Away) -> CalendarBlock:
    """Returns the first of those that repeat. Raises Forbidden, Invalid with a sentence per field."""
    _ensure_may(actor, away.staff_id)
    times = await _checked(away)
    async with change(actor, "block.add"):
        await hold_calendars(await _calendars(away.staff_id, away.room_id))
        await _ensure_not_too_many(len(times))
        series = {"series_id": new_id(), "every_weeks": away.every_weeks} if away.every_weeks else {}
        made = [
            CalendarBlock(id=new_id(), kind=away.kind, staff_id=away.staff_id, room_id=away.room_id,
                          title=_title(away), starts_at=starts_at, ends_at=ends_at, **series)
            for starts_at, ends_at in times
        ]
        await CalendarBlock.bulk_create(made)
        await _told(actor, away.staff_id)
        return made[0]


async def change_block(
    actor: Actor, block: CalendarBlock, version: int | None, away: Away, *, following: bool = False
) -> None:
    """Its times and title; whose it is stays. One of those that repeat stands alone from then on, unless it is changed
    with all that follow: they keep their days. Raises Forbidden, Invalid, Conflict `changed-meanwhile`."""
    _ensure_may(actor, block.staff_id)
    [(starts_at, ends_at)] = await _checked(replace(away, every_weeks=None), before=block)
    async with change(actor, "block.change"):
        await hold_calendars(await _calendars(block.staff_id, block.room_id))
        here = await CalendarBlock.get_or_none(id=block.id) or missing("block")
        ensure_unchanged(version, here.version)
        if following and here.series_id is not None:
            await _change_following(here, away)
        else:
            await CalendarBlock.filter(id=here.id).update(
                title=_title(away), starts_at=starts_at, ends_at=ends_at, version=here.version + 1, series_id=None,
                every_weeks=None,
            )
        await _told(actor, here.staff_id)


async def remove_block(actor: Actor, block: CalendarBlock, *, following: bool = False) -> None:
    """The time can be booked again. Doing it twice changes nothing. Raises Forbidden."""
    _ensure_may(actor, block.staff_id)
    async with change(actor, "block.remove"):
        await hold_calendars(await _calendars(block.staff_id, block.room_id))
        here = await CalendarBlock.get_or_none(id=block.id)
        gone = [one.id for one in await _following(here)] if here and following else [block.id]
        if await CalendarBlock.filter(id__in=gone).delete():
            await _told(actor, block.staff_id)


def _ensure_may(actor: Actor, staff_id: UUID | None) -> None:
    if staff_id is None:
        ensure_administrator(actor)
    else:
        ensure_may_make(actor, staff_id)


async def _checked(away: Away, *, before: CalendarBlock | None = None) -> Spans:
    wrong = faults(away, await today_here())
    if before is None and away.room_id is not None and not await Room.exists(id=away.room_id, closed_at=None):
        wrong["room"] = ["This room is closed. Choose another one."]
    if before is None and away.staff_id and away.staff_id not in {one.id for one in await practitioners()}:
        wrong["staff"] = ["This person has no calendar here."]
    if wrong:
        raise Invalid(errors=wrong)
    found = spans(away, await zone_here())
    if not found:
        raise Invalid(errors={"starts": ["There is no such time on that day: the clocks are changed."]})
    coming = [one for one in found if one[1] > now()]
    if not coming:
        raise Invalid(errors={"first": [TOO_FAR]})
    return coming


async def _ensure_not_too_many(more: int) -> None:
    there = await fetch_one(COUNTED, now())
    if there and (there["blocks"] >= MOST_COMING or there["times"] + more > MOST_TIMES):
        raise Conflict("too-many-blocks", f"{there['times']} times are blocked. Take back some that are not needed.")


async def _following(here: CalendarBlock) -> list[CalendarBlock]:
    """It and those of its series after it; alone where it has none."""
    if here.series_id is None:
        return [here]
    return await CalendarBlock.filter(series_id=here.series_id, starts_at__gte=here.starts_at)


async def _change_following(here: CalendarBlock, away: Away) -> None:
    """They are a series of their own: what was before keeps its times. One that the clocks leave out is gone."""
    zone, changed, gone = await zone_here(), list[tuple[UUID, datetime, datetime]](), list[UUID]()
    if not away.first == away.last == as_away(here, zone).first:
        said = "The day of one alone can be changed. For other days take these back, then add them anew."
        raise Invalid(errors={"first": [said]})
    for one in await _following(here):
        day = as_away(one, zone).first
        if times := spans(replace(away, first=day, last=day, every_weeks=None), zone):
            changed.append((one.id, *times[0]))
        else:
            gone.append(one.id)
    ids, starts, ends = zip(*changed, strict=True)
    await execute(RETIMED, _title(away), new_id(), list(ids), list(starts), list(ends))
    await CalendarBlock.filter(id__in=gone).delete()


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
