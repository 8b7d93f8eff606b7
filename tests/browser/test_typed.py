"""What somebody typed and chose stays while the page is drawn anew under their hands."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.test_uploads import LETTER, add, listed


async def folder(window, name):
    await window.page.get_by_label("Add a folder").fill(name)
    async with window.turns():
        await window.page.keyboard.press("Enter")
    await expect(window.page.get_by_role("link", name=f"{name} 0 files")).to_be_visible(timeout=20_000)


async def test_a_folder_chosen_and_a_tag_typed_stay_when_somebody_else_renames_the_file(window, cast):
    files = f"/clients/{cast.clients['client']}/files"
    ana = await window(cast, "client", "/uploads")
    await add(ana, LETTER)
    await expect(listed(ana)).to_have_count(1, timeout=20_000)
    maya = await window(cast, "practitioner", files)
    await folder(maya, "School")
    sam = await window(cast, "supervisor", files)
    for one in (maya, sam):
        await one.page.locator(".file-line").first.get_by_role("link", name="More for letter.pdf").click()
    card = maya.page.get_by_role("dialog")
    await card.get_by_label("Add a tag").fill("report")
    await card.get_by_label("Folder").select_option(label="School")
    await card.get_by_role("button", name="Move").focus()
    await sam.page.get_by_role("dialog").get_by_label("Name for staff").fill("Of the school")
    await sam.page.keyboard.press("Enter")
    await expect(maya.page.get_by_role("dialog", name="Of the school.pdf")).to_be_visible(timeout=20_000)
    await expect(card.get_by_label("Folder").locator("option:checked")).to_have_text("School")
    await expect(card.get_by_label("Add a tag")).to_have_value("report")
    await expect(card.get_by_label("Name for staff")).to_have_value("Of the school.pdf")
    await maya.page.keyboard.press("Enter")
    line = maya.page.locator(".file-line").first
    await expect(line.locator(".chip", has_text="School")).to_be_visible(timeout=20_000)
    await card.get_by_label("Add a tag").press("Enter")
    await expect(line.locator(".chip", has_text="report")).to_be_visible(timeout=20_000)
    await expect(card.get_by_label("Add a tag")).to_have_value("")


async def test_words_typed_for_one_folder_stay_with_it_when_another_comes_in_before_it(window, cast):
    files = f"/clients/{cast.clients['client']}/files"
    maya, sam = await window(cast, "practitioner", files), await window(cast, "supervisor", files)
    await folder(maya, "Insurance")
    await folder(maya, "School")
    await maya.page.get_by_role("button", name="Rename or remove the folder School").click()
    dialog = maya.page.get_by_role("dialog", name="The folder School")
    await dialog.get_by_label("Name").fill("School and work")
    await dialog.get_by_role("button", name="Rename").focus()
    await folder(sam, "Bills")
    await expect(maya.page.get_by_text("Bills", exact=True)).to_be_visible(timeout=20_000)
    await expect(dialog.get_by_label("Name")).to_have_value("School and work")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="Rename").click()
    names = maya.page.get_by_role("region", name="Folders").locator(".line b")
    await expect(names).to_have_text(["Bills", "Insurance", "School and work"], timeout=20_000)
