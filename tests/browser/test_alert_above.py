"""An alert stands above every page of the desk; what one writes in stays in sight below it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.test_uploads import LETTER
from tests.documents.conftest import THOUGHTS, Paper

# Both as they stand at one moment: a message on its way is drawn anew once it is there.
INSIDE = """() => {
    const found = ["attached", "save"].map((name) => document.querySelector(`.file > .${name}`))
    if (!found.every(Boolean)) return false
    const [a, b] = found.map((one) => one.getBoundingClientRect())
    return b.top >= a.top && b.bottom <= a.bottom && b.left >= a.left && b.right <= a.right
}"""


@pytest.mark.parametrize("width", [390, 1440])
async def test_below_an_alert_the_conversation_and_its_composer_are_in_sight(window, cast, talk, width):
    paper = Paper(cast)
    document = await paper.ask(questionnaire=THOUGHTS)
    maya = await window(cast, "practitioner", f"/messages/{talk}", width=width)
    await expect(maya.page.locator("message-composer textarea")).to_be_in_viewport(ratio=1)
    await paper.answer(document, "harm", "Some days")
    banner = maya.page.locator(".risk-alerts")
    await expect(banner).to_be_visible(timeout=20_000)
    await expect(maya.page.locator("message-composer textarea")).to_be_in_viewport(ratio=1)
    assert await maya.page.evaluate("document.scrollingElement.scrollHeight <= innerHeight"), "nothing to scroll"
    if width > 1000:
        await expect(maya.page.get_by_role("navigation", name="Main").get_by_role("link").last).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1440])
async def test_an_attachment_holds_its_download_beside_save_to_files(window, cast, talk, width):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.page.locator("message-composer input[type=file]").set_input_files([LETTER])
    await expect(ana.page.locator(".upload")).to_contain_text("uploaded", timeout=20_000)
    await ana.write("Here it is")
    maya = await window(cast, "practitioner", f"/messages/{talk}", width=width)
    await expect(maya.page.get_by_role("button", name="Save letter.pdf to Files")).to_be_visible(timeout=20_000)
    for one in (ana, maya):
        await one.page.wait_for_function(INSIDE)  # the attachment's own frame
