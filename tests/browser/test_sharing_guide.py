"""The guide's sentences about sharing forms, documents and files, each lived through in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.building import Builder
from tests.browser.test_sharing import CONSENT, PDF, START, mails_to, managing, panel
from tests.documents.desk import Desk
from tests.support.papers import INTAKE, a_document, a_form

USUAL = "There is something new for you in your client portal."


@pytest.fixture
def pdf(tmp_path):
    made = tmp_path / "Plan of care.pdf"
    made.write_bytes(PDF)
    return made


async def send(window, words=None):
    """The dialog about the e-mail that Save opens."""
    asked = window.page.get_by_role("dialog", name="Tell them by e-mail")
    if words is not None:
        await asked.get_by_label("Message").fill(words)
    await asked.get_by_role("button", name="Send", exact=True).click()
    await expect(asked).to_be_hidden()


async def test_occasionally_there_may_be_new_forms_or_documents_to_share_with_your_clients(window, cast):
    from models.core.clock import now

    await a_document(cast, await a_form(cast), submitted_at=now())
    await a_form(cast, CONSENT, kind="consent")
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await expect(mine.locator("summary").first).to_contain_text("1 handed in")
    await mine.get_by_role("checkbox", name="Consent to telehealth").check()
    await expect(mine.locator("summary").first).to_contain_text("not saved yet")
    await dialog.get_by_role("button", name="Save").click()
    await send(maya)
    todo, done = (ana.page.get_by_role("region", name=name) for name in ("To do", "Done"))
    await expect(todo.get_by_role("link", name="Consent to telehealth")).to_be_visible()
    await expect(done.get_by_role("link", name="Intake")).to_be_visible()


async def test_we_recommend_creating_custom_forms_and_sending_those_to_your_clients_to_fill_out(window, cast):
    maya = await window(cast, "practitioner", "/forms/new")
    await maya.page.get_by_label("Title").fill("About your sleep")
    await maya.page.get_by_label("Assessment").check()
    await maya.page.get_by_role("button", name="Build it").click()
    await maya.live()
    builder = await Builder(maya).ready()
    await builder.add("text", "How did you sleep?")
    await builder.saved()
    await maya.page.get_by_role("button", name="Publish").click()
    await maya.page.wait_for_url(re.compile("done=published"))
    await a_form(cast, {**INTAKE, "title": "Before we meet"})
    await a_form(cast, {**INTAKE, "title": "Your week"}, kind="questionnaire")
    ana = await window(cast, "client", START["client"])
    dialog = await managing(maya, cast, "client")
    for title in ("About your sleep", "Before we meet", "Your week"):
        await panel(dialog, "Ana Beltrán").get_by_role("checkbox", name=title).check()
    await dialog.get_by_role("button", name="Save").click()
    await send(maya)
    todo = ana.page.get_by_role("region", name="To do")
    for title in ("Before we meet", "Your week"):
        await expect(todo.get_by_role("link", name=title)).to_be_visible()
    await todo.get_by_role("link", name="About your sleep").click()
    await ana.live()
    await ana.page.get_by_label("How did you sleep?").fill("Well")
    await ana.page.get_by_role("button", name="Review").click()
    await ana.page.get_by_role("button", name="Hand in").click()
    await expect(ana.page.get_by_role("main")).to_contain_text("Handed in")
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await expect(section.get_by_text("Handed in")).to_be_visible()


async def test_go_to_clients_name_portal_and_click_manage_documentation(window, cast):
    await a_form(cast, CONSENT, kind="consent")
    maya = await window(cast, "practitioner", "/clients")
    await maya.page.get_by_role("link", name="Ana Beltrán").first.click()
    await maya.live()
    await maya.page.get_by_role("navigation").get_by_role("link", name="Portal", exact=True).click()
    await maya.live()
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    link = section.get_by_role("link", name="Manage Documentation")
    await link.click()
    dialog = maya.page.get_by_role("dialog", name="Manage Documentation")
    await expect(panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Consent to telehealth")).to_be_visible()
    await maya.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(link).to_be_focused()


async def test_check_any_new_forms_to_share_or_uncheck_any_to_unshare_then_click_save(window, cast):
    await a_document(cast, await a_form(cast))
    await a_form(cast, CONSENT, kind="consent")
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await mine.get_by_role("checkbox", name="Intake").uncheck()
    await mine.get_by_role("checkbox", name="Consent to telehealth").check()
    await dialog.get_by_role("button", name="Save").click()
    await send(maya)
    todo = ana.page.get_by_role("region", name="To do")
    await expect(todo.get_by_role("link", name="Consent to telehealth")).to_be_visible()
    await expect(todo.get_by_text("Intake")).to_have_count(0)
    assert [one.title for one in await Desk(cast, "client").documents("client")] == ["Consent to telehealth"]


async def test_if_any_new_forms_are_sent_you_customize_your_email_message_else_nothing_is_asked(window, cast):
    await a_document(cast, await a_form(cast))
    await a_form(cast, CONSENT, kind="consent")
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    await panel(dialog, "Ana Beltrán").get_by_label("Due of Intake").fill("2031-03-04")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(maya.page.get_by_role("dialog", name="Tell them by e-mail")).to_have_count(0)
    dialog = await managing(maya, cast, "client")
    await panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Consent to telehealth").check()
    await dialog.get_by_role("button", name="Save").click()
    asked = maya.page.get_by_role("dialog", name="Tell them by e-mail")
    await expect(asked.get_by_label("Message")).to_have_value(re.compile(USUAL))
    await asked.get_by_role("button", name="Not now").click()
    await expect(asked).to_be_hidden()
    assert len(await Desk(cast, "client").documents("client")) == 1, "nothing is shared before it is sent"
    await dialog.get_by_role("button", name="Save").click()
    await send(maya, "See you on Monday. There is a paper to read before.")
    await expect(dialog).to_be_hidden()
    address = f"client@{cast.subdomain}.test"
    assert await mails_to(maya, address, "There is a paper to read before.") == 1
    assert await mails_to(maya, address, "Something new", within=0) == 1, "and none for the due date"


async def test_requests_that_are_added_after_the_dialog_came_back_are_all_asked(window, cast):
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await mine.get_by_role("button", name="Ask for files").click()
    await mine.get_by_label("Files to ask for").fill("Insurance card")
    await dialog.get_by_role("button", name="Save").click()
    asked = maya.page.get_by_role("dialog", name="Tell them by e-mail")
    await asked.get_by_role("button", name="Not now").click()
    await mine.get_by_role("button", name="Ask for files").click()
    await mine.get_by_label("Files to ask for").nth(1).fill("Old records")
    await dialog.get_by_role("button", name="Save").click()
    await send(maya)
    await expect(dialog).to_be_hidden()
    assert [one.title for one in await Desk(cast, "client").documents("client")] == ["Insurance card", "Old records"]


async def test_to_share_a_pdf_or_other_type_of_document_click_manage_documentation(window, cast, pdf, tmp_path):
    other = tmp_path / "Breathing.txt"
    other.write_text("In through the nose.")
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    for file in (pdf, other):
        await mine.get_by_role("button", name="Add a file for Ana Beltrán").click()
        adding = maya.page.get_by_role("dialog", name="Share a file")
        await adding.get_by_label("File", exact=True).set_input_files(file)
        await adding.get_by_role("button", name="Continue").click()
        await adding.get_by_role("button", name="Send", exact=True).click()
        await expect(adding).to_be_hidden()
        await expect(mine.get_by_text(file.name)).to_be_visible()
    shared = ana.page.get_by_role("region", name="Shared with me")
    for file in (pdf, other):
        await expect(shared.get_by_role("link", name=file.name)).to_be_visible()


async def test_click_continue_and_add_a_custom_email_message_if_youd_like(window, cast, pdf):
    maya = await window(cast, "practitioner", START["practitioner"])
    address = f"client@{cast.subdomain}.test"
    dialog = await managing(maya, cast, "client")
    for words in ("", "Something to read before Monday."):
        await panel(dialog, "Ana Beltrán").get_by_role("button", name="Add a file for Ana Beltrán").click()
        adding = maya.page.get_by_role("dialog", name="Share a file")
        await expect(adding.get_by_label("Message")).to_be_hidden()
        await adding.get_by_role("button", name="Continue").click()
        await expect(adding.get_by_text("Choose a file.")).to_be_visible()
        await adding.get_by_label("File", exact=True).set_input_files(pdf)
        await adding.get_by_role("button", name="Continue").click()
        await expect(adding.get_by_label("Message")).to_be_focused()
        await adding.get_by_label("Message").fill(words)
        await adding.get_by_role("button", name="Send", exact=True).click()
        await expect(adding).to_be_hidden()
    assert await mails_to(maya, address, "Something to read before Monday.") == 1
    assert await mails_to(maya, address, "Something new", least=2) == 2


async def test_it_is_shared_without_a_script_as_well(place, chromium, cast):
    form = await a_form(cast)
    ana, here = cast.clients["client"], f"/staff/clients/{cast.clients['client']}/documentation"
    context = await chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    url = place.url(cast.subdomain)
    token = cast.tokens[await cast.session("practitioner")]
    await context.add_cookies([{"name": place.cookie, "value": token, "url": url}])
    page = await context.new_page()
    await page.goto(url + here)
    await expect(page.get_by_role("button", name="Ask for files")).to_be_hidden()
    await page.locator(f"input[value='{ana}/form/{form.id}']").check()
    await page.get_by_label("Files to ask for").fill("Insurance card")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Tell them by e-mail")).to_be_in_viewport()
    asked = page.get_by_role("dialog", name="Tell them by e-mail")
    await asked.get_by_label("Message").fill("Two papers before Monday.")
    await asked.get_by_role("button", name="Send", exact=True).click()
    await page.wait_for_url(re.compile("/portal$"))
    shared = await Desk(cast, "client").documents("client")
    assert sorted(one.title for one in shared) == ["Insurance card", "Intake"]
    await context.close()
