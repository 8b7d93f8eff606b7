"""What staff do with appointments beside moving them, on pages that follow: cancelling, outcomes, a cleared day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import expect

from models.appointments import filling
from models.appointments.tables import Appointment, Attendance, BookingSettings
from models.core.clock import now
from models.core.database import execute
from tests.browser.diary import entry, look
from tests.browser.window import axe

WIDTHS = (390, 1280)


async def over(cast: Any, id: UUID, hours: int) -> None:
    """It ended so many hours ago."""
    begins = now() - timedelta(hours=hours)
    await cast.inside(lambda: Appointment.filter(id=id).update(
        starts_at=begins, ends_at=begins + timedelta(minutes=50)))


async def test_cancelled_in_the_panel_it_is_struck_through_in_every_window_and_taken_back(window, cast, diary):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
    id = await diary.book(9)
    tess, maya = await look(window, diary), await window(cast, "practitioner", f"/calendar/{id}")
    await entry(tess, "Ana Beltrán").click()
    panel = tess.page.locator("dialog[data-panel]")
    await panel.get_by_role("button", name="Cancel for Ana Beltrán").click()
    asked = tess.page.get_by_role("dialog", name="Cancel for Ana Beltrán?")
    await asked.get_by_label("Reason").fill("Flu")
    await asked.get_by_label("Count it as late and charge $75").check()
    await asked.get_by_role("button", name="Cancel the appointment").click()
    await expect(maya.page.get_by_text("$75 is charged")).to_be_visible()
    one = await cast.inside(lambda: Attendance.get(appointment_id=id))
    assert (one.state, one.fee_cents, one.reason) == ("late-cancelled", 7500, "Flu")
    await maya.page.get_by_role("button", name="Waive the fee").click()
    why = maya.page.get_by_role("dialog", name="Waive $75 for Ana Beltrán?")
    await why.get_by_label("Why").fill("First time")
    await why.get_by_role("button", name="Charge it").focus()
    version, desk = (await diary.row(id)).version, await cast.actor("frontdesk")
    await cast.inside(lambda: filling.note_by_staff(desk, id, None, "Rang at nine"))
    await expect(why.locator("[name=version]")).to_have_value(str(version + 1))  # drawn anew; what was typed stays
    await why.get_by_role("button", name="Waive the fee").click()
    await expect(maya.page.get_by_text("waived: First time")).to_be_visible()
    await maya.live()
    await maya.page.get_by_role("button", name="Take it back").click()
    await expect(maya.page.get_by_text("What can be done")).to_be_visible()
    assert (await diary.row(id)).state == "scheduled"


async def test_an_outcome_that_a_colleague_says_leaves_the_list_and_todays_count(window, cast, diary):
    for hours, client in ((30, "client"), (28, "teen"), (26, "child")):
        await over(cast, await diary.book(9 + hours - 26, client), hours)
    tess, maya = await window(cast, "frontdesk", "/needs-outcome"), await window(cast, "practitioner", "/today")
    await expect(maya.page.get_by_text("3 appointments need their outcome")).to_be_visible()
    await expect(tess.page.locator(".outcomes li")).to_have_count(3)
    await maya.go("/needs-outcome")
    await maya.page.get_by_role("button", name="Did not come Leo Marsh").click()
    await expect(tess.page.locator(".outcomes li")).to_have_count(2)
    for box in await tess.page.locator(".outcomes input").all():
        await box.check()
    await tess.page.get_by_role("button", name="All attended").click()
    await expect(tess.page.get_by_text("Nothing needs an outcome")).to_be_visible()
    await expect(maya.page.get_by_text("Nothing needs an outcome")).to_be_visible()
    states = [one.state for one in await cast.inside(lambda: Attendance.all().order_by("state"))]
    assert states == ["attended", "attended", "no-show"]


async def test_a_day_is_cleared_with_words_before_the_clients_eyes_and_taken_back(window, cast, diary):
    first, second = await diary.book(9), await diary.book(11, "teen")
    ana = await window(cast, "client", f"/appointments/{first}")
    tess = await look(window, diary)
    await tess.page.get_by_role("button", name="More for the calendar").click()
    await tess.page.get_by_role("menuitem", name="Clear a day").click()
    day = tess.page.get_by_role("dialog", name="Clear a day")
    await day.get_by_label("Whose calendar").select_option(label="Maya Okafor")
    await expect(day.get_by_role("heading", name="2 appointments")).to_be_visible()
    await day.get_by_label("Cancel Leo Marsh").uncheck()
    await day.get_by_label("Message to the clients").fill("Ana, we are closed that day.")
    third = await diary.book(14, "child")
    await expect(day.get_by_role("heading", name="3 appointments")).to_be_visible()
    await expect(day.get_by_label("Cancel Leo Marsh")).not_to_be_checked()
    await day.get_by_label("Move them to free times").check()
    await expect(day.get_by_role("button", name="Move those chosen")).to_be_visible()
    await day.get_by_label("Cancel them").check()
    await day.get_by_role("button", name="Cancel those chosen").click()
    asked = tess.page.get_by_role("dialog", name="Send it as it stands?")
    await expect(asked).to_contain_text("Ana may be the name of somebody this concerns.")
    await asked.get_by_role("button", name="Change the message").click()
    await day.get_by_label("Message to the clients").fill("We are closed that day.")
    await day.get_by_role("button", name="Cancel those chosen").click()
    await expect(tess.page.locator("toast-stack")).to_contain_text("2 appointments cancelled")
    await tess.page.evaluate("() => void document.querySelector('toast-stack').show('Another one', { seconds: 60 })")
    await expect(tess.page.locator("toast-stack .toast")).to_have_count(2)  # ten minutes, whatever else is said
    await expect(ana.page.get_by_text("We are closed that day.")).to_be_visible()
    assert [(await diary.row(id)).state for id in (first, second, third)] == ["cancelled", "scheduled", "cancelled"]
    await tess.hear_toasts()
    await tess.page.locator("toast-stack").get_by_role("button", name="Undo").click()
    await tess.told("All as it was")
    await expect(ana.page.get_by_text("We are closed that day.")).to_have_count(0)
    assert (await diary.row(third)).state == "scheduled"


async def test_the_pages_are_fit_for_everybody(window, cast, diary, axe_source):
    coming, past = await diary.book(9), await diary.book(11, "teen")
    await over(cast, past, 26)
    await cast.inside(lambda: execute("UPDATE booking_settings SET no_show_fee_cents = 9000"))
    whose = cast.staff["practitioner"]
    pages = [f"/calendar/{coming}", f"/calendar/{past}", "/needs-outcome", "/calendar-day",
             f"/calendar-day?practitioner={whose}&first={diary.day.isoformat()}&kind=free"]
    for path in pages:
        for width in WIDTHS:
            tess = await window(cast, "frontdesk", path, width=width, reduced_motion="reduce",
                                color_scheme="dark" if width == 390 else "light")
            await tess.live()
            assert await axe(tess, axe_source) == [], (path, width)
            assert await tess.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width)
    tess = await window(cast, "frontdesk", f"/calendar/{coming}", reduced_motion="reduce")
    await tess.live()
    await tess.page.get_by_role("button", name="Cancel for Ana Beltrán").click()
    await expect(tess.page.get_by_role("dialog", name="Cancel for Ana Beltrán?")).to_be_visible()
    assert await axe(tess, axe_source) == []
