"""A child's appointments before two divorced parents: who has View Appointments follows them live, who has not finds
nothing, and neither reads what the other did."""

from __future__ import annotations

from playwright.async_api import expect

from models.appointments import filling
from models.appointments.tables import BookingSettings
from models.core.database import execute
from tests.appointments.conftest import hours, offering
from tests.appointments.times import at, wanted

__all__ = ["hours", "offering"]


async def test_view_appointments_will_allow_the_contact_to_see_upcoming_appointments(window, cast, offering, hours):
    teen, desk = cast.clients["teen"], await cast.actor("frontdesk")
    allow = "UPDATE portal_access SET permissions = $2 WHERE id = $1"
    await cast.inside(lambda: execute(allow, cast.accesses["parent", "teen"], ["appointments", "booking"]))
    await cast.inside(lambda: execute(allow, cast.accesses["coparent", "teen"], ["information"]))
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))

    async def book(hour):
        one = wanted(offering, hours, at(hour))
        return await cast.inside(lambda: filling.book_by_staff(desk, one, [teen]))

    first = await book(10)
    karen = await window(cast, "parent", f"/for/{teen}/appointments")
    david = await window(cast, "coparent", "/home")
    await expect(karen.page.locator(".visit")).to_contain_text(["10:00 AM to 10:50 AM"])
    second = await book(13)
    await expect(karen.page.locator(".visit")).to_have_count(2)

    bar = david.page.get_by_role("link", name="Appointments", exact=True)
    await expect(bar).to_have_count(0)
    await expect(david.page.get_by_role("main")).not_to_contain_text("appointment")
    for path in (f"/for/{teen}/appointments", f"/for/{teen}/appointments/{first}"):
        assert (await david.get(path))[0] == 403, path
    wires = await david.wires()  # that a time is taken is for everybody who books, and no more
    assert str(first) not in wires and str(second) not in wires

    tess = await window(cast, "frontdesk", f"/clients/{teen}/portal")
    card = tess.page.get_by_role("article", name="David Ellison")
    await card.get_by_role("switch", name="View Appointments").check()
    await expect(bar).to_be_visible()
    await expect(david.page.get_by_role("heading", name="Leo’s next appointment")).to_be_visible()
    await david.live()
    await bar.click()
    await expect(david.page.locator(".visit")).to_have_count(2)
    await david.live()

    await karen.page.locator(".visit").first.click()
    await karen.live()
    await karen.page.get_by_role("button", name="Cancel the appointment").first.click()
    elsewhen = wanted(offering, hours, at(10, weekday=0))
    await cast.inside(lambda: filling.move_by_staff(desk, first, None, elsewhen))
    dialog = karen.page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Cancel {at(10, weekday=0):%A, %B %-d}?")
    await cast.inside(lambda: BookingSettings.all().update(late_hours=720, late_fee_cents=7500))
    await cast.inside(lambda: filling.move_by_staff(desk, first, None, wanted(offering, hours, at(11, weekday=0))))
    await expect(karen.page.get_by_text("It is late by now.")).to_be_visible()
    await expect(dialog).to_have_count(0)  # what costs something is agreed to anew
    await cast.inside(lambda: BookingSettings.all().update(late_hours=24))
    await cast.inside(lambda: filling.move_by_staff(desk, first, None, elsewhen))
    await expect(karen.page.get_by_text("It is late by now.")).to_have_count(0)
    await karen.page.get_by_role("button", name="Cancel the appointment").first.click()
    await karen.page.get_by_label("Why?").fill("Custody week")
    await karen.page.get_by_role("dialog").get_by_role("button", name="Cancel the appointment").click()
    await expect(david.page.locator(".visit").first).to_contain_text("Cancelled")
    read = await david.page.locator("body").inner_text() + await david.wires()
    for word in ("Karen", "Custody", str(cast.logins["parent"]), str(cast.contacts["parent"])):
        assert word not in read, word

    await card.get_by_role("switch", name="View Appointments").uncheck()
    await expect(david.page.get_by_text("You may not see these appointments. Ask the practice.")).to_be_visible()
