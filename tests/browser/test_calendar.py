"""The calendar staff keep open: what others do appears by itself; days, filters and paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from playwright.async_api import expect

from models.appointments import booking, cancelling, filling
from models.appointments.events import BLOCKED, HOURS
from models.appointments.tables import CalendarBlock
from models.appointments.taking import Wanted
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from tests.appointments.conftest import offer
from tests.browser.diary import NEW_YORK, below, beneath, entry, look, place
from tests.browser.window import axe
from tests.support.standing import stands

NOTHING_IS_CUT_OFF = """() => {
    const scrolls = (one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowY)
    const parts = [...document.querySelector("[data-grid]").querySelectorAll("*")]
    return !parts.some((one) => one.scrollHeight > one.clientHeight + 2 && scrolls(one))
}"""


async def test_what_others_book_move_and_hold_appears_by_itself_with_who_did_it(window, cast, diary):
    tess, ruth = await look(window, diary), await look(window, diary, "owner")
    id = await diary.book(9, by="practitioner")
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Booked by Maya")
    await expect(entry(ruth, "Busy")).to_have_count(1)
    before = await place(entry(tess, "Ana Beltrán"))
    await diary.move(id, 14, by="practitioner")
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Moved by Maya")
    await below(tess, "Ana Beltrán", before["y"] + 100)
    maya = await cast.actor("practitioner")
    await cast.inside(lambda: cancelling.cancel_by_staff(maya, id, [cast.clients["client"]]))
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Cancelled by Maya")
    await expect(entry(tess, "Ana Beltrán")).to_have_class(re.compile("gone"))
    await expect(entry(ruth, "Busy")).to_have_count(0)
    assert not stands("Ana", await ruth.wires())


async def test_a_client_books_and_the_front_desk_and_another_client_see_it(window, cast, diary):
    """And what a third one asks for."""
    await cast.inside(lambda: execute("UPDATE service SET bookable = 'existing', confirm = 'instant'"))
    await cast.inside(lambda: offer(diary.service, cast.staff["practitioner"]))
    diary.day += timedelta(weeks=1)  # no notice reaches it
    times = f"/appointments/book?service={diary.service.id}&practitioner={cast.staff['practitioner']}"
    tess = await look(window, diary)
    ana, leo = [await window(cast, who, f"{times}&day={diary.day}&mode=in-person") for who in ("client", "teen")]
    await ana.page.locator("button.slot", has_text="10:00 AM").click()
    await expect(entry(tess, "Being chosen")).to_have_count(1)
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Just booked online")
    await expect(entry(tess, "Being chosen")).to_have_count(0)
    await expect(leo.page.locator("button.slot", has_text="10:00 AM")).to_contain_text("Just taken")
    await ana.live()
    await ana.page.get_by_role("button", name="Take it back").click()
    await expect(entry(tess, "Ana Beltrán")).to_have_class(re.compile("gone"))
    await expect(leo.page.locator("button.slot", has_text="10:00 AM")).not_to_have_attribute("aria-disabled", "true")
    assert not stands("Ana", await leo.wires())
    await cast.inside(lambda: execute("UPDATE service SET confirm = 'request'"))
    teen, asked = await cast.actor("teen"), replace(diary.wanted(15), location_id=diary.place.id)
    await cast.inside(lambda: booking.book(teen, asked))
    await expect(entry(tess, "Leo Marsh")).to_contain_text("Asked for online")
    await expect(entry(tess, "Leo Marsh")).to_have_class(re.compile("asked"))


async def test_the_calendar_is_fit_for_everybody(window, diary, axe_source):
    await diary.book(9)
    await diary.book(11, "teen", of="owner")
    for width in (390, 1280):
        tess = await look(window, diary, width=width)
        for view in ("day", "week", "month", "list"):  # by their keys
            await tess.page.keyboard.press(view[0])
            drawn = {"day": "list" if width == 390 else "lanes"}.get(view, view)
            await expect(tess.page.locator("[data-grid]")).to_have_attribute("data-view", drawn)
            await expect(tess.page.locator(f"button[data-view={view}][aria-pressed=true]")).to_have_count(1)
            await expect(entry(tess, "Ana Beltrán")).to_have_count(1)
            assert await axe(tess, axe_source) == [], (view, width)
            assert await tess.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await entry(tess, "Ana Beltrán").press("Enter")
    await expect(tess.page.get_by_role("dialog")).to_contain_text("Who comes")
    assert await axe(tess, axe_source) == []
    await tess.page.keyboard.press("Escape")
    await tess.page.keyboard.press("n")
    await tess.page.get_by_label("Practitioner", exact=True).select_option(label="Maya Okafor")
    await expect(tess.page.get_by_role("dialog").get_by_role("button", name="10:00 AM", exact=True)).to_be_visible()
    assert await axe(tess, axe_source) == []


async def test_while_many_book_and_move_nothing_is_missed_and_no_page_loads_anew(window, diary):
    desks = [await look(window, diary, view="week") for _ in range(2)] + [await look(window, diary, "practitioner")]
    for desk in desks:
        await desk.page.evaluate("window.stays = true")
    ids = [await diary.book(hour, client) for hour in range(8, 18) for client in ("client",)]
    for id, hour in zip(ids[:5], range(19, 24), strict=True):
        await diary.move(id, hour)
    await desks[1].context.set_offline(True)
    for id, hour in zip(ids[5:], range(1, 6), strict=True):
        await diary.move(id, hour)
    await desks[1].context.set_offline(False)
    hours = [*range(19, 24), *range(1, 6)]
    for desk in desks:
        for hour in hours:
            at = f"{diary.at(hour):%-I:%M %p}"
            await expect(desk.page.locator(f"[data-entry][title^='{at} ']")).to_have_count(1, timeout=20_000)
        await expect(entry(desk, "Ana Beltrán")).to_have_count(len(hours))
        assert await desk.page.evaluate("window.stays") is True


async def test_todays_agenda_follows_by_itself(window, cast, diary):
    maya = await window(cast, "practitioner", "/today")
    day = maya.page.get_by_role("region", name="Your day")
    await expect(day).to_contain_text("Nothing stands on your calendar today")
    actor, soon = await cast.actor("frontdesk"), now() + timedelta(minutes=1)
    if soon.astimezone(NEW_YORK).date() == now().astimezone(NEW_YORK).date():
        wanted = Wanted(diary.service.id, 50, cast.staff["practitioner"], soon)
        clients = [cast.clients["client"]]
        await cast.inside(lambda: filling.book_by_staff(actor, wanted, clients, overlap_ok=True))
        await expect(day).to_contain_text("Ana Beltrán")


async def test_keys_lead_through_days_back_comes_back_and_paper_shows_the_whole_day(window, cast, diary):
    """Time off of several days hatches its own column alone."""
    days = {"starts_at": diary.at(0) - timedelta(days=1), "ends_at": diary.at(0) + timedelta(days=3)}
    off = {"kind": "time-off", "title": "Course", "staff_id": cast.staff["owner"], **days}
    await cast.inside(lambda: CalendarBlock.create(id=new_id(), **off))
    await diary.book(9)
    tess, title = await look(window, diary), f"{diary.day:%A, %B %-d}"
    await expect(tess.page.locator(".shade.away")).to_have_count(1)
    assert await beneath(tess, "Course", "Jonas Lindqvist", ".shade")
    await tess.page.keyboard.press("j")
    await expect(tess.page.get_by_role("heading", level=1)).not_to_have_text(title)
    await expect(entry(tess, "Ana Beltrán")).to_have_count(0)
    await tess.page.keyboard.press("k")
    await expect(entry(tess, "Ana Beltrán")).to_have_count(1)
    await tess.page.keyboard.press("t")
    await expect(tess.page.get_by_label("Go to a day")).to_have_value(f"{now().astimezone(NEW_YORK):%Y-%m-%d}")
    await tess.page.go_back()
    await expect(tess.page.get_by_role("heading", level=1)).to_have_text(title)
    await expect(entry(tess, "Ana Beltrán")).to_have_count(1)
    await tess.page.emulate_media(media="print", color_scheme="dark")
    await expect(tess.page.get_by_role("navigation", name="Main")).to_be_hidden()
    await expect(tess.page.get_by_role("button", name="Filters")).to_be_hidden()
    await expect(tess.page.locator("[data-grid]")).to_be_visible()
    await tess.page.wait_for_function(NOTHING_IS_CUT_OFF)  # the grid itself hears of paper a moment later


async def test_filters_stand_in_the_address_as_ids_and_are_kept(window, cast, diary):
    await diary.book(9)
    await diary.book(11, "teen", of="owner")
    tess = await look(window, diary)
    await tess.page.get_by_role("button", name="Filters").click()
    await tess.page.get_by_label("Jonas Lindqvist").check()
    await expect(entry(tess, "Ana Beltrán")).to_have_count(0)
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)
    assert f"practitioners={cast.staff['owner']}" in tess.page.url and "Jonas" not in tess.page.url
    await tess.reload()
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)
    await expect(entry(tess, "Ana Beltrán")).to_have_count(0)
    await tess.go("/calendar")
    await expect(tess.page.get_by_role("button", name="Filters, 1 on")).to_be_visible()
    await tess.go(diary.path())
    await expect(entry(tess, "Ana Beltrán")).to_have_count(1)


async def test_a_block_and_other_hours_show_at_once(window, cast, diary):
    tess = await look(window, diary)
    owner = await cast.actor("owner")

    async def block() -> None:
        async with change(owner, "calendar.block"):
            times = {"starts_at": diary.at(12), "ends_at": diary.at(13)}
            await CalendarBlock.create(id=new_id(), kind="block", title="Team meeting", **times)
            await record(owner, BLOCKED, [Part([ToStaff()], {})])

    await cast.inside(block)
    await expect(tess.page.locator(".shade.block", has_text="Team meeting")).to_have_count(3)
    await expect(tess.page.locator(".shade.closed")).to_have_count(2)

    async def close() -> None:
        async with change(owner, "hours.set"):
            await execute("UPDATE weekly_hours SET valid_until = '2020-02-01'")
            await record(owner, HOURS, [Part([ToStaff()], {"practitioner": cast.staff["practitioner"]})])

    await cast.inside(close)
    await expect(tess.page.locator(".shade.closed")).to_have_count(1)
