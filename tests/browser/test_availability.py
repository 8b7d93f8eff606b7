"""Hours, services and booking rules in the browser: made with the keyboard and the pointer, and what clients will see
follows beside them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from models.accounts import locations
from models.accounts.locations import Place
from models.appointments import booking_rules, rooms, services
from models.appointments.booking_rules import OwnRules
from models.appointments.practitioners import practitioner_for
from models.appointments.service_checking import Length, Wanted
from tests.browser.diary import place
from tests.browser.window import axe

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
async def practice(cast):
    """A location with a room, a service by phone of the practitioner, who can be booked online and has no hours yet."""
    owner, staff = await cast.actor("owner"), cast.staff["practitioner"]

    async def make():
        place = await locations.add_location(owner, Place("Wharf Street"))
        await rooms.add_room(owner, place, "Cove")
        await services.add_service(owner, Wanted("Check-in", modes=("phone",), bookable="everyone", confirm="instant",
                                                 lengths=(Length(60, 4000),), staff=(staff,)))
        await booking_rules.set_own_rules(owner, await practitioner_for(owner, staff), None, OwnRules(online=True))

    await cast.inside(make)
    return cast


def day(page: Page, name: str) -> Locator:
    return page.locator(".hours-group").filter(has=page.locator("legend", has_text=name))


def times(page: Page) -> Locator:
    return page.locator("booking-preview .preview-times > li")


async def two_weeks_on(page: Page) -> None:
    """Where every day is far enough ahead to be booked."""
    later = page.get_by_role("button", name="The week after", exact=True)
    for _ in range(2):
        week = await later.get_attribute("data-week") or ""
        await later.click()
        await expect(later).not_to_have_attribute("data-week", week)


def next_week():
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=14 - today.weekday())


async def test_hours_are_added_copied_and_saved_with_the_keyboard_alone(window, practice):
    maya = await window(practice, "practitioner", "/hours")
    page = maya.page
    await day(page, "Monday").get_by_role("button", name="Add").focus()
    await page.keyboard.press("Enter")
    row = day(page, "Monday").locator("[data-row]")
    await expect(row.get_by_label("From")).to_be_focused()
    await expect(row.get_by_label("From")).to_have_value("09:00")
    await expect(day(page, "Monday").locator("[data-bar] rect:not(.ground)")).to_have_count(1)
    await row.get_by_label("Until").fill("12:00")
    await day(page, "Monday").locator(".copy-day summary").focus()
    await page.keyboard.press("Enter")
    for name in ("Tuesday", "Thursday"):
        await day(page, "Monday").get_by_label(name).focus()
        await page.keyboard.press("Space")
    await day(page, "Monday").get_by_role("button", name="Copy to these days").press("Enter")
    await expect(day(page, "Thursday").get_by_label("Until")).to_have_value("12:00")
    await page.get_by_role("button", name="Save the hours").press("Enter")
    await expect(page).to_have_url(re.compile("done=hours"))
    await expect(page.get_by_text("9 hours a week")).to_be_visible()
    await maya.go(f"/hours/{practice.staff['practitioner']}?week={next_week()}")
    await expect(page.locator(".glance-day", has_text="9:00 AM – 12:00 PM Wharf Street")).to_have_count(3)


async def test_hours_are_drawn_on_the_bar_moved_and_pulled(window, practice):
    maya = await window(practice, "practitioner", "/hours")
    bar = day(maya.page, "Wednesday").locator("[data-bar]")

    async def drag(begins: float, ends: float) -> None:
        await bar.scroll_into_view_if_needed()
        box = await place(bar)
        hour, middle = box["width"] / 13, box["y"] + box["height"] / 2  # 7 AM to 8 PM
        await maya.page.mouse.move(box["x"] + (begins - 7) * hour, middle)
        await maya.page.mouse.down()
        await maya.page.mouse.move(box["x"] + (begins + ends - 14) / 2 * hour, middle)
        await maya.page.mouse.move(box["x"] + (ends - 7) * hour, middle)
        await maya.page.mouse.up()

    starts, ends = day(maya.page, "Wednesday").get_by_label("From"), day(maya.page, "Wednesday").get_by_label("Until")
    await drag(9, 12)
    await expect(starts).to_have_value("09:00")
    await expect(ends).to_have_value("12:00")
    await drag(10, 11)
    await expect(starts).to_have_value("10:00")
    await expect(ends).to_have_value("13:00")
    await drag(12.95, 15.95)
    await expect(ends).to_have_value("16:00")


async def test_a_lunch_is_blocked_week_after_week_and_all_that_follow_are_taken_back(window, practice):
    maya = await window(practice, "practitioner", "/hours", reduced_motion="reduce")
    owner = await window(practice, "owner", "/settings/availability")
    page, off = maya.page, maya.page.locator("#off")
    await off.get_by_text("Add time off or a block").click()
    await expect(off.get_by_label("Last day of all")).to_be_hidden()
    await off.locator(".segments").get_by_text("Block").click()
    await off.get_by_label("First day").fill(str(next_week()))
    await off.get_by_label("From").fill("12:00")
    await off.get_by_label("Until").fill("13:00")
    await off.get_by_label("Repeats").select_option("Every week")
    for name in ("Monday", "Thursday"):
        await off.get_by_role("checkbox", name=name).check()
    await off.get_by_label("Last day of all").fill(str(next_week() + timedelta(days=20)))
    await off.get_by_label("Note").fill("Lunch")
    await off.get_by_role("button", name="Add it").click()
    await expect(page).to_have_url(re.compile("done=block"))
    await maya.live()
    await expect(off.locator(".line")).to_contain_text("Every week on Monday and Thursday, 12:00 PM – 1:00 PM, until")
    await owner.go(f"/settings/availability?week={next_week()}")
    await expect(owner.page.locator(".small-week", has_text="Lunch").locator("li", has_text="Lunch")).to_have_count(2)
    await off.get_by_role("link", name="Edit").click()
    await maya.live()
    await page.get_by_role("button", name="Take it back").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("This one and all that follow").click()
    await dialog.get_by_role("button", name="Take it back").click()
    await expect(page).to_have_url(re.compile("done=unblocked"))
    await expect(off.locator(".line")).to_have_count(0)
    await expect(owner.page.locator(".small-week", has_text="Lunch")).to_have_count(0)


async def test_what_clients_see_follows_what_somebody_saves_elsewhere(window, practice):
    owner = await window(practice, "owner", "/settings/booking")
    await expect(owner.page.get_by_text("has no weekly hours yet")).to_be_visible()
    maya = await window(practice, "practitioner", "/hours")
    await day(maya.page, "Monday").get_by_role("button", name="Add").click()
    await maya.page.get_by_role("button", name="Save the hours").click()
    await expect(maya.page).to_have_url(re.compile("done=hours"))
    await maya.live()
    await expect(owner.page.get_by_text("No time is free in this week")).to_be_visible()
    await two_weeks_on(owner.page)
    await expect(times(owner.page)).to_have_count(15)
    await owner.page.locator("[name=slot_minutes]").select_option("60")
    await owner.page.get_by_role("button", name="Save the rules").click()
    await expect(owner.page).to_have_url(re.compile("done=rules"))
    await owner.live()
    await maya.page.locator("booking-preview select[name=practitioner]").select_option("")
    await two_weeks_on(maya.page)
    await expect(times(maya.page)).to_have_count(8)
    await owner.page.locator("[name=slot_minutes]").select_option("30")
    await owner.page.get_by_role("button", name="Save the rules").click()
    await expect(times(maya.page)).to_have_count(15)
    await maya.page.locator("booking-preview").get_by_text("New clients").click()
    await expect(maya.page.get_by_text("takes no new clients")).to_be_visible()


async def test_what_somebody_else_saves_never_goes_over_what_is_typed(window, practice):
    first, second = await window(practice, "practitioner", "/hours"), await window(practice, "practitioner", "/hours")
    await day(second.page, "Friday").get_by_role("button", name="Add").click()
    await day(first.page, "Monday").get_by_role("button", name="Add").click()
    await first.page.get_by_role("button", name="Save the hours").click()
    week = second.page.locator("settled-form[part=weekly]")
    await expect(week.get_by_text("Changed by somebody else just now")).to_be_visible()
    await expect(day(second.page, "Friday").locator("[data-row]")).to_have_count(1)
    await second.page.get_by_role("button", name="Save the hours").click()
    await expect(second.page.get_by_text("Somebody else changed these hours")).to_be_visible()
    await expect(day(second.page, "Friday").locator("[data-row]")).to_have_count(1)
    await second.page.get_by_role("button", name="Save the hours").click()
    await expect(day(first.page, "Friday").locator("[data-row]")).to_have_count(1)
    await expect(day(first.page, "Monday").locator("[data-row]")).to_have_count(0)


async def test_a_service_gets_its_lengths_and_questions_in_the_order_that_is_wanted(window, practice):
    owner = await window(practice, "owner", "/settings/services/new")
    page = owner.page
    await page.get_by_label("Name", exact=True).fill("First visit")
    await page.get_by_role("button", name="Add a length").click()
    await page.locator("input[name=minutes]").last.fill("80")
    for words in ("Second", "First"):
        await page.get_by_role("button", name="Add a question").click()
        await page.get_by_label("Question", exact=True).last.fill(words)
    await expect(page.get_by_label("Choices, one on a line").last).to_be_hidden()
    await page.locator("[name=question_kind]").last.select_option("choice")
    await page.get_by_label("Choices, one on a line").last.fill("Yes\nNo")
    await page.get_by_role("button", name="Move this question up").last.press("Enter")
    await page.get_by_role("button", name="Add the service").click()
    await expect(page).to_have_url(re.compile("done=added"))
    await owner.live()
    await page.get_by_role("link", name="Edit First visit").click()
    questions = page.get_by_label("Question", exact=True)
    await expect(questions).to_have_count(2)
    await expect(questions.first).to_have_value("First")
    await expect(page.get_by_label("Choices, one on a line").first).to_have_value("Yes\nNo")
    await expect(page.locator("input[name=minutes]")).to_have_count(2)


async def test_another_country_brings_its_holidays_before_anything_is_saved(window, practice):
    owner = await window(practice, "owner", "/settings/booking")
    await owner.page.get_by_label("Country").select_option("US")
    await expect(owner.page.get_by_role("switch", name="We work on Christmas Day").first).to_be_visible()
    await owner.page.get_by_label("Region").select_option("ME")
    await expect(owner.page.get_by_text("Patriots’ Day").first).to_be_attached()
    await owner.page.get_by_label("Country").select_option("")
    await expect(owner.page.get_by_text("No day is closed for a public holiday.")).to_be_visible()


async def test_a_room_that_is_added_shows_on_every_open_page(window, practice):
    first = await window(practice, "owner", "/settings/practice")
    second = await window(practice, "owner", "/settings/practice")
    for one in (first, second):
        await one.page.get_by_role("link", name="Edit Wharf Street").click()
        await one.live()
    await first.page.get_by_label("New room").fill("Pier")
    await first.page.get_by_role("button", name="Add the room").click()
    await expect(first.page).to_have_url(re.compile("done=room-added"))
    await expect(second.page.locator("b", has_text="Pier")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
async def test_its_pages_can_be_used_by_everybody(window, practice, axe_source, width, scheme):
    form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    owner, staff = await window(practice, "owner", "/settings/services", **form), practice.staff["practitioner"]
    hours = f"/hours/{staff}?day={next_week()}"
    for path in ("/settings/services", "/settings/services/new", "/settings/availability", "/settings/booking", hours,
                 "/booking-preview"):
        await owner.go(path)
        if path == hours:
            await day(owner.page, "Monday").get_by_role("button", name="Add").click()
            await day(owner.page, "Monday").locator(".hours-dates summary").click()
            await owner.page.get_by_text("Add time off or a block").click()
            await owner.page.locator("#block-every").select_option("2")
        assert await owner.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} {width} px"
        assert await axe(owner, axe_source) == [], path
