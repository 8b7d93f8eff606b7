"""Dragged in the calendar, by a mouse or a finger: of two who move the same nobody loses anything."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import expect

from models.appointments.tables import Room
from models.core.database import execute
from models.core.ids import new_id
from tests.browser.diary import (
    NEW_YORK,
    above,
    across,
    beneath,
    drag,
    entry,
    hold,
    look,
    onto,
    place,
    was_highlighted,
    watch_highlights,
)


async def test_by_room_everybody_sees_what_is_taken_and_who_comes_is_led_to_another(window, cast, diary):
    """A call takes no room, and is led to none."""
    async def furnish() -> UUID:
        await execute("UPDATE service SET modes = '{in-person,phone}'")
        return (await Room.create(id=new_id(), location_id=diary.place.id, name="Attic")).id

    attic, id = await cast.inside(furnish), await diary.book(9)
    call = await diary.book(11, "teen")
    await cast.inside(lambda: execute("UPDATE appointment SET location_id = $1, room_id = $2 WHERE id = $3",
                                      diary.place.id, diary.room.id, id))
    await cast.inside(lambda: execute("UPDATE appointment SET mode = 'phone' WHERE id = $1", call))
    await cast.inside(lambda: execute("UPDATE assignment SET ended_at = now()"))
    ruth = await window(cast, "owner", f"{diary.path()}&by=room")
    tess = await window(cast, "frontdesk", f"{diary.path()}&by=room")
    await expect(tess.page.locator("practice-calendar[ready]")).to_be_attached()
    await tess.hear_toasts()
    await expect(ruth.page.locator("[data-entry][title^='9:00 AM to 9:50 AM, Busy']")).to_have_count(1)
    assert await beneath(ruth, "Busy", "Room 2")
    await across(tess, "Leo Marsh", "Attic")
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)
    await watch_highlights(ruth, "Busy")
    await across(tess, "Ana Beltrán", "Attic")
    await tess.told("Moved to .* 9:")
    assert (await diary.row(id)).room_id == attic and (await diary.row(call)).room_id is None
    await was_highlighted(ruth)
    assert await beneath(ruth, "Busy", "Attic")


@pytest.mark.parametrize("heard", [False, True])
async def test_two_who_drag_the_same_appointment_the_second_is_told_and_nothing_is_lost(window, diary, heard):
    """Also where their page knows already what the first did: it was not so when they took it up."""
    id = await diary.book(9)
    tess, maya = await look(window, diary), await look(window, diary, "practitioner")
    third = await look(window, diary)
    await expect(entry(third, "Ana Beltrán")).to_have_count(1)
    if not heard:
        await maya.page.route("**/calendar/entries?*only=*", lambda route: route.abort())
    await hold(maya, "Ana Beltrán", 90)
    await drag(tess, "Ana Beltrán", 140)
    await tess.told("Moved to")
    if heard:
        await expect(maya.page.locator("[data-announce]")).to_contain_text("Moved by Tess")
    await maya.page.mouse.up()
    await expect(maya.page.get_by_role("dialog")).to_contain_text("Somebody changed this appointment")
    await maya.page.unroute_all()
    await maya.page.get_by_role("button", name="Close").click()
    row = await diary.row(id)
    assert row.version == 2 and row.starts_at > diary.at(9)
    when = f"{row.starts_at.astimezone(NEW_YORK):%-I:%M %p}"
    for desk in (tess, maya, third):
        await expect(desk.page.locator(f"[data-entry][title^='{when}']")).to_have_count(1)


async def test_a_move_is_undone_where_it_was_made(window, diary):
    id = await diary.book(9)
    tess = await look(window, diary)
    await drag(tess, "Ana Beltrán", 140)
    await tess.page.get_by_role("button", name="Undo").click()
    await tess.told("Back where it was")
    await expect(tess.page.locator("[data-entry][title^='9:00 AM']")).to_have_count(1)
    assert (await diary.row(id)).starts_at == diary.at(9)


async def test_over_something_it_is_asked_first_and_then_marked(window, diary):
    first, second = await diary.book(9), await diary.book(11, "teen")
    tess = await look(window, diary)
    await onto(tess, "Ana Beltrán", "Leo Marsh")
    await tess.page.get_by_role("button", name="Leave it where it was").click()
    await expect(tess.page.get_by_role("dialog")).to_have_count(0)
    await above(tess, "Ana Beltrán", "Leo Marsh")
    await expect(tess.page.locator("[data-entry][title^='9:00 AM']")).to_have_count(1)
    await onto(tess, "Ana Beltrán", "Leo Marsh")
    await tess.page.get_by_role("button", name="Book it all the same").click()
    await expect(entry(tess, "Over another")).to_have_count(1)
    assert (await diary.row(first)).overlap_ok and not (await diary.row(second)).overlap_ok


async def test_to_another_column_is_to_another_practitioner_and_only_where_one_fills(window, cast, diary):
    id = await diary.book(9)
    tess = await look(window, diary)
    await across(tess, "Ana Beltrán", "Jonas Lindqvist")
    await tess.told("Moved to")
    assert (await diary.row(id)).staff_id == cast.staff["owner"]
    await expect(tess.page.locator("[data-entry][title*='with Jonas Lindqvist']")).to_have_count(1)
    jonas = await look(window, diary, "owner")
    await across(jonas, "Ana Beltrán", "Maya Okafor")
    await expect(jonas.page.locator("[data-entry][title*='with Jonas Lindqvist']")).to_have_count(1)
    assert (await diary.row(id)).staff_id == cast.staff["owner"]


async def test_its_lower_edge_makes_it_longer(window, diary):
    id = await diary.book(9)
    tess = await look(window, diary)
    box = await place(entry(tess, "Ana Beltrán"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 2
    await tess.page.mouse.move(x, y)
    await tess.page.mouse.down()
    for step in range(1, 9):
        await tess.page.mouse.move(x, y + 40 * step / 8)
    await tess.page.mouse.up()
    await tess.told("Moved to")
    row = await diary.row(id)
    assert row.starts_at == diary.at(9) and row.ends_at - row.starts_at > timedelta(minutes=60)


async def test_on_a_phone_one_calendar_is_a_day_in_which_a_finger_moves(window, cast, diary):
    id = await diary.book(9)
    await diary.book(11, "teen", of="owner")
    tess = await look(window, diary, width=390, has_touch=True, is_mobile=True)
    await expect(entry(tess, "Leo Marsh")).to_contain_text("11:00 AM to 11:50 AM")  # two calendars are a list
    await tess.go(f"{diary.path()}&practitioners={cast.staff['practitioner']}")
    await expect(tess.page.get_by_role("columnheader", name="Maya Okafor")).to_be_visible()
    await tess.hear_toasts()
    box, line = await place(entry(tess, "Ana Beltrán")), await tess.context.new_cdp_session(tess.page)
    point = {"x": box["x"] + 60, "y": box["y"] + 12}
    await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(entry(tess, "Ana Beltrán")).to_have_count(2)  # held long enough: it is taken up
    for step in range(1, 9):
        moved = {**point, "y": point["y"] + 12 * step}
        await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await tess.told("Moved to")
    assert (await diary.row(id)).starts_at > diary.at(9)
