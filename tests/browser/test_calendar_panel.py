"""The panel beside the calendar: what is booked and changed in it, and what others change while it is open."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from models.appointments.tables import Attendance
from tests.browser.diary import entry, look, opened, place


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
    await tess.told("in Room 2")
    await expect(entry(tess, "Ida Byron")).to_have_count(1)
    found = await cast.inside(lambda: Attendance.all().order_by("-id").first())
    assert found is not None and found.booked_side == "desk"
    await entry(tess, "Ida Byron").press("Enter")
    await panel.get_by_text("Move or change").press("Enter")
    await panel.get_by_label("Time").fill("14:00")
    await panel.get_by_role("button", name="Save the change").press("Enter")
    await expect(tess.page.locator("[data-entry][title^='2:00 PM'][title*='Ida Byron']")).to_have_count(1)
    await expect(panel).to_contain_text("2:00 to 2:50 PM")


async def test_free_times_that_stay_free_stay_under_the_hand_while_more_is_chosen(window, diary):
    tess = await look(window, diary)
    await tess.page.keyboard.press("n")
    panel = tess.page.get_by_role("dialog")
    await panel.get_by_label("Practitioner").select_option(label="Maya Okafor")
    await panel.get_by_role("button", name="10:00 AM", exact=True).evaluate("one => { one.dataset.same = '' }")
    await panel.get_by_label("Time").fill("10:00")
    await panel.get_by_label("Time").press("Tab")
    await expect(panel.get_by_text("It will be in Wharf Street, Room 2")).to_be_visible()  # asked anew, and answered
    await expect(panel.locator("[data-free-times] [data-same]")).to_have_text("10:00 AM")


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
    await tess.told("11:00 AM")
    await expect(entry(tess, "Leo Marsh")).to_have_count(1)


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
