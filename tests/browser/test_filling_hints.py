"""What a form being filled in says where it used to be silent: Other without words, and no room for another entry."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from models.documents.checking import UNSAID
from tests.browser.form_filling import READY, ask, sent
from tests.browser.window import axe
from tests.documents.conftest import Paper
from tests.documents.forms import asks, group
from tests.documents.sampler import control, options


@pytest.fixture
def paper(cast):
    return Paper(cast)


async def test_other_without_words_is_told_at_its_field_and_on_review_until_it_is_written_or_let_go_of(
    window, cast, paper, axe_source
):
    asked = await ask(
        window, cast, paper, asks("Found", "open-choice", answerOption=options("A friend", "A poster")),
        asks("Eats", "open-choice", repeats=True, answerOption=options("Bread", "Rice")),
        asks("Town", "open-choice", answerOption=options("Bath", "Rome"), extension=[control("drop-down")]),
        asks("Name"))
    page = asked.page
    await page.get_by_label("Name").fill("Ana")
    await page.get_by_role("group", name="Found").get_by_role("radio", name="Other").check()
    await page.get_by_role("group", name="Eats").get_by_role("checkbox", name="Other").check()
    await page.get_by_label("Town").first.select_option("Other")
    assert await page.get_by_text(UNSAID).count() == 0, "not while somebody is about to write it"
    await asked.go.click()
    await expect(page.get_by_text(UNSAID)).to_have_count(3)
    assert await axe(asked.window, axe_source) == []
    await sent(page)
    await page.reload()
    await expect(page.locator(READY)).to_be_attached()
    await expect(page.get_by_role("group", name="Found").get_by_role("radio", name="Other")).to_be_checked()
    await asked.window.live()
    await asked.go.click()
    await asked.go.click()
    await expect(page.get_by_role("heading", name="Review your answers")).to_be_visible()
    await expect(page.get_by_text(UNSAID)).to_have_count(3)
    await page.locator("#answer-Found").get_by_role("link", name="Go to this question").click()
    await expect(page.locator(READY)).to_be_attached()
    await page.get_by_role("textbox", name="Other: Found").fill("A blog")
    await page.get_by_role("group", name="Eats").get_by_role("checkbox", name="Other").uncheck()
    await page.get_by_label("Town").first.select_option("Rome")
    await expect(page.get_by_text(UNSAID)).to_have_count(0)
    assert await asked.answers() == {
        "Found": [{"valueString": "A blog"}], "Town": [{"valueString": "Rome"}], "Name": [{"valueString": "Ana"}]}


async def test_other_of_one_answer_can_be_cleared_again(window, cast, paper):
    asked = await ask(window, cast, paper, asks("Found", "open-choice", answerOption=options("A friend")), asks("Name"))
    found = asked.page.get_by_role("group", name="Found")
    await asked.page.get_by_label("Name").fill("Ana")
    await found.get_by_role("radio", name="Other").check()
    await asked.page.get_by_role("button", name="Clear this answer").click()
    await expect(found.get_by_role("radio", name="Other")).not_to_be_checked()
    assert await asked.answers() == {"Name": [{"valueString": "Ana"}]}


async def test_where_no_entry_has_room_any_more_it_is_said_in_place_of_the_button(window, cast, paper):
    rooms = group("Rooms", *(asks(f"q{number}") for number in range(1_700)), repeats=True)
    asked = await ask(window, cast, paper, rooms)
    more, said = asked.page.get_by_role("button", name="Add another"), asked.page.locator("[data-full]")
    await expect(said).to_be_hidden()
    await more.click()
    await expect(asked.page.locator("[data-instance]")).to_have_count(2)
    await expect(said).to_have_text("No more can be added: this form has no room for another entry.")
    await expect(more).to_be_hidden()
    await asked.page.get_by_role("button", name="Remove").last.click()
    await expect(more).to_be_visible()
    await expect(said).to_be_hidden()
