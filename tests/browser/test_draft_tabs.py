"""One draft in two tabs of one person: what was written last stands in both, and nobody's hands are interfered with."""

from __future__ import annotations

from playwright.async_api import expect

# What a browser tells a page that somebody comes back to, and one that is left.
LOOKED_AT = "window.dispatchEvent(new Event('focus'))"
LEFT = "window.dispatchEvent(new Event('pagehide'))"


async def tabs_of(window, cast, talk):
    first = await window(cast, "practitioner", f"/messages/{talk}")
    return first, await window(cast, "practitioner", f"/messages/{talk}", like=first)


async def saved(one):
    """Said where a draft stands, be the page too narrow to show it."""
    await expect(one.page.locator("[data-saved]").first).to_have_text("Draft saved")


async def test_what_stands_in_a_tab_since_earlier_never_goes_out_over_what_another_one_wrote(window, cast, talk):
    first, second = await tabs_of(window, cast, talk)
    await first.box.fill("Older")
    await expect(second.box).to_have_value("Older")
    await saved(first)
    await second.box.fill("Older and newer")
    await first.page.evaluate(LEFT)
    await saved(second)
    for tab in (first, second):
        await tab.reload()
        await expect(tab.box).to_have_value("Older and newer")
    phone = await window(cast, "practitioner", f"/messages/{talk}", width=390)
    await expect(phone.box).to_have_value("Older and newer")


async def test_a_tab_that_somebody_typed_in_shows_the_newer_words_at_the_next_look(window, cast, talk):
    first, second = await tabs_of(window, cast, talk)
    await first.box.fill("Older")
    await expect(second.box).to_have_value("Older")
    await second.box.fill("Newer")
    await saved(second)
    await expect(first.box).to_have_value("Older")  # it is in somebody's hands
    await first.page.evaluate(LOOKED_AT)
    await expect(first.box).to_have_value("Newer")
    await first.box.fill("Newest")
    await second.page.evaluate(LOOKED_AT)
    await expect(second.box).to_have_value("Newest")


async def test_a_tab_that_nobody_typed_in_since_they_came_to_it_shows_what_comes_from_another_one(window, cast, talk):
    first, second = await tabs_of(window, cast, talk)
    await second.box.fill("All of it")
    await expect(first.box).to_have_value("All of it")
    await second.page.evaluate(LOOKED_AT)  # a moment before the other tab is heard of
    await first.box.press("Enter")
    await expect(second.box).to_have_value("")
    await second.reads("All of it")
    await second.page.get_by_role("button", name="Note").click()
    await second.box.fill("For staff alone")
    await expect(first.box).to_have_value("For staff alone")
    await second.page.evaluate(LOOKED_AT)
    await first.box.press("Enter")
    await expect(second.box).to_have_value("")


async def test_what_was_written_on_another_device_meanwhile_stands_there_at_the_next_look(window, cast, talk):
    laptop = await window(cast, "practitioner", f"/messages/{talk}")
    phone = await window(cast, "practitioner", f"/messages/{talk}", width=390)
    await laptop.box.fill("Older")
    await expect(phone.box).to_have_value("Older")
    await phone.box.fill("Newer")
    await saved(phone)
    await expect(laptop.box).to_have_value("Older")
    await laptop.page.evaluate(LOOKED_AT)
    await expect(laptop.box).to_have_value("Newer")


async def test_sent_in_one_tab_it_is_no_draft_any_more_in_the_other(window, cast, talk):
    first, second = await tabs_of(window, cast, talk)
    await second.box.fill("All of it")
    await expect(first.box).to_have_value("All of it")
    await second.box.press("Enter")
    await first.reads("All of it")
    await expect(first.box).to_have_value("")
    await second.box.fill("The next")
    await expect(first.box).to_have_value("The next")
    await first.reload()
    await expect(first.box).to_have_value("The next")


async def test_what_becomes_a_note_in_one_tab_is_a_note_in_the_other(window, cast, talk):
    first, second = await tabs_of(window, cast, talk)
    await second.page.get_by_role("button", name="Note").click()
    await second.box.fill("For staff alone")
    await expect(first.box).to_have_value("For staff alone")
    await expect(first.page.locator("message-composer[noting]")).to_have_count(1)
    await first.box.press("Enter")
    await expect(second.said("For staff alone")).to_have_count(1)
    await second.page.evaluate(LOOKED_AT)
    await expect(second.box).to_have_value("")
    await expect(second.page.locator("message-composer[noting]")).to_have_count(1)
