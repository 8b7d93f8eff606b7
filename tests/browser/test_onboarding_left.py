"""Onboarding that is left in the middle and gone on with: where one was is kept; each page leads back to the list."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.newcomers import asking_nothing, comes_in
from tests.browser.test_invitation import newcomer
from tests.browser.test_onboarding_guide import WHY
from tests.browser.test_onboarding_papers import paper
from tests.browser.test_sharing import PDF
from tests.support.papers import a_form

LIST = "**/onboarding"


@pytest.fixture
async def rosa(window, cast):
    """A newcomer of whom an intake, a file and a PDF to sign are asked, at the list of it on a phone."""
    await a_form(cast)
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/portal/{client}/invitation")
    form = await asking_nothing(maya)
    await paper(form, "Intake").select_option(label="Required")
    await form.get_by_label("Files to ask for").fill("Insurance card")
    fees = {"name": "Fees.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await form.locator("add-file input[type=file]").set_input_files([fees])
    await expect(paper(form, "Fees.pdf")).to_be_visible(timeout=20_000)
    await form.get_by_role("button", name="Send invitation").click()
    await expect(maya.page.get_by_role("article", name="Rosa Lind")).to_contain_text("Invit")
    await comes_in(cast, "rosa", client)
    return await window(cast, "rosa", "/onboarding", width=390, has_touch=True, is_mobile=True)


def stage(rosa, title):
    return rosa.page.locator(".todo", has_text=title)


async def test_who_leaves_a_form_in_the_middle_is_back_at_the_list_and_goes_on_at_that_page(window, cast, rosa):
    await expect(stage(rosa, "Intake")).to_contain_text("Needed")
    lists = await window(cast, "rosa", "/documents", like=rosa)
    await stage(rosa, "Intake").click()
    await expect(rosa.page.locator("form-filling[ready]")).to_be_attached()
    await rosa.live()
    await rosa.page.get_by_label(WHY).fill("I cannot sleep")
    await rosa.page.get_by_role("button", name="Next page").click()  # while the answer is still on its way
    await expect(lists.page.locator(".todo", has_text="Intake")).to_contain_text("2 of 2 pages, go on", timeout=20_000)
    await rosa.page.get_by_role("link", name="Leave, your answers are saved").click()
    await expect(stage(rosa, "Intake")).to_contain_text("Page 2 of 2, go on")
    await stage(rosa, "Intake").click()
    await expect(rosa.page.locator("[data-place]")).to_have_text("Page 2 of 2")


@pytest.mark.parametrize("title", ["Insurance card", "Fees.pdf"])
async def test_each_page_of_it_leads_back_to_the_list(rosa, title):
    await stage(rosa, title).click()
    await rosa.live()
    await rosa.page.get_by_role("main").get_by_role("link", name="Getting started").click()
    await rosa.page.wait_for_url(LIST)
    await expect(stage(rosa, title)).to_be_visible()


async def test_a_request_that_was_begun_says_so(rosa):
    await stage(rosa, "Insurance card").click()
    await rosa.live()
    card = {"name": "Front.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await rosa.page.locator("give-files input[type=file]").first.set_input_files([card])
    await expect(rosa.page.get_by_role("link", name="Front.pdf")).to_be_visible(timeout=20_000)
    await rosa.page.get_by_role("link", name="Later").click()
    await expect(stage(rosa, "Insurance card")).to_contain_text("Begun, go on")
