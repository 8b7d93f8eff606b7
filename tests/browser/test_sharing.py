"""Sharing, in the browser: each sentence of the guide as staff and the people of a client live it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path

import pytest
from playwright.async_api import expect

from models.core.database import execute
from models.documents.asking import Wanted
from tests.browser.window import axe
from tests.documents.desk import Desk
from tests.faults.ground import eventually
from tests.support.papers import a_document, a_form

PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
       b"trailer<<>>\n%%EOF\n")
START = {"client": "/documents", "practitioner": "/today", "frontdesk": "/today"}
CONSENT = {"resourceType": "Questionnaire", "status": "active", "title": "Consent to telehealth",
           "item": [{"linkId": "ok", "type": "boolean", "text": "I agree"}]}


@pytest.fixture
def pdf(tmp_path) -> Path:
    made = Path(tmp_path) / "Plan of care.pdf"
    made.write_bytes(PDF)
    return made


def portal_of(cast, client="teen"):
    return f"/clients/{cast.clients[client]}/portal"


async def managing(one, cast, client="teen"):
    """Clients > [name] > Portal > Requested and Shared Documents > Manage Documentation."""
    await one.go(portal_of(cast, client))
    section = one.page.get_by_role("region", name="Requested and Shared Documents")
    await section.get_by_role("link", name="Manage Documentation").click()
    dialog = one.page.get_by_role("dialog", name="Manage Documentation")
    await expect(dialog).to_be_visible()
    return dialog


def panel(dialog, name):
    return dialog.get_by_role("region", name=name)


async def mails_to(one, address, words, *, within=40.0, least=1):
    """How many mails with these words came to that address; waits until there are so many at `least`."""
    until = time.monotonic() + within
    while True:
        mails = await one.mails()
        told = [json.dumps(mail) for mail in mails]
        found = [mail for mail in told if address in mail and words in mail]
        if len(found) >= least or time.monotonic() > until:
            return len(found)
        await asyncio.sleep(0.2)


async def test_sharing_a_new_form_will_notify_your_client_by_email_and_shows_without_a_reload(window, cast):
    await a_form(cast)
    await a_form(cast, CONSENT, kind="consent")
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await mine.get_by_role("checkbox", name="Intake").check()
    await mine.get_by_role("checkbox", name="Consent to telehealth").check()
    await dialog.get_by_role("button", name="Save").click()
    asked = maya.page.get_by_role("dialog", name="Tell them by e-mail")
    await asked.get_by_label("Message").fill("A word from the practice.")
    await asked.get_by_role("button", name="Send", exact=True).click()
    await expect(dialog).to_be_hidden()
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await expect(section.get_by_role("link", name="Intake")).to_be_visible()
    todo = ana.page.get_by_role("region", name="To do")
    await expect(todo.get_by_text("Consent to telehealth")).to_be_visible()
    assert await mails_to(maya, f"client@{cast.subdomain}.test", "A word from the practice.") == 1
    dialog = await managing(maya, cast, "client")
    await panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Intake").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(todo.get_by_text("Intake")).to_have_count(0)
    await expect(todo.get_by_text("Consent to telehealth")).to_be_visible()


async def test_order_by_the_keyboard_a_due_date_and_a_request_for_files(window, cast):
    await a_form(cast)
    desk = Desk(cast, "client")
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await mine.get_by_role("checkbox", name="Intake").check()
    await mine.get_by_label("Due of Intake").fill("2031-03-04")
    await mine.get_by_role("button", name="Ask for files").click()
    await mine.get_by_label("Files to ask for").fill("Insurance card, front and back")
    await mine.get_by_role("button", name="Move this request").focus()
    await maya.page.keyboard.press("ArrowUp")
    await dialog.get_by_role("button", name="Save").click()
    await maya.page.get_by_role("dialog", name="Tell them").get_by_role("button", name="Send", exact=True).click()
    await expect(dialog).to_be_hidden()
    shared = await desk.documents("client")
    assert [(one.title, str(one.due_on)) for one in shared] == [
        ("Insurance card, front and back", "None"), ("Intake", "2031-03-04")]


async def test_scroll_to_the_shared_document_section_click_add_continue_message_and_send(window, cast, pdf):
    ana = await window(cast, "client", START["client"])
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    mine = panel(dialog, "Ana Beltrán")
    await expect(mine.get_by_role("heading", name="Shared documents")).to_be_visible()
    await mine.get_by_role("button", name="Add a file for Ana Beltrán").click()
    adding = maya.page.get_by_role("dialog", name="Share a file")
    await adding.get_by_label("File", exact=True).set_input_files(pdf)
    await adding.get_by_role("button", name="Continue").click()
    await adding.get_by_label("Message").fill("For Ana, as we said.")
    await adding.get_by_role("button", name="Send", exact=True).click()
    await expect(adding.get_by_text("An e-mail can be read by others")).to_be_visible()
    await adding.get_by_label("Message").fill("As we said.")
    await adding.get_by_role("button", name="Send", exact=True).click()
    await expect(adding).to_be_hidden()
    await expect(mine.get_by_text("Plan of care.pdf")).to_be_visible()
    shared = ana.page.get_by_role("region", name="Shared with me")
    await shared.get_by_role("link", name="Plan of care.pdf").click()
    await expect(ana.page.get_by_role("link", name="Open Plan of care.pdf")).to_be_visible()
    await maya.go(portal_of(cast, "client"))
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await expect(section.get_by_text("Opened")).to_be_visible()


async def test_begun_answers_are_asked_about_before_a_form_is_unshared(window, cast):
    one = await a_document(cast, await a_form(cast))
    await cast.inside(lambda: execute("UPDATE document SET started_at = now(), saved_at = now() WHERE id = $1", one.id))
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    await panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Intake").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    asked = maya.page.get_by_role("dialog", name="Close what was begun?")
    await expect(asked).to_contain_text("stay with the practice")
    await asked.get_by_role("button", name="Un-share and close").click()
    await expect(dialog).to_be_hidden()
    assert await Desk(cast, "client").documents("client") == []


async def test_two_staff_at_once_the_second_is_told(window, cast):
    await a_form(cast)
    tess = await window(cast, "frontdesk", START["frontdesk"])
    late = await managing(tess, cast, "client")
    await Desk(cast, "client").share("client", Wanted("request", title="Card"))
    await expect(late.get_by_text("Somebody else changed this meanwhile")).to_be_visible()
    await panel(late, "Ana Beltrán").get_by_role("checkbox", name="Intake").check()
    await late.get_by_role("button", name="Save").click()
    await expect(late.get_by_role("alert").filter(has_text="Somebody else changed what is asked")).to_be_visible()
    await expect(panel(late, "Ana Beltrán").get_by_role("checkbox", name="Intake")).to_be_checked()


async def test_manage_documentation_will_allow_you_to_send_documents_to_the_contact(window, cast):
    await a_form(cast)
    maya = await window(cast, "practitioner", START["practitioner"])
    karen = await window(cast, "parent", f"/for/{cast.clients['teen']}/documents")
    await maya.go(portal_of(cast))
    card = maya.page.get_by_role("article", name="Karen Marsh")
    await card.get_by_role("switch", name="Manage Documentation").uncheck()
    await expect(card.get_by_text("Saved")).to_be_visible()
    dialog = await managing(maya, cast)
    shut = panel(dialog, "Karen Marsh")
    await expect(shut.get_by_text("Manage Documentation is off for Karen Marsh")).to_be_visible()
    await expect(shut.get_by_role("checkbox")).to_have_count(0)
    await dialog.get_by_role("link", name="Cancel").click()
    await card.get_by_role("switch", name="Manage Documentation").check()
    await expect(card.get_by_text("Saved")).to_be_visible()
    dialog = await managing(maya, cast)
    await panel(dialog, "Karen Marsh").locator("summary").first.click()  # of a family, who has nothing is folded
    await panel(dialog, "Karen Marsh").get_by_role("checkbox", name="Intake").check()
    await dialog.get_by_role("button", name="Save").click()
    await maya.page.get_by_role("dialog", name="Tell them").get_by_role("button", name="Send", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(karen.page.get_by_role("region", name="To do").get_by_text("Intake")).to_be_visible()


async def test_what_is_wrong_with_saving_is_said_where_one_looks(window, cast):
    for number in range(8):
        await a_form(cast, {**CONSENT, "title": f"Consent {number}"}, kind="consent")
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    last = panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Consent 7")
    await last.check()
    files = panel(dialog, "Ana Beltrán").get_by_role("heading", name="Shared documents")
    await files.scroll_into_view_if_needed()
    await expect(dialog.get_by_role("heading", name="Manage Documentation")).not_to_be_in_viewport()
    await maya.context.set_offline(True)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.locator(".sticky-acts [data-say=wrong]")).to_be_in_viewport(ratio=1)
    await expect(files).to_be_in_viewport()
    await maya.context.set_offline(False)
    await maya.live()
    await Desk(cast, "client").share("client", Wanted("request", title="Insurance card"))
    await expect(dialog.get_by_text("Somebody else changed this meanwhile")).to_be_in_viewport()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert").filter(has_text="Somebody else changed what is asked")).to_be_in_viewport()
    await expect(last).to_be_checked()


async def test_who_leaves_manage_documentation_is_asked_before_what_was_checked_is_lost(window, cast):
    await a_form(cast)
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    await maya.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()  # nothing was changed, nothing is asked
    dialog = await managing(maya, cast, "client")
    box = panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Intake")
    await box.check()
    asked = maya.page.get_by_role("dialog", name="Leave without saving?")
    for leaves in (maya.page.keyboard.press("Escape"), dialog.get_by_role("link", name="Cancel").click()):
        await leaves
        await expect(asked.get_by_role("button", name="Go on")).to_be_focused()
        await asked.get_by_role("button", name="Go on").click()
        await expect(box).to_be_checked()
    for _ in range(3):  # to ask, and to go on, each without a press of anything else
        await maya.page.keyboard.press("Escape")
        await expect(asked).to_be_visible()
        await maya.page.keyboard.press("Escape")
        await expect(asked).to_have_count(0)
    await dialog.get_by_role("link", name="Cancel").click()
    await asked.get_by_role("button", name="Leave it").click()
    await expect(dialog).to_be_hidden()
    dialog = await managing(maya, cast, "client")
    await expect(panel(dialog, "Ana Beltrán").get_by_role("checkbox", name="Intake")).not_to_be_checked()


async def test_the_page_of_manage_documentation_asks_likewise_and_not_after_saving(window, cast):
    await a_form(cast)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/documentation")
    asked_by_browser = []
    maya.page.on("dialog", lambda one: (asked_by_browser.append(one.type), asyncio.ensure_future(one.dismiss())))
    box = maya.page.get_by_role("checkbox", name="Intake")
    await box.check()
    await maya.page.get_by_role("link", name="Calendar").first.click()
    await eventually(lambda: asked_by_browser == ["beforeunload"], what="the browser's own question")
    await expect(box).to_be_checked()
    await maya.page.get_by_role("button", name="Save").click()
    await maya.page.get_by_role("dialog", name="Tell them").get_by_role("button", name="Send", exact=True).click()
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await expect(section.get_by_role("link", name="Intake")).to_be_visible()
    assert asked_by_browser == ["beforeunload"]


async def test_a_file_that_was_given_up_by_escape_does_not_come_back_when_the_next_is_shared(window, cast, pdf):
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "client")
    adds = panel(dialog, "Ana Beltrán").get_by_role("button", name="Add a file")
    held, begun = asyncio.Event(), asyncio.Event()

    async def slowly(route):
        begun.set()
        await held.wait()
        await route.continue_()

    await maya.page.route(re.compile(r"/files(/uploads)?$"), slowly)
    await adds.click()
    share = maya.page.get_by_role("dialog", name="Share a file")
    await share.get_by_label("File", exact=True).set_input_files(pdf)
    await share.get_by_role("button", name="Continue").click()
    await begun.wait()
    await maya.page.keyboard.press("Escape")
    await expect(share).to_be_hidden()
    await adds.click()
    held.set()
    await expect(share.locator("share-file:not([busy])")).to_be_attached()
    await expect(share.get_by_role("button", name="Continue")).to_be_visible()
    await expect(share.get_by_role("button", name="Send", exact=True)).to_be_hidden()


async def test_a_file_that_is_still_being_sent_stands_with_whom_it_was_sent_to(window, cast, pdf):
    maya = await window(cast, "practitioner", START["practitioner"])
    dialog = await managing(maya, cast, "teen")
    leo, karen = panel(dialog, "Leo Marsh"), panel(dialog, "Karen Marsh")
    held, begun = asyncio.Event(), asyncio.Event()

    async def slowly(route):
        begun.set()
        await held.wait()
        await route.continue_()

    await maya.page.route("**/documentation/file", slowly)
    await leo.get_by_role("button", name="Add a file").click()
    share = maya.page.get_by_role("dialog", name="Share a file")
    await share.get_by_label("File", exact=True).set_input_files(pdf)
    await share.get_by_role("button", name="Continue").click()
    await share.get_by_role("button", name="Send", exact=True).click()
    await begun.wait()
    await maya.page.keyboard.press("Escape")
    await expect(share).to_be_hidden()
    await karen.locator("summary").first.click()
    await karen.get_by_role("button", name="Add a file").click()
    held.set()
    await expect(leo.get_by_text("Plan of care.pdf")).to_be_attached()
    await expect(share.get_by_role("button", name="Continue")).to_be_visible()
    await expect(karen.get_by_text("Plan of care.pdf")).to_have_count(0)


async def test_files_that_are_asked_for_are_added_and_ticked_off(window, cast, pdf):
    [one] = await Desk(cast, "client").share("client", Wanted("request", title="Insurance card, front and back"))
    maya, ana = await window(cast, "practitioner", START["practitioner"]), await window(cast, "client", START["client"])
    await maya.go(portal_of(cast, "client"))
    await ana.go(f"/documents/{one.id}/files")
    await ana.page.locator("give-files input[type=file]").first.set_input_files(pdf)
    await expect(ana.page.get_by_role("link", name="Plan of care.pdf")).to_be_visible()
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await expect(section.get_by_text("1 file so far")).to_be_visible()
    await expect(ana.page.get_by_role("progressbar")).to_have_count(0)
    await ana.page.get_by_role("button", name="Send it").click()
    await expect(ana.page.get_by_text("Sent to Harbor Counseling")).to_be_visible()
    await expect(section.get_by_text("Handed in")).to_be_visible()


async def test_of_several_files_each_that_is_refused_is_named_and_nothing_is_sent_while_one_is_on_its_way(
    window, cast, pdf
):
    [one] = await Desk(cast, "client").share("client", Wanted("request", title="Insurance card, front and back"))
    ana = await window(cast, "client", f"/documents/{one.id}/files", width=390, has_touch=True, is_mobile=True)
    given = ana.page.locator("give-files")
    await expect(given.get_by_role("button", name="Take a photo")).to_be_visible()
    wrong = {"mimeType": "application/pdf", "buffer": b"nothing of the kind"}
    await given.locator("input[type=file]").first.set_input_files(
        [{"name": "front.pdf", **wrong}, {"name": "back.pdf", **wrong}])
    for name in ("front.pdf", "back.pdf"):
        await expect(given.get_by_role("alert")).to_contain_text(f"{name} This is not a PDF")
    ana.faults = [said for said in ana.faults if "422" not in said]
    await given.locator("input[type=file]").first.set_input_files(pdf)
    send = ana.page.get_by_role("button", name="Send it")
    await expect(send).to_be_visible()
    await expect(given.get_by_role("progressbar")).to_have_count(0)
    let_go = asyncio.Event()

    async def wait(route):
        await let_go.wait()
        await route.continue_()

    await ana.page.route(lambda url: url.endswith("/files"), wait)
    await given.locator("input[type=file]").first.set_input_files(pdf)
    await send.click()
    await expect(given.get_by_role("alert")).to_contain_text("A file is still on its way")
    let_go.set()
    await ana.page.get_by_role("button", name="Remove").nth(1).wait_for()
    await expect(given.get_by_role("progressbar")).to_have_count(0)
    await expect(given.get_by_role("alert")).to_be_empty()
    await send.click()
    await expect(ana.page.get_by_text("Sent to Harbor Counseling")).to_be_visible()


async def test_what_is_taken_back_while_it_is_open_says_so_in_its_place(window, cast):
    desk = Desk(cast, "client")
    [one] = await desk.share("client", Wanted("request", title="Insurance card"))
    ana = await window(cast, "client", f"/documents/{one.id}/files")
    await desk.save([], ["client"], message=None)
    await expect(ana.page.get_by_text("The practice does not ask for this any more")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Add")).to_be_hidden()


async def test_a_nudge_goes_once_a_day(window, cast):
    await a_document(cast, await a_form(cast))
    maya = await window(cast, "practitioner", START["practitioner"])
    await maya.go(portal_of(cast, "client"))
    section = maya.page.get_by_role("region", name="Requested and Shared Documents")
    await section.get_by_role("button", name="Nudge").click()
    await expect(section.get_by_text("Reminded")).to_be_visible()
    await expect(section.get_by_role("button", name="Nudge")).to_have_count(0)
    assert await mails_to(maya, f"client@{cast.subdomain}.test", "still waits") == 1


async def test_the_pages_of_sharing_are_for_everybody(window, cast, axe_source):
    await a_form(cast)
    await a_document(cast, await a_form(cast, CONSENT, kind="consent"))
    maya = await window(cast, "practitioner", START["practitioner"], reduced_motion="reduce")
    await maya.go(portal_of(cast, "client"))
    assert await axe(maya, axe_source) == []
    dialog = await managing(maya, cast, "client")
    assert await axe(maya, axe_source) == []
    await dialog.get_by_role("link", name="Cancel").click()
    await maya.go(f"/clients/{cast.clients['teen']}/documentation")
    assert await axe(maya, axe_source) == []
