"""Doors for time that nobody can book: time off and blocks of a practitioner, a room, the whole practice."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts.practices import today_here
from models.appointments import blocks
from models.appointments.block_times import Away, as_away
from models.appointments.left_out import touched_by
from models.appointments.practitioners import practitioners
from models.appointments.rooms import open_rooms
from models.appointments.settings_asks import RemoveBlock, SetBlock
from models.appointments.tables import CalendarBlock
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.errors import Invalid
from server.door import STAFF, Done, Page, get, post
from server.shown_blocks import block_line

HERE = "/staff/blocks"
EVERYBODYS = "/staff/settings/availability"


async def again_new(actor: Actor) -> Page:
    """The form alone, with what was typed."""
    return await _form(actor, None)


@post(HERE, allow=STAFF, body=SetBlock, key="block.add", again=again_new)
async def add_block(actor: Actor, body: SetBlock) -> Done:
    """Of oneself; administrators of anybody, a room or the whole practice. Once, or week after week."""
    made = await blocks.add_block(actor, _away(body))
    return Done({"block": made.id, "inside": await touched_by(made)}, see=_back(made.staff_id, "block"))


@get(f"{HERE}/<uuid:id>", allow=STAFF)
async def block_page(actor: Actor, id: UUID) -> Page:
    return await _form(actor, await blocks.block_for(actor, id))


@post(f"{HERE}/<uuid:id>", allow=STAFF, body=SetBlock, again=block_page)
async def change_block(actor: Actor, id: UUID, body: SetBlock) -> Done:
    """Its times and title; whose it is stays."""
    block = await blocks.block_for(actor, id)
    following = body.which == "following"
    await blocks.change_block(actor, block, body.version, _away(body), following=following)
    return Done(see=_back(block.staff_id, "block"))


@post(f"{HERE}/<uuid:id>/remove", allow=STAFF, body=RemoveBlock)
async def remove_block(actor: Actor, id: UUID, body: RemoveBlock) -> Done:
    """The time can be booked again."""
    block = await blocks.block_for(actor, id)
    await blocks.remove_block(actor, block, following=body.which == "following")
    return Done(see=_back(block.staff_id, "unblocked"))


def _away(body: SetBlock) -> Away:
    wrong = {}
    if body.first is None:
        wrong["first"] = ["Choose the day."]
    if body.what == "practitioner" and body.staff is None:
        wrong["staff"] = ["Choose the practitioner."]
    if body.what == "room" and body.room is None:
        wrong["room"] = ["Choose the room."]
    if wrong or body.first is None:
        raise Invalid(errors=wrong)
    return Away(
        body.kind if body.what == "practitioner" else "block", body.first, body.last or body.first, body.starts,
        body.ends, body.title, body.staff if body.what == "practitioner" else None,
        body.room if body.what == "room" else None, body.every or None, body.weekday, body.until,
    )


async def _form(actor: Actor, block: CalendarBlock | None) -> Page:
    zone, staff = await zone_here(), await practitioners()
    shown: dict[str, Any] = vars(as_away(block, zone)) if block else {}
    whose, series = (await _whose(block), await _series(block, zone)) if block else ("", None)
    json = {"id": block.id, **shown, "version": block.version, "series": series} if block else {}
    return Page(
        "appointments/block.html", json=json, block=block, away=shown, series=series, whose=whose,
        today=await today_here(),
        staff=[(str(one.id), one.name) for one in staff if actor.administrator or one.id == actor.staff_id],
        rooms=[(str(one.id), f"{place}: {one.name}") for one, place in await open_rooms()],
        back=_back(block.staff_id if block else None, ""), key=uuid4(),
        current="settings" if actor.administrator else "hours",
    )


async def _series(block: CalendarBlock, zone: ZoneInfo) -> dict[str, Any] | None:
    """What it repeats with, if it does."""
    if block.series_id is None:
        return None
    coming = await blocks.coming_blocks(staff_id=block.staff_id)
    return next((block_line(one, zone) for one in coming if one.block.series_id == block.series_id), None)


async def _whose(block: CalendarBlock) -> str:
    if block.room_id:
        return next((f"{place}: {one.name}" for one, place in await open_rooms() if one.id == block.room_id), "A room")
    if block.staff_id:
        return next((one.name for one in await practitioners() if one.id == block.staff_id), "A practitioner")
    return "The whole practice"


def _back(staff_id: UUID | None, done: str) -> str:
    page = f"/staff/hours/{staff_id}" if staff_id else EVERYBODYS
    return f"{page}?done={done}" if done else page
