"""What is said beside a switch that acts at once is there to be read, whatever is drawn anew meanwhile."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect


async def test_saved_stands_beside_a_switch_after_the_page_was_drawn_anew_by_that_very_change(window, cast):
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['teen']}/portal")
    card = maya.page.get_by_role("article", name="Karen Marsh")
    switch, said = card.get_by_role("switch", name="Manage Documentation"), card.locator("[data-say=saved]:visible")
    drawn = asyncio.Event()

    async def once_it_is_said(route):
        await drawn.wait()
        await route.continue_()

    await maya.page.route("**/portal", once_it_is_said)
    await switch.uncheck()
    await expect(said).to_have_text("Saved")
    drawn.set()
    await expect(switch).not_to_have_attribute("checked", "")  # as the server drew it
    await expect(said).to_have_text("Saved")
