"""A builder a therapist can use, in the browser: by mouse, by keyboard, offline, opened by two, with what came in."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import expect

from models.documents.describing import described
from models.documents.ready import READY
from models.documents.shelving import latest_text
from models.documents.tables import Form, FormVersion
from models.documents.texts import parsed
from tests.browser.building import NEW, opened, words
from tests.browser.window import axe
from tests.documents.forms import SHARED, shared
from tests.documents.talking import TALK


async def test_an_intake_is_built_by_mouse_tried_and_published(cast, window):
    builder, form = await opened(cast, window)
    await builder.ready()
    page = builder.page
    await builder.add("heading", "About you")
    await builder.add("boolean", "Have you been in therapy?")
    await builder.add("text", "How was it?")
    await builder.panel.get_by_role("button", name="Add a condition").click()
    await expect(builder.chosen).to_contain_text("Shown only if “Have you been in therapy?” is Yes")
    await builder.panel.get_by_role("switch", name="Required").click()
    await builder.choose("About you")
    await builder.add("single", "How do you sleep?")
    await builder.panel.get_by_label("Option 1", exact=True).fill("Well")
    await builder.panel.get_by_label("Option 2", exact=True).fill("Badly")
    await builder.panel.get_by_label("Score of option 1").fill("0")
    await builder.panel.get_by_label("Score of option 2").fill("3")
    await builder.saved()
    await builder.window.reload()
    await builder.ready()
    assert await builder.texts() == ["About you", "Have you been in therapy?", "How was it?", "How do you sleep?"]
    await builder.choose("How do you sleep?")
    await builder.add("total", "Sleep score")
    await expect(builder.chosen).to_contain_text("Adds up 1 question")
    await builder.add("signature")
    await page.get_by_role("button", name=re.compile("^Remove “By signing")).click()
    await expect(page.locator("toast-stack")).to_contain_text("removed")
    await page.locator("toast-stack").get_by_role("button", name="Undo").click()
    await expect(builder.item("By signing I confirm that I have read this and agree.")).to_be_visible()
    await builder.saved()
    await page.get_by_role("link", name="Preview").click()
    preview = await builder.preview()
    await expect(preview.get_by_text("How was it?")).to_be_hidden()
    await preview.get_by_label("Yes", exact=True).check()
    await expect(preview.get_by_text("How was it?")).to_be_visible()
    await preview.get_by_label("Badly").check()
    await expect(preview.locator("output").first).to_have_text("3")
    await page.get_by_role("button", name="Phone").click()
    await expect(page.locator("iframe.build-frame")).to_have_css("width", "390px")
    await page.get_by_role("button", name="Desktop").click()
    await expect(page.locator("iframe.build-frame")).not_to_have_css("width", "390px")
    await page.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Publish").click()
    await page.wait_for_url(re.compile("done=published"))
    made = await cast.inside(lambda: FormVersion.get(form_id=form.id))
    assert [item["kind"] for item in described(json.loads(made.questionnaire))["items"][0]["items"]] == [
        "boolean", "text", "single", "total", "signature"]


async def test_items_are_dragged_from_the_palette_and_into_headings(cast, window):
    builder, _ = await opened(cast, window, source=TALK, viewport={"width": 1440, "height": 1500})
    await builder.ready()
    await drag(builder, builder.page.locator(".build-palette li[data-add=date]"), builder.item("How do you sleep?"))
    await expect(builder.chosen).to_have_attribute("data-kind", "date")
    await builder.chosen.locator("[data-text]").fill("Since when?")
    await builder.saved()
    stands = words(await builder.state())
    assert stands[:2] == ["You", ["Why now?", "Have you been in therapy?", "When?"]]
    assert "Since when?" in stands[2:4] and stands[-1] == "Weight"
    await drag(builder, grip(builder, "How do you sleep?"), builder.item("Have you been in therapy?"))
    below = builder.page.locator(".build-item .build-item")
    await expect(below.filter(has=builder.item("How do you sleep?"))).to_be_attached()
    await builder.saved()
    stands = words(await builder.state())
    assert "How do you sleep?" in stands[1] and stands[2:] == ["Since when?", "Weight"]
    others = [one for one in stands[1] if one != "How do you sleep?"]
    assert others == ["Why now?", "Have you been in therapy?", "When?"]


async def test_what_is_heard_while_an_item_is_dragged_is_drawn_once_it_is_let_go(cast, window):
    builder, _ = await opened(cast, window, source=TALK, viewport={"width": 1440, "height": 1500})
    await builder.ready()
    await builder.item("Why now?").locator("[data-text]").fill("What brings you here?")
    await builder.saved()
    heard = "async () => { await document.querySelector('form-builder').refresh() }"
    await drag(builder, grip(builder, "How do you sleep?"), builder.item("Have you been in therapy?"),
               before_it_is_let_go=lambda: builder.page.evaluate(heard))
    below = builder.page.locator(".build-item .build-item")
    await expect(below.filter(has=builder.item("How do you sleep?"))).to_be_attached()
    await drag(builder, builder.page.locator(".build-palette li[data-add=date]"), builder.item("Weight"),
               before_it_is_let_go=lambda: builder.page.evaluate(heard))
    await expect(builder.chosen).to_have_attribute("data-kind", "date")
    await builder.chosen.locator("[data-text]").fill("Since when?")
    await builder.saved()
    stands = words(await builder.state())
    assert "How do you sleep?" in stands[1] and stands[2:] == ["Since when?", "Weight"]


def grip(builder, text):
    return builder.item(text).locator("[data-grip]")


async def drag(builder, what, where, before_it_is_let_go=None):
    """Picked up, moved over the upper edge of the other in steps, and let go."""
    await what.scroll_into_view_if_needed()
    start, end = await what.bounding_box(), await where.bounding_box()
    mouse = builder.page.mouse
    await mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    await mouse.down()
    for step in range(1, 11):
        await mouse.move(start["x"] + (end["x"] + 40 - start["x"]) * step / 10,
                         start["y"] + (end["y"] + 14 - start["y"]) * step / 10)
    await mouse.move(end["x"] + 42, end["y"] + 12)
    if before_it_is_let_go:
        await before_it_is_let_go()
    await mouse.up()


async def test_an_intake_is_built_by_keyboard_alone(cast, window):
    builder, _ = await opened(cast, window)
    await builder.ready()
    page, press = builder.page, builder.page.keyboard.press
    await page.get_by_role("button", name="Heading", exact=True).first.focus()
    await press("Enter")
    await page.keyboard.type("About you")
    for kind, text in (("Yes or no", "In therapy before?"), ("Text", "With whom?")):
        await page.get_by_role("button", name=kind, exact=True).first.focus()
        await press("Enter")
        await expect(page.locator("[data-text]:focus")).to_have_value("")
        await page.keyboard.type(text)
    await page.get_by_role("button", name="Add a condition").focus()
    await press("Enter")
    await expect(page.get_by_label("Question of condition 1")).to_be_focused()
    up = page.get_by_role("button", name="Move up “About you”")
    await page.get_by_role("button", name="“With whom?”: settings").focus()
    await page.get_by_role("button", name="Move down “With whom?”").focus()
    await press("Enter")
    await expect(page.locator("[data-say]")).to_have_text("“With whom?”: 2 of 2")
    await expect(page.get_by_role("button", name="Move down “With whom?”")).to_be_focused()
    await expect(up).to_be_hidden()
    await builder.saved()
    assert words(await builder.state()) == ["About you", ["In therapy before?"], "With whom?"]
    await press("Control+z")
    await expect(builder.page.locator(".build-form [data-items] > .build-item")).to_have_count(1)
    await press("Control+Shift+Z")
    await expect(builder.page.locator(".build-form [data-items] > .build-item")).to_have_count(2)
    await page.get_by_role("button", name="Remove “With whom?”").focus()
    await press("Enter")
    await expect(page.get_by_role("button", name="“About you”: settings")).to_be_focused()


async def test_removing_and_moving_ask_about_conditions_that_would_wait_for_nothing(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    await builder.ready()
    page = builder.page
    await builder.choose("Have you been in therapy?")
    await page.get_by_role("button", name="Move down “Have you been in therapy?”").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("“When?” would wait for an answer that is only given later")
    await dialog.get_by_role("button", name="Leave it there").click()
    await page.get_by_role("button", name="Remove “Have you been in therapy?”").click()
    await expect(dialog).to_contain_text("“When?” waits for its answer. Those conditions go with it.")
    await dialog.get_by_role("button", name="Remove it").click()
    await expect(builder.item("When?")).not_to_contain_text("Shown only if")
    await builder.saved()
    assert [item["conditions"] for item in (await builder.state())["items"][0]["items"]] == [[], []]


async def test_undo_goes_on_after_a_reload(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    await builder.ready()
    await builder.choose("How do you sleep?")
    await builder.page.get_by_role("button", name="Remove “How do you sleep?”").click()
    await builder.saved()
    await builder.window.reload()
    await builder.ready()
    undo = builder.page.get_by_role("button", name="Undo", exact=True)
    await expect(undo).to_be_enabled()
    await undo.click()
    await expect(builder.item("How do you sleep?")).to_be_visible()
    await expect(undo).to_be_disabled()
    await builder.page.get_by_role("button", name="Redo", exact=True).click()
    await expect(builder.item("How do you sleep?")).to_have_count(0)


async def test_offline_what_is_done_waits_and_is_saved_after_a_reload(cast, window):
    builder, form = await opened(cast, window, source=TALK)
    await builder.ready()
    context = builder.window.context
    await context.set_offline(True)
    await expect(builder.page.locator("live-state[state=offline]:visible")).to_be_attached()
    await builder.item("Why now?").locator("[data-text]").fill("What brings you?")
    await builder.add("date", "Since when?")
    await expect(builder.page.locator("[data-saved]")).to_contain_text("on this device")
    await context.set_offline(False)
    await builder.window.reload()
    await builder.ready()
    await expect(builder.item("Since when?")).to_be_visible()
    await builder.saved()
    stands = described(json.loads(await cast.inside(lambda: text_of(form))))
    assert stands["items"][0]["items"][0]["text"] == "What brings you?"
    assert "Since when?" in [one["text"] for one in stands["items"] + stands["items"][0]["items"]]


async def text_of(form):
    return await latest_text(await Form.get(id=form.id))


async def test_the_second_is_told_follows_and_takes_over(cast, window):
    first, form = await opened(cast, window, source=TALK)
    await first.ready()
    second, _ = await opened(cast, window, "owner", form=form)
    banner = second.page.locator("[data-banner]")
    await expect(banner).to_contain_text("Maya Okafor is editing this form since")
    await expect(second.page.locator(".build-palette button").first).to_be_disabled()
    await first.item("Why now?").locator("[data-text]").fill("What brings you here?")
    await expect(second.page.get_by_text("What brings you here?")).to_be_visible()
    await second.page.get_by_role("button", name="Take over").click()
    await second.ready()
    await expect(first.page.locator("[data-took]")).to_contain_text("took over at")
    await expect(first.page.locator("[data-took]")).to_contain_text("What you saved is part of the form.")
    await expect(first.page.locator(".build-palette button").first).to_be_disabled()
    await second.item("When?").locator("[data-text]").fill("In which year?")
    await expect(first.page.get_by_text("In which year?")).to_be_visible()


async def test_what_the_first_had_not_sent_is_kept_to_be_copied(cast, window):
    first, form = await opened(cast, window, source=TALK)
    await first.ready()
    await first.window.context.set_offline(True)
    await expect(first.page.locator("live-state[state=offline]:visible")).to_be_attached()
    await first.item("Why now?").locator("[data-text]").fill("Unsent words")
    second, _ = await opened(cast, window, "owner", form=form)
    await second.page.get_by_role("button", name="Take over").click()
    await second.ready()
    await first.window.context.set_offline(False)
    unsent = first.page.locator("[data-unsent]")
    await expect(unsent).to_contain_text("Unsent words", timeout=20_000)
    await expect(unsent.get_by_role("button", name="Copy them")).to_be_visible()
    await expect(first.page.get_by_text("Why now?")).to_be_visible()


async def test_a_closed_page_lets_the_form_go(cast, window):
    first, form = await opened(cast, window, source=TALK)
    await first.ready()
    second, _ = await opened(cast, window, "owner", form=form)
    await expect(second.page.get_by_role("button", name="Take over")).to_be_visible()
    await first.page.goto("about:blank")
    # said by the page as it goes; a browser in a hurry drops that word, and the form is let go without it
    await expect(second.page.locator("[data-banner]")).to_be_hidden(timeout=80_000)
    await second.ready()


async def test_faults_lead_to_their_questions_and_keep_it_from_being_published(cast, window):
    builder, form = await opened(cast, window)
    await builder.ready()
    await builder.add("single", "How are you?")
    faults = builder.page.locator("[data-faults]")
    await expect(faults).to_contain_text("One thing keeps this form from being published")
    await builder.page.get_by_role("button", name="Publish").click()
    await expect(faults).to_be_focused()
    assert await cast.inside(lambda: FormVersion.filter(form_id=form.id).count()) == 0
    await faults.get_by_role("button", name="“How are you?” has an option without words.").click()
    await expect(builder.page.get_by_role("button", name="One choice, “How are you?”: settings")).to_be_focused()
    for number, label in ((1, "Well"), (2, "Badly")):
        await builder.panel.get_by_label(f"Option {number}", exact=True).fill(label)
    await expect(faults).to_be_hidden()


@pytest.mark.parametrize("name", SHARED)
async def test_what_came_in_shows_and_survives(cast, window, name):
    given = {"title": "Given", **shared(name)}
    builder, form = await opened(cast, window, source=given)
    await builder.ready()
    await builder.add("date", "Since when?")
    await builder.saved()
    stands = parsed(await cast.inside(lambda: text_of(form)))
    assert {**stands, "item": stands["item"][:-1]} == given


async def test_other_kinds_are_named_and_moved_but_not_changed(cast, window):
    builder, _ = await opened(cast, window, source=TALK)
    await builder.ready()
    await builder.page.get_by_role("button", name="Kept as it came in: Quantity").click()
    await expect(builder.chosen).to_contain_text("Weight")
    await expect(builder.chosen.locator("[data-text]")).to_be_hidden()
    await expect(builder.panel).to_contain_text("It is asked, kept and exported as it is")
    await builder.page.get_by_role("button", name="Move up “Weight”").click()
    await builder.saved()
    assert words(await builder.state())[-2:] == ["Weight", "How do you sleep?"]


async def test_who_only_looks_at_forms_changes_nothing(cast, window):
    builder, _ = await opened(cast, window, "frontdesk", source=TALK)
    await expect(builder.page.locator("[data-banner]")).to_contain_text("You may look at this form")
    await expect(builder.page.get_by_text("Why now?")).to_be_visible()
    await expect(builder.page.locator(".build-palette button").first).to_be_disabled()
    await expect(builder.page.get_by_role("button", name="Publish")).to_be_hidden()


async def test_a_ready_form_with_a_long_title_fits_a_phone(cast, window):
    given = {**parsed(READY["phq-9"].source), "title": "How you have been feeling in the last two weeks, asked in nine"}
    builder, _ = await opened(cast, window, source=given, width=390)
    await expect(builder.page.get_by_text("score 3, alerts").first).to_be_visible()
    assert await builder.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_who_only_looks_scrolls_what_is_beside_the_form_by_keys(cast, window, axe_source):
    builder, _ = await opened(cast, window, "frontdesk", source=TALK, width=1440, reduced_motion="reduce")
    await expect(builder.page.locator("[data-banner]")).to_contain_text("You may look at this form")
    await builder.page.set_viewport_size({"width": 1440, "height": 360})
    await builder.choose("How do you sleep?")
    side = builder.page.get_by_role("complementary", name="Settings")
    assert await side.evaluate("one => one.scrollHeight > one.clientHeight"), "else there is nothing to scroll"
    assert await axe(builder.window, axe_source) == []
    await side.focus()
    await builder.page.keyboard.press("End")
    await builder.page.wait_for_function("() => document.querySelector('[data-side]').scrollTop > 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_everybody_can_use_it(cast, window, axe_source, width, scheme):
    builder, _ = await opened(cast, window, source=TALK, width=width, color_scheme=scheme, reduced_motion="reduce")
    await expect(builder.page.get_by_role("button", name="Add to the form")).to_be_enabled()
    assert await axe(builder.window, axe_source) == []
    await builder.choose("How do you sleep?")
    await expect(builder.panel.get_by_label("Option 1", exact=True)).to_be_visible()
    assert await axe(builder.window, axe_source) == []
    assert await builder.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await builder.page.get_by_role("button", name="Add to the form").click()
    await builder.page.get_by_role("dialog").get_by_role("button", name="Score", exact=True).click()
    await expect(builder.chosen).to_have_attribute("data-kind", "total")
    await expect(builder.panel).to_contain_text("Adds up")
    assert await axe(builder.window, axe_source) == []
    await builder.saved()
    await builder.page.get_by_role("link", name="Preview").click()
    await builder.preview()
    assert await axe(builder.window, axe_source) == []


async def test_of_three_hundred_questions_one_edit_touches_one(cast, window):
    many = {**NEW, "item": [
        {"linkId": f"g{group}", "type": "group", "text": f"Part {group}", "item": [
            {"linkId": f"q{group}-{number}", "type": "choice", "text": f"Question {group}.{number}", "answerOption": [
                {"valueCoding": {"code": f"o{one}", "display": f"Answer {one}"}} for one in range(4)]}
            for number in range(29)]} for group in range(10)]}
    builder, _ = await opened(cast, window, source=many)
    await builder.ready()
    shown = await builder.page.evaluate("""async () => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
        const builder = document.querySelector("form-builder")
        const text = (id) => builder.querySelector(`[data-id="${id}"] > .build-card > [data-text]`)
        const touched = new Set()
        const watch = new MutationObserver((all) => all.forEach(({ target }) => {
            touched.add((target.closest ? target : target.parentElement).closest(".build-item").dataset.id) }))
        watch.observe(builder.at("items"), { subtree: true, childList: true, attributes: true, characterData: true })
        builder.perform({ do: "change", item: "q5-5", fields: { text: "Changed" } }, "Changed")
        await new Promise((done) => setTimeout(done))
        return { items: builder.querySelectorAll(".build-form .build-item").length, touched: [...touched],
                 drawn: ["g0", "q9-28"].map((id) => text(id).checkVisibility({ contentVisibilityAuto: true })) }
    }""")
    assert shown == {"items": 300, "touched": ["q5-5"], "drawn": [True, False]}
