"""How a page comes: few requests, none twice, nothing that jumps; and what comes in later moves nothing else."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.said import say

PAGES = [("client", "/home"), ("client", "/messages/{talk}"), ("practitioner", "/today"), ("practitioner", "/messages")]
PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
WATCH = """window.moved = []
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const who = entry.sources.map(({ node }) => `${node?.nodeName}.${node?.className}`)
    if (!entry.hadRecentInput) window.moved.push([entry.value, ...who])
  }
}).observe({ type: "layout-shift", buffered: true })"""
MOVED = "window.moved.reduce((sum, [value]) => sum + value, 0)"
# of this page's files: how many there were, and which came over the wire
FILES = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/static/')).map((one) => one.name)"
FETCHED = """performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/static/") && one.transferSize > 0).map((one) => one.name)"""


# where the words and buttons of the bars stand
BAR = """[...document.querySelectorAll(
    ".tabs-bar a > span, .rail-link > .label, .strip-end > *, .portal-name, .person-menu button, .strip .search")]
  .map((one) => { const { x, y } = one.getBoundingClientRect(); return [x, y] })"""


async def watched(window, cast, name, path, **form):
    opened = await window(cast, name, "/preferences", **form)
    await opened.context.add_init_script(WATCH)
    return await opened.go(path)


@pytest.mark.parametrize(("name", "path"), PAGES)
async def test_a_page_stands_where_it_was_first_drawn(window, cast, talk, name, path):
    await say(cast, talk, "client", ["Hello", "A longer message, so that the thread has something to climb by. " * 6])
    await say(cast, talk, "practitioner", ["An answer"])
    opened = await watched(window, cast, name, path.format(talk=talk), **PHONE)
    await opened.page.evaluate("document.fonts.ready")
    assert await opened.page.evaluate(MOVED) < 0.02, await opened.page.evaluate("window.moved")


async def test_the_second_page_asks_for_no_file_again(window, cast, talk):
    ana = await window(cast, "client", "/home")
    await ana.page.wait_for_load_state("networkidle")  # what is still coming when it is left was never kept
    await ana.go(f"/messages/{talk}")
    await ana.page.wait_for_load_state("networkidle")
    again = (await ana.go("/home")).page
    assert len(await again.evaluate(FILES)) >= 4  # premise: style, module, font, icons
    assert await again.evaluate(FETCHED) == []


async def test_a_page_left_by_a_change_of_a_module_is_not_shown_the_old_one(window, cast):
    """Every file of a page stands under one stamp, so that no page mixes two versions."""
    ana = await window(cast, "client", "/home")
    stamps = {name.split("/static/")[1].split("/")[0] for name in await ana.page.evaluate(FILES)}
    assert len(stamps) == 1 and stamps.pop().startswith("at-")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["client", "practitioner"])
async def test_a_count_that_comes_moves_nothing(window, cast, talk, name, width):
    reader = await window(cast, name, "/preferences", width=width)
    await reader.page.evaluate("document.fonts.ready")
    before = await reader.page.evaluate(BAR)
    await say(cast, talk, "client" if name == "practitioner" else "practitioner", ["One", "Two"])
    await expect(reader.unread).to_contain_text("2")
    assert await reader.page.evaluate(BAR) == before


async def test_without_motion_nothing_moves_but_what_says_that_it_works(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}", reduced_motion="reduce")
    await say(cast, talk, "client", ["Hello"])
    await expect(maya.said("Hello")).to_be_visible()
    running = "document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1).length"
    assert await maya.page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")  # premise
    assert await maya.page.evaluate(running) == 0
