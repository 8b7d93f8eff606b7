"""The calendar staff keep open: what others do appears by itself; of two who move the same nobody loses anything."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest_asyncio
from playwright.async_api import FloatRect, Locator, expect

from models.accounts.tables import Location
from models.appointments import booking, cancelling, filling
from models.appointments.events import BLOCKED, HOURS
from models.appointments.tables import Appointment, Attendance, CalendarBlock, Offering, Room
from models.appointments.taking import Wanted
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from tests.appointments.conftest import offer, open_week
from tests.browser.window import Window, axe

NEW_YORK = ZoneInfo("America/New_York")


class Diary:
    """One service of two practitioners, a location with a room, and a Tuesday that comes."""

    def __init__(self, cast: Any, service: Offering, place: Location, room: Room) -> None:
        self.cast, self.service, self.place, self.room = cast, service, place, room
        today = now().astimezone(NEW_YORK).date()
        self.day = today + timedelta(days=(1 - today.weekday()) % 7 or 7)

    def at(self, hour: int, minute: int = 0) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=NEW_YORK)

    def wanted(self, hour: int, by: str = "practitioner", minute: int = 0) -> Wanted:
        return Wanted(self.service.id, 50, self.cast.staff[by], self.at(hour, minute))

    async def book(self, hour: int, client: str = "client", *, by: str = "frontdesk", of: str = "practitioner") -> UUID:
        actor = await self.cast.actor(by)
        return await self.cast.inside(
            lambda: filling.book_by_staff(actor, self.wanted(hour, of), [self.cast.clients[client]], overlap_ok=True)
        )

    async def move(self, id: UUID, hour: int, *, by: str = "frontdesk") -> int:
        actor = await self.cast.actor(by)
        wanted = self.wanted(hour)
        return await self.cast.inside(lambda: filling.move_by_staff(actor, id, None, wanted, overlap_ok=True))

    async def row(self, id: UUID) -> Appointment:
        return await self.cast.inside(lambda: Appointment.get(id=id))

    def path(self, view: str = "day") -> str:
        return f"/calendar?view={view}&day={self.day.isoformat()}"


@pytest_asyncio.fixture(loop_scope="session")
async def diary(cast: Any) -> Diary:
    async def make() -> Diary:
        service = await Offering.create(id=new_id(), name="Counseling", modes=["in-person", "video"], colour="b")
        await execute("INSERT INTO service_length (service_id, minutes, fee_cents) VALUES ($1, 50, 12000)", service.id)
        for name in ("practitioner", "owner"):
            offered = "INSERT INTO service_offer (service_id, staff_id) VALUES ($1, $2)"
            await execute(offered, service.id, cast.staff[name])
        place = await Location.create(id=new_id(), name="Wharf Street")
        room = await Room.create(id=new_id(), location_id=place.id, name="Room 2")
        await open_week(cast.staff["practitioner"], place.id)
        return Diary(cast, service, place, room)

    return await cast.inside(make)


async def look(window: Any, diary: Diary, who: str = "frontdesk", view: str = "day", **options: Any) -> Window:
    made = await window(diary.cast, who, diary.path(view), **options)
    await expect(made.page.locator("practice-calendar[ready]")).to_be_attached()
    return made


def entry(desk: Window, words: str) -> Locator:
    return desk.page.locator("[data-entry]", has_text=words)


async def opened(window: Any, diary: Diary) -> tuple[UUID, Locator]:
    """An appointment of Ana's at nine, and its panel at the front desk."""
    id = await diary.book(9)
    tess = await look(window, diary)
    await entry(tess, "Ana Beltrán").click()
    return id, tess.page.get_by_role("dialog")


async def test_what_others_book_move_and_hold_appears_by_itself_with_who_did_it(window, cast, diary):
    tess, ruth = await look(window, diary), await look(window, diary, "owner")
    id = await diary.book(9, by="practitioner")
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Booked by Maya")
    await expect(entry(ruth, "Busy")).to_have_count(1)
    before = await place(entry(tess, "Ana Beltrán"))
    await diary.move(id, 14, by="practitioner")
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Moved by Maya")
    after = await place(entry(tess, "Ana Beltrán"))
    assert after["y"] > before["y"] + 100
    maya = await cast.actor("practitioner")
    await cast.inside(lambda: cancelling.cancel_by_staff(maya, id, [cast.clients["client"]]))
    await expect(entry(tess, "Ana Beltrán")).to_contain_text("Cancelled by Maya")
    await expect(entry(tess, "Ana Beltrán")).to_have_class(re.compile("gone"))
    await expect(entry(ruth, "Busy")).to_have_count(0)
    assert "Ana" not in await ruth.wires()


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
    assert "Ana" not in await leo.wires()
    await cast.inside(lambda: execute("UPDATE service SET confirm = 'request'"))
    teen, asked = await cast.actor("teen"), replace(diary.wanted(15), location_id=diary.place.id)
    await cast.inside(lambda: booking.book(teen, asked))
    await expect(entry(tess, "Leo Marsh")).to_contain_text("Asked for online")
    await expect(entry(tess, "Leo Marsh")).to_have_class(re.compile("asked"))


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
    await expect(ruth.page.locator("[data-entry][title^='9:00 AM to 9:50 AM, Busy']")).to_have_count(1)
    assert await beneath(ruth, "Busy", "Room 2")
    await across(tess, "Leo Marsh", "Attic")
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)
    await across(tess, "Ana Beltrán", "Attic")
    await expect(tess.page.locator("toast-stack")).to_contain_text(re.compile("Moved to .* 9:"))
    assert (await diary.row(id)).room_id == attic and (await diary.row(call)).room_id is None
    await expect(ruth.page.locator("[data-entry].just", has_text="Busy")).to_have_count(1)
    assert await beneath(ruth, "Busy", "Attic")


async def test_two_who_drag_the_same_appointment_the_second_is_told_and_nothing_is_lost(window, diary):
    id = await diary.book(9)
    tess, maya = await look(window, diary), await look(window, diary, "practitioner")
    third = await look(window, diary)
    await expect(entry(third, "Ana Beltrán")).to_have_count(1)
    await hold(maya, "Ana Beltrán", 90)
    await drag(tess, "Ana Beltrán", 140)
    await expect(tess.page.locator("toast-stack")).to_contain_text("Moved to")
    await maya.page.mouse.up()
    await expect(maya.page.get_by_role("dialog")).to_contain_text("Somebody changed this appointment")
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
    await expect(tess.page.locator("toast-stack")).to_contain_text("Back where it was")
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


async def test_a_caller_without_a_record_is_booked_and_moved_by_keyboard(window, cast, diary):
    tess = await look(window, diary)
    await tess.page.keyboard.press("n")
    panel = tess.page.get_by_role("dialog")
    await panel.get_by_text("Somebody without a record yet").press("Enter")
    await panel.get_by_label("First name").fill("Ida")
    await panel.get_by_label("Last name").fill("Byron")
    await panel.get_by_label("Phone").fill("(207) 555-0199")
    await panel.get_by_label("Practitioner").select_option(label="Maya Okafor")
    await panel.get_by_label("How they meet").select_option("video")
    await expect(panel.get_by_label("Where")).to_be_hidden()
    await panel.get_by_label("How they meet").select_option("in-person")
    await expect(panel.get_by_label("Where").locator("option:checked")).to_have_text("Wharf Street, a free room")
    await panel.get_by_role("button", name="10:00 AM", exact=True).press("Enter")
    await expect(panel.get_by_text("It will be in Wharf Street, Room 2")).to_be_visible()
    await panel.get_by_role("button", name="Book the appointment").press("Enter")
    await expect(tess.page.locator("toast-stack")).to_contain_text("in Room 2")
    await expect(entry(tess, "Ida Byron")).to_have_count(1)
    found = await cast.inside(lambda: Attendance.all().order_by("-id").first())
    assert found is not None and found.booked_side == "desk"
    await entry(tess, "Ida Byron").press("Enter")
    await panel.get_by_text("Move or change").press("Enter")
    await panel.get_by_label("Time").fill("14:00")
    await panel.get_by_role("button", name="Save the change").press("Enter")
    await expect(tess.page.locator("[data-entry][title^='2:00 PM'][title*='Ida Byron']")).to_have_count(1)
    await expect(panel).to_contain_text("2:00 to 2:50 PM")


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


async def place(where: Locator) -> FloatRect:
    """Where it stands; it may be drawn anew at this very moment."""
    for _ in range(100):
        if box := await where.bounding_box():
            return box
    raise AssertionError("it stands nowhere")


async def above(desk: Window, words: str, other: str) -> None:
    """Waits until the one stands before the other: it is drawn where it was."""
    for _ in range(200):
        if (await place(entry(desk, words)))["y"] < (await place(entry(desk, other)))["y"] - 20:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words} was not put back")


async def hold(desk: Window, words: str, down: float) -> None:
    """Take it and carry it down, without letting go."""
    box = await place(entry(desk, words))
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    await desk.page.mouse.move(x, y)
    await desk.page.mouse.down()
    for step in range(1, 9):
        await desk.page.mouse.move(x, y + down * step / 8)


async def drag(desk: Window, words: str, down: float) -> None:
    await hold(desk, words, down)
    await desk.page.mouse.up()


async def onto(desk: Window, words: str, other: str) -> None:
    here, there = await place(entry(desk, words)), await place(entry(desk, other))
    await drag(desk, words, there["y"] - here["y"])


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


async def test_the_panel_says_that_an_appointment_changed_while_it_was_open(window, diary):
    id, panel = await opened(window, diary)
    await expect(panel).to_contain_text("9:00 to 9:50 AM")
    await diary.move(id, 11, by="practitioner")
    await expect(panel).to_contain_text("11:00 to 11:50 AM")
    await panel.get_by_label("Note among staff").fill("Brings a letter")
    await diary.move(id, 13, by="practitioner")
    await expect(panel).to_contain_text("This appointment changed meanwhile")
    await expect(panel.get_by_label("Note among staff")).to_have_value("Brings a letter")
    await panel.get_by_role("button", name="Save the note").click()
    await expect(panel.get_by_role("alert")).to_contain_text("Somebody changed this appointment")


async def test_what_is_typed_while_a_change_is_fetched_stays_and_the_panel_says_so(window, diary):
    id, panel = await opened(window, diary)
    await panel.get_by_label("Note among staff").focus()
    asked, answered = asyncio.Semaphore(0), asyncio.Event()

    async def slow(route):
        asked.release()
        await answered.wait()
        await route.continue_()

    await panel.page.route(f"**/{id}", slow)
    await diary.move(id, 11, by="practitioner")
    for _ in ("what is told", "the panel"):
        await asyncio.wait_for(asked.acquire(), 20)
    await panel.page.keyboard.type("Brings a letter")
    answered.set()
    await expect(panel).to_contain_text("11:00 to 11:50 AM")
    await expect(panel).to_contain_text("This appointment changed meanwhile")
    await expect(panel.get_by_label("Note among staff")).to_have_value("Brings a letter")


async def test_however_often_escape_is_pressed_what_is_typed_in_the_panel_stays(window, diary):
    _, panel = await opened(window, diary)
    note = panel.get_by_label("Note among staff")
    await note.fill("Brings a letter")
    asked = panel.page.get_by_role("dialog", name="Leave without saving?")
    for _ in range(4):
        await panel.page.keyboard.press("Escape")
        await expect(asked).to_be_visible()
        await panel.page.keyboard.press("Escape")
        await expect(asked).to_have_count(0)
    await expect(note).to_have_value("Brings a letter")


async def test_who_is_in_a_field_of_the_panel_stays_there_when_it_changes(window, diary):
    id, panel = await opened(window, diary)
    await panel.get_by_label("Note among staff").focus()
    await diary.move(id, 11, by="practitioner")
    await expect(panel.locator("#move-time")).to_have_value("11:00")
    await expect(panel.get_by_label("Note among staff")).to_be_focused()


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


async def test_to_another_column_is_to_another_practitioner_and_only_where_one_fills(window, cast, diary):
    id = await diary.book(9)
    tess = await look(window, diary)
    await across(tess, "Ana Beltrán", "Jonas Lindqvist")
    await expect(tess.page.locator("toast-stack")).to_contain_text("Moved to")
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
    await expect(tess.page.locator("toast-stack")).to_contain_text("Moved to")
    row = await diary.row(id)
    assert row.starts_at == diary.at(9) and row.ends_at - row.starts_at > timedelta(minutes=60)


async def test_an_empty_time_that_is_pressed_opens_the_form_with_day_time_and_practitioner(window, diary):
    await diary.book(9)
    tess = await look(window, diary)
    box = await place(entry(tess, "Ana Beltrán"))
    hour = box["height"] * 60 / 50
    await tess.page.mouse.click(box["x"] + 60, box["y"] + 2 * hour + 8)
    panel = tess.page.get_by_role("dialog")
    await expect(panel.get_by_label("Time")).to_have_value("11:00")
    await expect(panel.get_by_label("Day")).to_have_value(diary.day.isoformat())
    await expect(panel.get_by_label("Practitioner").locator("option:checked")).to_have_text("Maya Okafor")
    await panel.get_by_label("Client", exact=True).fill("Leo")
    await panel.get_by_label("Leo Marsh").check()
    await panel.get_by_role("button", name="Book the appointment").click()
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)
    await expect(tess.page.locator("toast-stack")).to_contain_text("11:00 AM")


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
    inner = "one => [...one.querySelectorAll('*')].filter(each => each.scrollHeight > each.clientHeight + 2 "
    inner += "&& ['auto', 'scroll'].includes(getComputedStyle(each).overflowY)).length"
    await expect(tess.page.locator("[data-grid]")).to_be_visible()
    assert await tess.page.locator("[data-grid]").evaluate(inner) == 0, "nothing is cut off"


async def test_on_a_phone_one_calendar_is_a_day_in_which_a_finger_moves(window, cast, diary):
    id = await diary.book(9)
    await diary.book(11, "teen", of="owner")
    tess = await look(window, diary, width=390, has_touch=True, is_mobile=True)
    await expect(entry(tess, "Leo Marsh")).to_contain_text("11:00 AM to 11:50 AM")  # two calendars are a list
    await tess.go(f"{diary.path()}&practitioners={cast.staff['practitioner']}")
    await expect(tess.page.get_by_role("columnheader", name="Maya Okafor")).to_be_visible()
    box, line = await place(entry(tess, "Ana Beltrán")), await tess.context.new_cdp_session(tess.page)
    point = {"x": box["x"] + 60, "y": box["y"] + 12}
    await line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(entry(tess, "Ana Beltrán")).to_have_count(2)  # held long enough: it is taken up
    for step in range(1, 9):
        moved = {**point, "y": point["y"] + 12 * step}
        await line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    await line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(tess.page.locator("toast-stack")).to_contain_text("Moved to")
    assert (await diary.row(id)).starts_at > diary.at(9)


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


async def beneath(desk: Window, words: str, name: str, what: str = "[data-entry]") -> bool:
    """Whether it stands in this column."""
    one = desk.page.locator(what, has_text=words).first
    here, head = await place(one), await place(desk.page.get_by_role("columnheader", name=name))
    return head["x"] < here["x"] + here["width"] / 2 < head["x"] + head["width"]


async def across(desk: Window, words: str, name: str) -> None:
    """Drag it to the column of somebody else."""
    here, there = await place(entry(desk, words)), await place(desk.page.get_by_role("columnheader", name=name))
    y = here["y"] + 12
    await desk.page.mouse.move(here["x"] + here["width"] / 2, y)
    await desk.page.mouse.down()
    for step in range(1, 9):
        middle = here["x"] + here["width"] / 2
        await desk.page.mouse.move(middle + (there["x"] + there["width"] / 2 - middle) * step / 8, y)
    await desk.page.mouse.up()


# The page of an entry comes when the test lets it.
LATE = """(path) => {
  const real = fetch
  window.fetch = async (...asked) => {
    const answer = await real(...asked)
    if (!String(asked[0]).endsWith(path)) return answer
    await new Promise((go) => { window.letIn = go; document.documentElement.dataset.held = "" })
    setTimeout(() => { delete document.documentElement.dataset.held }, 50)
    return answer
  }
}"""


async def test_an_entry_that_comes_after_its_panel_was_closed_does_not_wait_in_it_for_the_next(window, cast, diary):
    id = await diary.book(9)
    tess = await look(window, diary)
    await tess.page.evaluate(LATE, f"/calendar/{id}")
    await entry(tess, "Ana Beltrán").click()
    await expect(tess.page.locator("html[data-held]")).to_be_attached()
    await tess.page.keyboard.press("Escape")
    await expect(tess.page.get_by_role("dialog")).to_have_count(0)
    await tess.page.evaluate("window.letIn()")
    await expect(tess.page.locator("html[data-held]")).to_have_count(0)
    await expect(tess.page.locator("[data-panel-in] > *")).to_have_count(0)


# The browser tells that a dialog was closed a moment later: a key may be quicker.
CLOSED_AND_N = """() => {
  document.querySelector("dialog[open]").close()
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }))
}"""


async def test_a_panel_opened_in_the_moment_the_former_one_closes_is_drawn(window, diary):
    await diary.book(9)
    tess = await look(window, diary)
    await entry(tess, "Ana Beltrán").click()
    await expect(tess.page.get_by_role("dialog")).to_contain_text("Who comes")
    await tess.page.evaluate(CLOSED_AND_N)
    await expect(tess.page.get_by_label("Practitioner", exact=True)).to_be_visible()
    await tess.page.keyboard.press("Escape")
    await expect(tess.page.get_by_role("dialog")).to_have_count(0)
