"""Online booking from the practice's first page on, and the desk's page of a request, which follows what others do."""

from __future__ import annotations

from datetime import datetime

from playwright.async_api import expect

from models.accounts.tables import Location
from models.appointments import booking, filling, requests
from models.appointments.tables import Appointment, Offering
from models.appointments.taking import Wanted
from tests.appointments.times import at
from tests.browser.test_booking import _code, times, visit
from tests.browser.window import axe
from tests.support.cast import PASSWORD

__all__ = ["times", "visit"]

COUNT = ".rail-link[href='/staff/calendar'] .count"


async def test_online_booking_allows_both_current_and_new_clients_to_schedule_appointments_with_you(
    window, visit, cast, times, axe_source
):
    desk = await window(cast, "frontdesk", "/today", width=390)
    await expect(desk.page.get_by_text("Nothing is waiting for you.")).to_be_visible()
    ana = await visit("/")
    await ana.page.get_by_role("link", name="Book an appointment").click()
    await ana.page.get_by_role("link", name="Sign in and book").click()
    await ana.page.get_by_label("E-mail", exact=True).fill(f"client@{cast.subdomain}.test")
    await ana.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await ana.page.get_by_role("button", name="Sign in", exact=True).click()
    await ana.live()
    await ana.page.locator("a.book-service").click()
    await ana.live()
    await ana.page.locator("button.slot").first.click()
    await ana.live()
    await ana.page.get_by_role("button", name="Book the appointment").click()
    await expect(ana.page.get_by_role("heading", name="It is booked")).to_be_visible()

    nora = await visit("/", width=390)
    await nora.page.get_by_role("link", name="I’m a new client").click()
    await nora.page.locator("a.book-service").click()
    await nora.page.get_by_role("button", name="Show free times").click()
    await nora.page.locator("button.slot").first.click()
    for label, words in (("#first_name", "Nora"), ("#last_name", "Field"), ("#email", "nora@field.test")):
        await nora.page.locator(label).fill(words)
    await nora.page.get_by_role("button", name="Go on").click()
    code = await _code(cast, await nora.page.locator("[name=proof]").input_value())
    await nora.page.get_by_label("Code from the e-mail").fill(code)
    await nora.page.get_by_role("button", name="Send the request").click()
    await expect(nora.page.get_by_role("heading", name="Your request is sent")).to_be_visible()
    assert await axe(nora, axe_source) == []

    await expect(desk.page.locator(COUNT)).to_contain_text("1")
    await expect(desk.page.get_by_text("One request for an appointment")).to_be_visible()
    await desk.page.get_by_role("link", name="Nora Field").click()
    await desk.live()
    await desk.page.get_by_role("button", name="Accept as a new client").click()
    await expect(desk.page.get_by_role("heading", name="Nora Field", level=1)).to_be_visible()
    await expect(desk.page.get_by_text("nora@field.test").first).to_be_visible()
    await expect(desk.page.locator(COUNT)).to_have_count(0)
    assert await cast.inside(lambda: Appointment.filter(state="scheduled").count()) == 2


async def test_the_page_of_a_request_follows_what_others_do_and_keeps_what_was_typed(window, cast, times, axe_source):
    await cast.inside(lambda: Offering.filter(name="Counseling").update(confirm="request"))
    service = await cast.inside(lambda: Offering.get(name="Counseling"))
    place = await cast.inside(lambda: Location.get(name="Wharf Street"))
    ana, maya, tess = [await cast.actor(name) for name in ("client", "practitioner", "frontdesk")]

    async def book_over(starts_at):
        over = Wanted(service.id, 50, cast.staff["practitioner"], starts_at, "in-person", place.id)
        await cast.inside(lambda: filling.book_by_staff(tess, over, [cast.clients["teen"]], overlap_ok=True))

    wish = Wanted(service.id, 50, cast.staff["practitioner"], at(10), "in-person", place.id)
    made = await cast.inside(lambda: booking.book(ana, wish))
    row = await cast.inside(lambda: Appointment.get(id=made.appointment_id))
    desk = await window(cast, "frontdesk", f"/requests/{row.request_id}", reduced_motion="reduce")
    own = await window(cast, "client", f"/appointments/{row.id}", width=390)
    why, ticks = desk.page.locator("#decline-reply"), desk.page.locator("input[name=times]")
    first, second = ticks.nth(0), desk.page.locator(f"#{await ticks.nth(1).get_attribute('id')}")
    gone = desk.page.locator(f"#{await first.get_attribute('id')}")
    starts_at = datetime.fromisoformat((await first.input_value()).partition("/")[0])
    await why.fill("We are full that week.")
    await second.check()

    await cast.inside(lambda: requests.handle(maya, row.request_id, True))
    await expect(desk.page.get_by_text("Maya Okafor handles it")).to_be_visible()
    await book_over(at(10))
    await expect(desk.page.get_by_text("Something else was booked over this time.")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="Accept it all the same")).to_be_visible()
    await book_over(starts_at)
    await expect(gone).to_have_count(0)
    await expect(second).to_be_checked()
    await expect(why).to_have_value("We are full that week.")
    assert await axe(desk, axe_source) == []

    await cast.inside(lambda: requests.decline(maya, row.request_id, "She is away."))
    await expect(desk.page.get_by_text("Declined by Maya Okafor")).to_be_visible()
    await expect(why).to_have_count(0)
    await expect(desk.page.locator(COUNT)).to_have_count(0)
    await expect(own.page.get_by_text("She is away.")).to_be_visible()
    await desk.page.get_by_role("link", name="Answered requests").click()
    await desk.live()
    await expect(desk.page.get_by_role("link", name="Ana Beltrán")).to_contain_text("Declined by Maya Okafor")
    for one in (desk, own):
        assert await axe(one, axe_source) == []
    await desk.page.set_viewport_size({"width": 360, "height": 800})
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
