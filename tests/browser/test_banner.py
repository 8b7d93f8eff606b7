"""The practice's words for emergencies stand above a client's messages, everywhere on the client side."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

WORDS = "Messages are not monitored and not for emergencies. Call 911, or call or text 988."


@pytest.mark.parametrize("width", [390, 1440])
async def test_what_an_administrator_writes_stands_above_a_clients_messages(window, cast, talk, width):
    owner = await window(cast, "owner", "/settings/messaging")
    words = owner.page.get_by_label("Shown to clients above their messages")
    await words.fill(WORDS)
    await owner.page.get_by_role("button", name="Save the text").click()
    await expect(words).to_have_value(WORDS)
    ana = await window(cast, "client", "/home", width=width)
    for path in ("/home", "/messages", "/messages/new", f"/messages/{talk}"):
        await ana.go(path)
        await expect(ana.page.locator(".urgent-line")).to_have_text(WORDS)
        await expect(ana.page.locator(".urgent-line")).to_be_in_viewport()
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await expect(maya.page.get_by_text(WORDS)).to_have_count(0)


async def test_it_is_never_empty_and_only_administrators_change_it(window, cast):
    owner = await window(cast, "owner", "/settings/messaging")
    words = owner.page.get_by_label("Shown to clients above their messages")
    before = await words.input_value()
    await words.fill("   ")
    await owner.page.get_by_role("button", name="Save the text").click()
    await expect(owner.page.get_by_text("Say whom to call in an emergency.")).to_be_visible()
    ana = await window(cast, "client", "/messages")
    await expect(ana.page.locator(".urgent-line")).to_have_text(before)
    tess = await window(cast, "frontdesk", "/today")
    assert (await tess.get("/staff/settings/messaging"))[0] == 403
