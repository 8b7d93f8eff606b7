"""The frames of the three kinds of pages, at the widths where they change: what the design says, measured."""

from __future__ import annotations

import pytest

BOX = """(selector) => {
    const shown = document.querySelector(selector)
    if (!shown?.checkVisibility()) return null
    const { left, top, width, height, bottom } = shown.getBoundingClientRect()
    return { left, top, width, height, bottom }
}"""
SIZE = "(selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"


async def box(window, selector):
    return await window.page.evaluate(BOX, selector)


@pytest.mark.parametrize(("width", "rail"), [(1440, 228), (1200, 228), (1199, 64), (768, 64)])
async def test_the_rail_of_the_desk_has_its_two_widths(window, cast, width, rail):
    maya = await window(cast, "practitioner", "/today", width=width)
    assert (await box(maya, ".rail"))["width"] == rail
    assert (await box(maya, ".strip .search")) is not None
    assert await maya.page.evaluate(SIZE, "body") == 15
    assert (await box(maya, ".page-actions .wa-button"))["height"] == 38


async def test_on_a_phone_the_rail_is_a_bar_below_and_targets_are_for_fingers(window, cast):
    maya = await window(cast, "practitioner", "/today", width=390, has_touch=True, is_mobile=True)
    rail = await box(maya, ".rail")
    assert (rail["left"], rail["width"], rail["bottom"]) == (0, 390, 800)
    assert await box(maya, ".rail-practice") is None and await box(maya, ".strip .search") is None
    assert (await box(maya, ".page-actions .wa-button"))["height"] >= 44


async def test_messages_are_three_panes_then_two_then_one(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}", width=1440)
    assert (await box(maya, ".inbox-list"))["width"] == 320 and (await box(maya, ".person-pane"))["width"] == 296
    await maya.page.set_viewport_size({"width": 1199, "height": 800})
    assert await box(maya, ".person-pane") is None and await box(maya, ".inbox-list") is not None
    await maya.page.set_viewport_size({"width": 767, "height": 800})
    for gone in (".inbox-list", ".rail", ".strip"):
        assert await box(maya, gone) is None, gone
    assert (await box(maya, ".thread-pane"))["width"] == 767 and await box(maya, ".thread-live") is not None


async def test_the_portal_has_its_links_above_and_on_a_phone_below(window, cast, talk):
    ana = await window(cast, "client", "/home", width=1440)
    assert (await box(ana, ".portal-main"))["width"] == 1104
    assert (await box(ana, ".tabs-bar"))["top"] < 60
    assert await ana.page.evaluate(SIZE, "body") == 17
    assert (await box(ana, "main .wa-button.wa-brand"))["height"] == 48
    await ana.page.set_viewport_size({"width": 895, "height": 800})
    assert (await box(ana, ".tabs-bar"))["bottom"] == 800
    await ana.go(f"/messages/{talk}")
    assert await box(ana, ".portal-bar") is None, "an open conversation is the whole phone"


async def test_the_landing_page_has_the_practice_beside_the_form_and_on_a_phone_below(cast, chromium, place):
    context = await chromium.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(place.url(cast.subdomain))
    form, about = [await page.evaluate(BOX, one) for one in (".landing-in form", ".landing-about")]
    assert about["left"] > form["left"] + form["width"] and about["height"] >= 900
    await page.set_viewport_size({"width": 390, "height": 844})
    form, about = [await page.evaluate(BOX, one) for one in (".landing-in form", ".landing-about")]
    assert about["left"] == 0 and about["width"] == 390 and about["top"] >= form["bottom"]
    await context.close()
