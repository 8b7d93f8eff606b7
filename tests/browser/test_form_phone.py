"""A form on a phone: what is missing is found, nothing jumps, sliders and files are answers like others."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from models.documents.filling import answers_of
from tests.browser.form_filling import ask, says, sent
from tests.documents.conftest import Paper
from tests.documents.forms import asks
from tests.documents.sampler import control, options
from tests.files import samples

PLACES = options(*(f"Place {number}" for number in range(1, 8)))
REACHED = """link => {
  const { left, top, width, height } = link.getBoundingClientRect()
  return document.elementFromPoint(left + width / 2, top + height / 2) === link
}"""
DOWN = "one => one.getBoundingClientRect().top - document.querySelector('#filling').getBoundingClientRect().top"
WIDTH = "() => [document.documentElement.scrollWidth, innerWidth]"
PHONE = {"width": 390, "has_touch": True, "is_mobile": True}


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def on_phone(window, cast, paper, *items):
    async def phone(*given):
        return await window(*given, **PHONE)

    return await ask(phone, cast, paper, *items)


async def stands(asked):
    return await asked.cast.inside(lambda: answers_of(asked.document.id))


async def top_of(locator):
    return (await locator.bounding_box())["y"]


async def test_each_link_to_what_is_missing_is_a_fingers_wide_and_leads_to_the_question_with_its_words(
    window, cast, paper
):
    texts = [asks(f"Text {number}", required=True) for number in range(3)]
    asked = await on_phone(window, cast, paper, *texts, asks("Where", "choice", required=True, answerOption=PLACES))
    page = asked.page
    for _ in range(2):
        await asked.go.click()
    links = page.get_by_role("alert").get_by_role("link")
    await expect(links).to_have_count(4)
    await asked.window.live()  # all of the page is here, and drawn
    for link in await links.all():
        assert await link.evaluate(REACHED), "no other link lies over it"
    await links.last.click()
    where = page.get_by_role("group", name="Where")
    await expect(where.get_by_role("radio", name="Place 1")).to_be_focused()
    await expect(where).to_contain_text("Please choose one.")
    bar = await page.locator(".portal-bar").bounding_box()
    assert await top_of(where.locator("legend")) >= bar["height"], "the question is not under the bar"
    await asked.window.live()


async def test_what_is_wrong_is_brought_into_sight_with_its_question(window, cast, paper):
    asked = await on_phone(window, cast, paper, asks("Where", "choice", required=True, answerOption=PLACES),
                           asks("Why", "text"), asks("Wish", "text"))
    await asked.page.get_by_label("Wish").focus()
    await asked.go.click()
    where = asked.page.get_by_role("group", name="Where")
    await expect(where.get_by_role("radio", name="Place 1")).to_be_focused()
    bar = await asked.page.locator(".portal-bar").bounding_box()
    assert await top_of(where.locator("legend")) >= bar["height"]


@pytest.mark.parametrize("width", [390, 320])
async def test_without_a_line_the_page_is_no_wider_than_the_phone(window, cast, paper, width):
    asked = await on_phone(window, cast, paper, asks("Why", "text"))
    await asked.page.set_viewport_size({"width": width, "height": 700})
    await asked.window.cut()
    await asked.page.get_by_label("Why").fill("On the train")
    await expect(asked.page.locator("[data-saved]")).to_contain_text("Offline, kept on this device")
    assert await asked.page.evaluate(WIDTH) == [width, width]
    await asked.window.context.set_offline(False)
    await asked.window.live()


async def test_nothing_below_moves_when_an_answer_of_ones_own_can_be_cleared(window, cast, paper):
    asked = await on_phone(window, cast, paper, asks("Found", "open-choice", answerOption=options("A friend")),
                           asks("Smokes", "boolean"), asks("Why", "text"))
    page = asked.page
    await page.evaluate("document.fonts.ready")
    before = await page.get_by_label("Why").evaluate(DOWN)
    clears = page.get_by_role("button", name="Clear this answer")
    await expect(clears).to_have_count(0)
    await page.get_by_role("textbox", name="Other: Found").fill("A poster")
    await page.get_by_role("group", name="Smokes").get_by_text("No").click()
    await expect(clears).to_have_count(2)
    assert await page.get_by_label("Why").evaluate(DOWN) == before
    await clears.first.click()
    await expect(page.get_by_role("textbox", name="Other: Found")).to_have_value("")
    await sent(page)
    assert {path: values for path, values in (await stands(asked)).items() if values} == {"Smokes": [False]}


async def test_a_slider_is_answered_where_it_stands_and_cleared_again(window, cast, paper):
    asked = await on_phone(window, cast, paper, asks("Pain", "integer", extension=[
        control("slider"), says("minValue", valueInteger=0), says("maxValue", valueInteger=10)]))
    page = asked.page
    slider = page.get_by_role("slider", name="Pain")
    await slider.click()
    await expect(page.locator(".slide output")).to_have_text("5")
    await sent(page)
    assert await stands(asked) == {"Pain": [5]}
    await page.get_by_role("button", name="Clear this answer").click()
    await expect(page.locator(".slide output")).to_have_text("Not answered")
    await expect(slider).to_be_focused()
    await sent(page)
    assert await stands(asked) == {"Pain": []}


async def test_the_review_waits_for_a_file_that_is_still_on_its_way(window, cast, paper):
    asked = await on_phone(window, cast, paper, asks("Card", "attachment"))
    page, let_go = asked.page, asyncio.Event()

    async def wait(route):
        await let_go.wait()
        await route.continue_()

    await page.route("**/files", wait)
    await page.get_by_label("Attach a file: Card").set_input_files(picture("front.jpg"))
    await asked.go.click()
    await expect(page.locator("[data-saved]")).to_contain_text("A file is still on its way")
    let_go.set()
    await expect(page.locator("[data-file] [data-value]")).to_have_count(1)
    await page.get_by_label("Attach a file: Card").set_input_files(
        {"name": "back.pdf", "mimeType": "application/pdf", "buffer": b"not a PDF"})
    await expect(page.locator("[data-file][data-state=refused]")).to_contain_text("back.pdf")
    asked.window.faults = [said for said in asked.window.faults if "422" not in said]
    await expect(page.locator("[data-attached]")).to_contain_text("front.jpg")
    await page.get_by_label("Attach a file: Card").set_input_files(picture("both.jpg"))
    await expect(page.locator("[data-file]")).to_have_count(1)
    (answer,) = (await asked.answers())["Card"]
    assert answer["valueAttachment"]["title"] == "both.jpg"


def picture(name):
    return {"name": name, "mimeType": "image/jpeg", "buffer": samples.picture("JPEG", (60, 40))}
