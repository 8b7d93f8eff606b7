"""Merging two records: the preview at one desk, the merged record open at another."""

from __future__ import annotations

from datetime import date

from playwright.async_api import expect

from models.clients.adding import NewClient, add
from tests.browser.window import axe


async def test_a_duplicate_is_found_compared_and_merged_while_its_page_is_open_elsewhere(window, cast, axe_source):
    owner = await cast.actor("owner")
    twin = NewClient("Leonard", "Marsh", born_on=date(2011, 3, 2), kind="minor")
    (gone,) = await cast.inside(lambda: add(owner, [twin], practitioner=cast.staff["practitioner"]))
    maya = await window(cast, "practitioner", f"/clients/{gone}")
    tess = await window(cast, "frontdesk", f"/clients/{cast.clients['teen']}")
    page = tess.page
    await page.get_by_role("button", name="More for Leo Marsh").click()
    await page.get_by_role("menuitem", name="Merge with another record").click()
    await page.get_by_label("Name, e-mail or phone").fill("leon mar")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name="Leonard Marsh").click()
    await expect(page.get_by_role("heading", name="Who will see more")).to_be_visible()
    await expect(page.get_by_text("Karen Marsh, mother")).to_be_visible()
    assert await axe(tess, axe_source) == []
    await page.get_by_role("group", name="Legal first name").get_by_text("Leonard").click()
    await page.get_by_role("button", name="Merge the records").click()
    await expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(page.get_by_role("heading", name="Leonard Marsh")).to_be_visible()
    await page.wait_for_url(f"**/{cast.clients['teen']}")
    await expect(maya.page.get_by_text("This record was merged into another")).to_be_visible()
    maya.faults.clear()  # the page asked for what is no longer there, and was told so
    await maya.page.get_by_role("link", name="Where it went").click()
    await maya.page.get_by_role("link", name="Open the record of Leonard Marsh").click()
    await expect(maya.page.get_by_role("heading", name="Leonard Marsh")).to_be_visible()
    await maya.page.wait_for_url(f"**/{cast.clients['teen']}")
    maya.faults.clear()
