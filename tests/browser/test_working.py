"""What takes longer than a moment is seen to be under way, and nothing pressed meanwhile is lost unsaid."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.test_sharing import START, managing, panel
from tests.browser.window import axe
from tests.support.papers import a_form


@pytest.fixture
def held():
    """`await held(page, pattern)`: the next such request waits; gives it, once it is asked."""
    async def hold(page, pattern):
        queue = asyncio.Queue()
        await page.route(pattern, queue.put_nowait, times=1)
        return queue.get

    return hold


async def test_saving_that_takes_long_shows_above_the_dialog_and_nothing_is_checked_meanwhile(
    window, cast, held, axe_source
):
    await a_form(cast)
    maya = await window(cast, "practitioner", START["practitioner"], reduced_motion="reduce")
    dialog = await managing(maya, cast, "client")
    section, bar = dialog.locator("[data-person]").first, maya.page.locator(".working")
    await panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Intake").check()
    asked = await held(maya.page, "**/documentation")
    await dialog.get_by_role("button", name="Save").click()
    saving = await asked()
    await expect(bar).to_be_visible()
    assert await bar.evaluate("bar => bar.matches(':popover-open')"), "it lies above what is open"
    await expect(section).to_have_attribute("inert", "")
    assert await axe(maya, axe_source) == []
    await saving.continue_()
    await expect(maya.page.get_by_role("dialog", name="Tell them")).to_be_visible()
    await expect(bar).to_have_count(0)
    await expect(section).not_to_have_attribute("inert", "")


async def test_who_saved_by_enter_is_there_again_when_the_network_was_away(window, cast, held):
    await a_form(cast)
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    await panel(dialog, "Ana Beltrán").get_by_role("button", name="Ask for files").click()
    field = panel(dialog, "Ana Beltrán").get_by_label("Files to ask for", exact=True)
    await field.fill("Insurance card")
    asked = await held(maya.page, "**/documentation")
    await field.press("Enter")
    saving = await asked()
    await expect(maya.page.locator(".working")).to_be_visible()
    await saving.abort()
    await expect(dialog.locator(".sticky-acts [data-say=wrong]")).to_be_visible()
    await expect(maya.page.locator(".working")).to_have_count(0)
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Insurance card")


async def test_a_page_that_comes_slowly_into_its_dialog_is_seen_to_be_on_its_way(window, cast, held):
    await a_form(cast)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/portal")
    asked = await held(maya.page, "**/documentation")
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await section.get_by_role("link", name="Manage Documentation").click()
    page = await asked()
    await expect(maya.page.get_by_role("status").filter(has_text="One moment")).to_be_attached()
    await page.continue_()
    await expect(maya.page.get_by_role("dialog", name="Manage Documentation")).to_be_visible()
    await expect(maya.page.locator(".working")).to_have_count(0)
