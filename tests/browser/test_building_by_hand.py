"""What hands expect of the form builder: Enter goes on, arrows lead along, a pasted list becomes options, a phone is
enough, and what is in the way is said where it can be seen."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.building import NEW, opened, words
from tests.browser.window import axe
from tests.documents.talking import TALK

PASTE = """list => {
    const clipboardData = new DataTransfer()
    clipboardData.setData("text/plain", list)
    const pasted = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(pasted)
}"""


async def test_enter_goes_on_to_the_next_question_and_into_options(cast, window):
    builder, _ = await opened(cast, window)
    await builder.ready()
    keyboard = builder.page.keyboard
    await builder.add("heading")
    for text in ("About you", "What brings you?", "Since when?"):
        await keyboard.type(text)
        await keyboard.press("Enter")
    assert await builder.texts() == ["About you", "What brings you?", "Since when?", ""]
    await keyboard.press("Enter")  # without words there is no next one
    assert len(await builder.texts()) == 4
    await keyboard.press("Control+z")
    await expect(builder.page.locator(".build-form .build-item")).to_have_count(3)
    await builder.add("single")
    await keyboard.type("How often?")
    for text in ("Never", "Some days", "Daily"):
        await keyboard.press("Enter")
        await keyboard.type(text)
    await builder.choose("How often?")
    await builder.chosen.locator("[data-text]").press("Enter")
    await expect(builder.chosen.locator("[data-text]")).to_have_value("")
    await builder.saved()
    state = await builder.state()
    assert words(state) == ["About you", ["What brings you?", "Since when?"], "How often?", ""]
    often = state["items"][1]
    assert [one["label"] for one in often["options"]] == ["Never", "Some days", "Daily"]


async def test_arrows_lead_from_question_to_question_and_move_one(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    await builder.ready()
    page, press = builder.page, builder.page.keyboard.press
    focused = page.locator("[data-text]:focus")
    await builder.item("Why now?").locator("[data-text]").focus()
    await press("End")
    await press("ArrowDown")
    await expect(focused).to_have_value("Have you been in therapy?")
    await press("Home")
    await press("ArrowUp")
    await expect(focused).to_have_value("Why now?")
    await press("Alt+ArrowDown")
    await expect(focused).to_have_value("Why now?")
    assert (await builder.texts())[:3] == ["You", "Have you been in therapy?", "Why now?"]
    await page.get_by_role("button", name="“Why now?”: settings").focus()
    await press("ArrowDown")
    await expect(page.get_by_role("button", name="“When?”: settings")).to_be_focused()
    await press("Delete")
    await expect(builder.item("When?")).to_have_count(0)
    await page.locator("toast-stack").get_by_role("button", name="Undo").click()
    await expect(builder.item("When?")).to_be_visible()


async def test_a_pasted_list_becomes_options_and_a_choice_becomes_several(cast, window):
    builder, _ = await opened(cast, window)
    await builder.ready()
    await builder.add("single", "How often?")
    await builder.chosen.locator(".sketch-option").first.click()
    await expect(builder.panel.get_by_label("Option 1", exact=True)).to_be_focused()
    await builder.page.evaluate(PASTE, "- Never\n\n• Some days\nDaily\n")
    await expect(builder.panel.get_by_label("Option 3", exact=True)).to_be_focused()
    kind = builder.panel.get_by_label("Kind of question")
    await kind.select_option("several")
    await expect(kind).to_be_focused()
    await expect(builder.chosen).to_have_attribute("data-kind", "several")
    await builder.saved()
    [item] = (await builder.state())["items"]
    assert (item["kind"], [one["label"] for one in item["options"]]) == ("several", ["Never", "Some days", "Daily"])


async def test_a_score_adds_up_numbers_too(cast, window):
    builder, _ = await opened(cast, window, source={**NEW, "item": [TALK["item"][1]]})
    await builder.ready()
    await builder.add("number", "Nights awake")
    await builder.add("total")
    await builder.page.keyboard.type("Sleep")  # in place of the word that stands there
    assert (await builder.texts())[-1] == "Sleep"
    await builder.panel.get_by_label("Nights awake").check()
    await expect(builder.chosen).to_contain_text("Adds up 2 questions")
    await builder.saved()
    await builder.page.get_by_role("link", name="Preview").click()
    preview = await builder.preview()
    await preview.get_by_label("Badly").check()
    await preview.get_by_label("Nights awake").fill("3")
    await expect(preview.locator("output").first).to_have_text("5")


async def test_what_is_only_begun_is_not_blamed(cast, window):
    builder, _ = await opened(cast, window)
    await builder.ready()
    mend = builder.page.locator("[data-act=to-mend]")
    await expect(mend).to_be_hidden()
    await builder.add("single", "How are you?")
    await expect(mend).to_have_text("1 thing to mend")
    await expect(builder.page.locator("[data-faults]")).to_be_hidden()
    await expect(builder.chosen.locator(".wrong")).to_have_count(0)
    await builder.page.get_by_label("Title of the form").click()
    await builder.add("string", "And you?")
    wrong = builder.item("How are you?").locator(".wrong")
    await expect(wrong).to_have_text("“How are you?” has an option without words.")
    await mend.click()
    await expect(builder.page.locator("[data-faults]")).to_be_focused()
    await mend.click()
    await expect(builder.page.locator("[data-faults]")).to_be_hidden()


async def test_offline_it_is_said_why_nothing_is_previewed_or_published(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    await builder.ready()
    page = builder.page
    await builder.window.context.set_offline(True)
    await expect(page.locator("live-state[state=offline]:visible")).to_be_attached()
    await builder.add("date", "Since when?")
    for name, title in (("Preview", "No preview yet"), ("Publish", "Not published yet")):
        await page.locator(".build-end").get_by_text(name, exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text(title)
        await expect(dialog).to_contain_text("waits on this device")
        await dialog.get_by_role("button", name="Close").click()
    await builder.window.context.set_offline(False)
    await builder.saved()


async def test_a_form_is_built_on_a_phone(cast, window, axe_source):
    builder, _ = await opened(cast, window, width=390, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = builder.page
    await expect(page.get_by_role("button", name="Add to the form")).to_be_enabled()

    async def add(opener: str, kind: str, text: str) -> None:
        await page.get_by_role("button", name=opener).tap()
        await page.get_by_role("dialog").get_by_role("button", name=kind, exact=True).tap()
        await expect(page.locator("[data-text]:focus")).to_have_value("")
        await page.keyboard.type(text)

    await add("Add to the form", "Yes or no", "Do you sleep well?")
    await add("Add to the form", "Long text", "Since when?")
    await page.get_by_role("button", name="Add a condition").tap()
    await builder.choose("Do you sleep well?")
    await add("Add below “Do you sleep well?”", "Date", "Born on?")
    await expect(page.locator("[data-saved]")).to_be_in_viewport()
    await builder.saved()
    assert words(await builder.state()) == ["Do you sleep well?", "Born on?", "Since when?"]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe(builder.window, axe_source) == []
    await page.get_by_role("link", name="Preview").tap()
    await (await builder.preview()).get_by_label("Yes", exact=True).check()
    box = await page.locator("dialog.build-preview").bounding_box()
    assert box is not None and (box["x"], box["width"]) == (0, 390)


async def test_without_a_script_the_page_says_so(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    plain = await builder.page.context.browser.new_context(java_script_enabled=False)
    await plain.add_cookies(await builder.window.context.cookies())
    page = await plain.new_page()
    await page.goto(builder.page.url)
    await expect(page.get_by_text("Building a form needs JavaScript")).to_be_visible()
    await expect(page.locator(".build")).to_be_hidden()
    await plain.close()
