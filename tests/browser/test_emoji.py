"""Emoji beside the paperclip, for people at a desk: found by words, walked by keys, put where one writes."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.window import axe


async def test_an_emoji_is_found_by_its_name_and_goes_where_the_cursor_stands(window, cast, talk, axe_source):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    for one in (maya, ana):
        await one.box.fill("Well done!")
        await one.box.press("Home")
        await one.page.get_by_role("button", name="Insert an emoji").click()
        await expect(one.page.get_by_role("button", name="grinning face", exact=True)).to_be_attached()
        assert await axe(one, axe_source) == []
        await one.page.get_by_label("Find an emoji").fill("party pop")
        await expect(one.page.locator(".emoji-grid button")).to_have_count(1)
        await one.page.keyboard.press("Enter")
        await expect(one.box).to_have_value("🎉Well done!")
        await expect(one.box).to_be_focused()
    await ana.box.press("Enter")
    await expect(maya.last).to_contain_text("🎉Well done!")


async def test_escape_closes_the_panel_and_nothing_is_written_or_sent(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    button = ana.page.get_by_role("button", name="Insert an emoji")
    await button.click()
    await ana.page.get_by_label("Find an emoji").fill("xyzzy")
    await expect(ana.page.get_by_text("None is called that.")).to_be_visible()
    await ana.page.keyboard.press("Enter")
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.get_by_role("dialog", name="Emoji")).to_have_count(0)
    await expect(button).to_be_focused()
    await expect(ana.box).to_have_value("")
    await expect(ana.page.locator("message-thread .message")).to_have_count(0)


async def test_a_phone_has_emoji_on_its_own_keyboard(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}", width=390, is_mobile=True, has_touch=True)
    await expect(ana.page.get_by_role("button", name="Send")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Insert an emoji")).to_be_hidden()
