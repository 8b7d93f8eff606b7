"""From a reminder to the open desk; and the pages around mails, reminders and a client's appointments."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from models.appointments import cancelling, diagnosing, filling, outcomes
from models.appointments.reminder_links import reminder_token
from models.appointments.tables import Attendance, BookingSettings
from models.core.database import execute
from tests.appointments.conftest import hours, offering
from tests.appointments.times import at, wanted
from tests.browser.test_fit import SIDEWAYS
from tests.browser.window import axe

__all__ = ["hours", "offering"]

TOUCH = {"width": 360, "color_scheme": "dark", "has_touch": True, "reduced_motion": "reduce"}
WIDE = {"width": 1280, "color_scheme": "light", "reduced_motion": "reduce"}


@pytest.fixture
async def visits(cast, offering, hours):
    """Of the client: one to come, one cancelled late, one missed and waived; a diagnosis. The first one's id."""
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500, no_show_fee_cents=5000))
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{}'"))
    desk, maya, client = await cast.actor("frontdesk"), await cast.actor("practitioner"), cast.clients["client"]

    async def book(starts_at):
        one = wanted(offering, hours, starts_at)
        return await cast.inside(lambda: filling.book_by_staff(desk, one, [client]))

    coming, late, missed = [await book(one) for one in (at(10), at(11), at(9) - timedelta(days=400))]
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, late, late=True, reason="Ill"))
    await cast.inside(lambda: outcomes.set_outcome(desk, missed, client, "no-show"))
    await cast.inside(lambda: outcomes.waive(desk, missed, client, "Snow storm"))
    reminded = "UPDATE attendance SET reminder_state = 'sent' WHERE appointment_id = $1"
    await cast.inside(lambda: execute(reminded, coming))
    await cast.inside(lambda: diagnosing.add_diagnosis(
        maya, client, code="F41.1", title="Generalized anxiety disorder", from_on=None, until_on=None, main=True
    ))
    return coming


async def link_of(cast, id):
    one = await cast.inside(lambda: Attendance.get(appointment_id=id))
    return f"/reminder/{reminder_token(cast.practice_id, one.id, cast.logins['client'], at(10))}"


async def test_confirming_from_a_reminder_shows_on_the_open_desk_without_a_reload(window, cast, visits):
    desk = await window(cast, "frontdesk", f"/clients/{cast.clients['client']}/appointments")
    first = desk.page.locator(".visit").first
    await expect(first).to_contain_text("Reminded, not confirmed")
    ana = await window(cast, "client", "/appointments")
    await expect(ana.page.locator(".visit").first).not_to_contain_text("Confirmed")
    phone = await ana.context.new_page()
    await phone.goto(f"{ana.url}{await link_of(cast, visits)}")
    await phone.get_by_role("button", name="Confirm").click()
    await expect(phone.get_by_text("Harbor Counseling knows that you are coming.")).to_be_visible()
    await expect(first).to_contain_text("Confirmed")
    await expect(ana.page.locator(".visit").first).to_contain_text("Confirmed")


async def test_a_diagnosis_is_written_by_one_and_stands_before_another_at_once(window, cast, visits):
    path = f"/clients/{cast.clients['client']}/diagnoses"
    maya, other = await window(cast, "practitioner", path), await window(cast, "supervisor", path)
    await maya.page.get_by_label("Code").last.fill("z630")
    await maya.page.get_by_role("button", name="Add the diagnosis").click()
    await expect(maya.page.locator(".lines")).to_contain_text("Z63.0")
    await expect(other.page.locator(".lines")).to_contain_text("Z63.0")
    await maya.live()
    line = maya.page.locator(".line", has_text="Z63.0")
    await line.get_by_role("button", name="End today").click()
    await expect(other.page.locator(".line", has_text="Z63.0").get_by_role("button", name="End today")).to_have_count(0)


PAGES = [
    ("frontdesk", "/clients/{client}/appointments"), ("practitioner", "/clients/{client}/diagnoses"),
    ("owner", "/settings/reminders"), ("client", "/preferences"), ("client", "/appointments/{visit}"),
]


@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_is_fit_for_everybody(window, cast, visits, axe_source, name, path):
    for form in (TOUCH, WIDE):
        seen = await window(cast, name, path.format(client=cast.clients["client"], visit=visits), **form)
        assert await seen.page.evaluate(SIDEWAYS) <= 0, form["width"]
        assert await axe(seen, axe_source) == []


async def test_the_page_behind_a_reminder_is_fit_for_everybody(window, cast, visits, axe_source):
    for form in (TOUCH, WIDE):
        seen = await window(cast, "client", "/home", **form)
        await seen.page.goto(f"{seen.url}{await link_of(cast, visits)}")
        assert await seen.page.evaluate(SIDEWAYS) <= 0, form["width"]
        assert await axe(seen, axe_source) == []


async def test_a_reminder_that_did_not_arrive_is_sent_again_from_the_calendars_panel(window, cast, visits):
    await cast.inside(lambda: execute("UPDATE attendance SET reminder_state = 'undelivered' WHERE appointment_id = $1",
                                      visits))
    day = f"/calendar?view=day&day={at(10).date()}"
    tess, maya = await window(cast, "frontdesk", day), await window(cast, "practitioner", day)
    for one in (tess, maya):
        await expect(one.page.locator(".entry", has_text="Reminder undelivered")).to_have_count(1)
    await tess.page.locator(".entry", has_text="Reminder undelivered").click()
    panel = tess.page.get_by_role("dialog")
    await expect(panel.get_by_role("link", name="Call (207) 555-0148")).to_be_visible()
    await panel.get_by_role("button", name="Send again").click()
    await expect(panel.get_by_text("Reminded, not confirmed")).to_be_visible()
    await expect(maya.page.locator(".entry", has_text="Not confirmed")).to_have_count(1)
