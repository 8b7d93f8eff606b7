"""What administrators see of looking, live; and a view of the portal that changes nothing there."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import expect

from models.clients import emergency, pointing
from models.core.database import execute
from tests.browser.window import axe

SETTINGS = "/settings/audit"


async def test_an_opening_in_an_emergency_stands_on_the_administrators_page_at_once(window, cast):
    await cast.inside(lambda: execute("DELETE FROM supervision"))
    owner = await window(cast, "owner", f"{SETTINGS}/emergencies")
    await expect(owner.page.get_by_text("Nothing was opened in an emergency")).to_be_visible()
    imani = await window(cast, "supervisor", "/emergency")
    await imani.page.get_by_label("Full name").fill("Leo Marsh")
    await imani.page.get_by_label("Birth date").fill("2011-03-02")
    await imani.page.get_by_label("Reason").fill("A crisis line called about Leo")
    await imani.page.get_by_role("button", name="Open the record").click()
    line = owner.page.locator("[data-part=emergencies] .line")
    await expect(line).to_contain_text("Imani Brooks opened the record of Leo Marsh")
    await expect(owner.page.get_by_role("link", name="1 opening in an emergency")).to_be_visible()
    await line.get_by_role("button", name="Acknowledge").click()
    await expect(owner.page.locator("[data-part=emergencies] .line")).to_contain_text("Seen by Jonas Lindqvist")


async def test_the_count_of_unusual_looks_is_live(window, cast):
    owner = await window(cast, "owner", SETTINGS)
    await cast.inside(lambda: execute("UPDATE client SET last_name = 'Moreau' WHERE id = $1", cast.clients["teen"]))
    tess = await cast.actor("frontdesk")
    await cast.inside(lambda: pointing.at_look(tess, cast.clients["teen"]))
    await owner.page.get_by_role("link", name="1 unusual look").click()
    await expect(owner.page.locator("[data-part=unusual] .line")).to_contain_text("Tess Moreau")
    assert await cast.inside(emergency.waiting) == 0


async def test_a_view_as_a_mother_shows_her_page_and_leaves_it(window, cast, talk):
    owner = await window(cast, "owner", f"/clients/{cast.clients['teen']}/view-as")
    await owner.page.get_by_text("Karen Marsh").click()
    await owner.page.get_by_label("Reason").fill("Karen asked where the messages are")
    await owner.page.get_by_role("button", name="View the portal").click()
    await expect(owner.page.get_by_text("You are viewing as Karen Marsh, for Leo.")).to_be_visible()
    await expect(owner.page.locator("h1")).to_contain_text("Karen")
    await expect(owner.page.locator("live-state")).to_have_count(0)
    await owner.page.get_by_role("navigation", name="Main").get_by_role("link", name="Messages").click()
    await expect(owner.page.get_by_text("You are viewing as Karen Marsh, for Leo.")).to_be_visible()
    await owner.page.get_by_role("button", name="Leave the view").click()
    await expect(owner.page.get_by_text("You are viewing as")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
async def test_its_pages_are_fit_for_everybody(window, cast, talk, axe_source, width, scheme):
    await cast.inside(lambda: execute("UPDATE client SET last_name = 'Lindqvist' WHERE id = $1", cast.clients["teen"]))
    jonas = await cast.actor("owner")
    await cast.inside(lambda: pointing.at_look(jonas, cast.clients["teen"]))
    leo = {"name": "Leo Marsh", "born_on": date(2011, 3, 2), "reason": "A crisis line called"}
    await cast.inside(lambda: emergency.open_record(jonas, **leo))
    client = f"/clients/{cast.clients['teen']}"
    form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = await window(cast, "owner", SETTINGS, **form)
    for path in (SETTINGS, f"{SETTINGS}/emergencies", f"{SETTINGS}/unusual", "/emergency", f"{client}/audit",
                 f"{client}/view-as"):
        await page.go(path)
        assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert await axe(page, axe_source) == [], path
    await page.page.get_by_label("Reason").fill("Leo asked where the messages are")
    await page.page.get_by_role("button", name="View the portal").click()
    await expect(page.page.get_by_text("You are viewing as Leo Marsh.")).to_be_visible()
    assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe(page, axe_source) == []
