"""The guide's section Cancel Appointments, from the switch to the closed window, on both sides at once."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect

from models.appointments.tables import Appointment, Attendance
from models.core.clock import now
from models.core.database import execute
from tests.browser.diary import Diary, entry
from tests.browser.window import Window

NEW_YORK = ZoneInfo("America/New_York")


async def in_hours(diary: Diary, hours: float) -> UUID:
    """An appointment of Ana's that begins so many hours from now."""
    id, begins = await diary.book(9), now() + timedelta(hours=hours)
    ends = begins + timedelta(minutes=20)
    await diary.cast.inside(lambda: Appointment.filter(id=id).update(starts_at=begins, ends_at=ends))
    return id


async def chosen(page: Page, item: str) -> None:
    """Of the "…" of the Cancellation Policy."""
    await page.get_by_role("button", name="More for the cancellation policy").click()
    await page.get_by_role("menuitem", name=item).click()


async def asked(ana: Window, id: UUID) -> Locator:
    """What stands there when Ana presses the button of her appointment."""
    await ana.go(f"/appointments/{id}")
    await ana.page.get_by_role("button", name="Cancel the appointment").click()
    return ana.page.get_by_role("dialog")


async def test_cancel_appointments_as_the_guide_says_it(window, cast, diary):
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{cancel-appointments}'"))
    early, late, near = [await in_hours(diary, hours) for hours in (30, 5, 1)]
    owner, ana = await window(cast, "owner", "/settings/portal"), await window(cast, "client", f"/appointments/{early}")
    section = owner.page.get_by_role("region", name="Cancellation Policy")
    cancels = ana.page.get_by_role("button", name="Cancel the appointment")
    await expect(ana.page.get_by_text("To change or cancel it, contact Harbor Counseling.")).to_be_visible()
    await expect(section).to_have_count(0)
    # enabled: the section appears, and so does the client's button
    await owner.page.get_by_role("switch", name=re.compile("Cancel appointments", re.I)).check()
    await expect(section).to_contain_text("Less than 24 hours before it begins")
    await expect(cancels).to_be_visible()
    await chosen(owner.page, "Edit the policy")
    await owner.page.get_by_label("Late within").fill("12")
    await owner.page.get_by_label("Not by themselves within").fill("2")
    await owner.page.get_by_role("button", name="Save the policy").click()
    await expect(section).to_contain_text("Until 2 hours before it begins")
    await owner.live()  # the page of the section again: its menu needs its script
    await chosen(owner.page, "Change the fee")
    await expect(owner.page.get_by_role("heading", name="Billing Settings")).to_be_visible()
    await owner.page.get_by_label("Default late cancellation fee").fill("75")
    await owner.page.get_by_role("button", name="Save the fees").click()
    await expect(owner.page.get_by_text("Saved.")).to_be_visible()
    # early: free of charge, and struck through
    dialog = await asked(ana, early)
    await expect(dialog).to_contain_text("It costs nothing.")
    await dialog.get_by_role("button", name="Cancel the appointment").click()
    await expect(ana.page.locator(".visit.gone")).to_have_count(1)
    # late: the amount before the click; it remains on the calendar, struck through and marked, with the fee
    day = (await diary.row(late)).starts_at.astimezone(NEW_YORK).date()
    maya = await window(cast, "practitioner", f"/calendar?view=day&day={day.isoformat()}")
    dialog = await asked(ana, late)
    await expect(dialog).to_contain_text("marked as a late cancellation, and $75 is charged.")
    await dialog.get_by_role("button", name="Cancel for $75").click()
    await expect(ana.page.get_by_text("Cancelled late")).to_be_visible()
    gone = entry(maya, "Cancelled late")
    await expect(gone.locator("b").first).to_have_css("text-decoration-line", "line-through")
    await maya.go(f"/calendar/{late}")
    await expect(maya.page.get_by_text("$75 is charged")).to_be_visible()
    assert (await cast.inside(lambda: Attendance.get(appointment_id=late))).fee_cents == 7500
    # within the closed window: the button stays, and prompts to contact the practice
    dialog = await asked(ana, near)
    await expect(dialog).to_contain_text("Contact Harbor Counseling to cancel")
    await expect(dialog).to_contain_text("(207) 555-0132")
    await expect(dialog.get_by_role("link", name="Write a message")).to_be_visible()
    await expect(dialog.get_by_role("button")).to_have_text(["Keep the appointment"])
    assert (await diary.row(near)).state == "scheduled"
