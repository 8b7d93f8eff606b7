"""One conversation, opened: who sits in it, a page of its lines, what the viewer may do there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import profile
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_one
from models.core.settings import settings
from models.messaging.desk import front_desk_staff
from models.messaging.inbox import desk
from models.messaging.keeping import draft_of
from models.messaging.lines import Around, thread_lines
from models.messaging.listening import why_silent
from models.messaging.listing import UNREAD
from models.messaging.looking import Looks, looks_of
from models.messaging.pages import END, Rows, line_position, read_times, rows_after, rows_before
from models.messaging.seats import Sitting
from models.messaging.showing import about, names_the_client, person, title
from models.messaging.views import Colleague, LinesPage, Person, Thread

VIEWED = "You are viewing as somebody else. Leave the view to write."

COUNT = f"SELECT u.unread FROM seat s CROSS JOIN LATERAL ({UNREAD}) u WHERE s.id = $1"


async def thread(actor: Actor, sitting: Sitting, *, around: UUID | None = None, limit: int = 50) -> Thread:
    """The conversation with its latest lines, or those around one (a search hit)."""
    looks = await looks_of(actor)
    page = await _page(actor, sitting, looks, around=around, limit=limit)
    seats, seat = sitting.company, sitting.seat
    newest = seat or sitting.mine[-1]
    why_not = VIEWED if looks.through else await why_silent(sitting)
    return {
        "id": sitting.id, "title": title(seats, looks.viewer),
        "subject": sitting.subject if not looks.through or looks.sits(sitting.seats) else "",
        "about": about(sitting.client_id, sitting.client_name, show=names_the_client(seats, looks)),
        "people": [person(one, looks) for one in seats], "seat": seat.id if seat else None,
        "may_write": not why_not, "why_not": why_not,
        "may_note": actor.desk and seat is not None and sitting.client_id is not None,
        "may_change_people": actor.desk and seat is not None,
        "may_hand_over": actor.desk and seat is not None and seat.kind == "staff"
        and sitting.client_id is not None and sitting.desk_seat is None,
        "unread": await _unread(newest.id), "marked_unread": newest.marked_unread_at is not None,
        "muted": newest.muted_at is not None, "archived": newest.archived_at is not None,
        "draft": "" if looks.through else await draft_of(actor, sitting), "undo_seconds": settings().undo_seconds,
        "desk": desk(vars(sitting), seats, looks) if seat else None,
        "assignable": await _assignable(sitting, looks), "page": page,
        "viewed": looks.through,
        "masked": looks.through and not any(line["kind"] in ("message", "deleted") for line in page["lines"]),
    }


async def people(actor: Actor, sitting: Sitting) -> list[Person]:
    """Everyone who sits there, and who left: for as long as the actor sat with them."""
    looks = await looks_of(actor)
    return [person(one, looks) for one in sitting.seats if any(one.met(mine) for mine in sitting.mine)]


async def lines(
    actor: Actor, sitting: Sitting, *, before: UUID | None = None, after: UUID | None = None,
    around: UUID | None = None, limit: int = 50,
) -> LinesPage:
    """A page of lines alone: the latest, or those before or after a line. Raises Missing for an unknown line."""
    return await _page(actor, sitting, await looks_of(actor), before=before, after=after, around=around, limit=limit)


async def _page(
    actor: Actor, sitting: Sitting, looks: Looks, *, before: UUID | None = None, after: UUID | None = None,
    around: UUID | None = None, limit: int,
) -> LinesPage:
    rows = await _rows(sitting, before=before, after=after, around=around, limit=limit, notes=actor.desk)
    rows = _readable(rows, sitting, looks)
    seat = sitting.seat
    context = Around(
        looks=looks, seats=sitting.seats, times=await _times(sitting, rows), zone=ZoneInfo((await profile()).time_zone),
        undo=timedelta(seconds=settings().undo_seconds), now=now(), administrator=actor.administrator,
        unread_after=seat.read_position if seat and before is None and after is None else None,
        opened=sitting.created_at,
    )
    ids = [row["id"] for _, row in rows.lines]
    return {
        "lines": thread_lines(rows.lines, context, more=(rows.older, rows.newer)),
        "older": ids[0] if rows.older and ids else None,
        "newer": ids[-1] if rows.newer and ids else None,
    }


def _readable(rows: Rows, sitting: Sitting, looks: Looks) -> Rows:
    """Through another person's eyes only what one's own seat sees as well."""
    if not looks.through:
        return rows
    lines = [(note, row) for note, row in rows.lines if looks.reads(sitting.seats, row["position"])]
    return replace(rows, lines=lines)


async def _rows(
    sitting: Sitting, *, before: UUID | None, after: UUID | None, around: UUID | None, limit: int, notes: bool
) -> Rows:
    if after is not None:
        return await rows_after(sitting, await line_position(sitting, after, notes=notes), limit=limit, notes=notes)
    if around is None:
        position = END if before is None else await line_position(sitting, before, notes=notes)
        return await rows_before(sitting, position, limit=limit, notes=notes)
    middle = await line_position(sitting, around, notes=notes)
    earlier = await rows_before(sitting, middle, limit=limit // 2, notes=notes)
    later = await rows_after(sitting, middle - 1, limit=limit - limit // 2, notes=notes)
    return Rows([*earlier.lines, *later.lines], older=earlier.older, newer=later.newer)


async def _times(sitting: Sitting, rows: Rows) -> dict[int, dict[UUID, datetime]]:
    mine = {seat.id for seat in sitting.mine}
    places = [row["position"] for note, row in rows.lines if not note and row["seat_id"] in mine]
    return await read_times(places, [seat.id for seat in sitting.seats if seat.id not in mine])


async def _assignable(sitting: Sitting, looks: Looks) -> list[Colleague]:
    if not looks.viewer.desk or sitting.desk_seat is None:
        return []
    return [{"id": one.id, "name": one.name} for one in await front_desk_staff()]


async def _unread(seat_id: UUID) -> int:
    row = await fetch_one(COUNT, seat_id)
    return int(row["unread"]) if row else 0
