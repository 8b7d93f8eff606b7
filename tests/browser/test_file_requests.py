"""Files that somebody is asked for, in two tabs of theirs and on a bad line; documents that join an invitation."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from models.documents.asking import Wanted
from tests.browser.test_invitation import newcomer
from tests.browser.test_sharing import PDF
from tests.browser.window import axe
from tests.documents.desk import Desk

FRONT, BACK = ({"name": name, "mimeType": "application/pdf", "buffer": PDF} for name in ("Front.pdf", "Back.pdf"))
CARD = "Insurance card, front and back"
DOOR = "**/files/uploads"


@pytest.fixture
async def two_tabs(window, cast):
    """The same request in two tabs of the client, with one file added."""
    [asked] = await Desk(cast, "client").share("client", Wanted("request", title=CARD))
    here = await window(cast, "client", f"/documents/{asked.id}/files")
    there = await window(cast, "client", f"/documents/{asked.id}/files", like=here)
    await pick(here, FRONT)
    for tab in (here, there):
        await expect(tab.page.get_by_role("link", name="Front.pdf")).to_be_visible(timeout=20_000)
    await all_here(here)
    return here, there


async def pick(tab, *files):
    await tab.page.locator("give-files input[type=file]").first.set_input_files(list(files))


async def all_here(tab):
    """The list may show a file before the page that gave it has its answer, and until then nothing is sent."""
    await expect(tab.page.get_by_role("progressbar")).to_have_count(0)


async def held(tab, pattern):
    """Requests like these wait until the returned event is set."""
    let_go = asyncio.Event()

    async def wait(route):
        await let_go.wait()
        await route.continue_()

    await tab.page.route(pattern, wait)
    return let_go


def sent(tab):
    return tab.page.get_by_text("Sent to Harbor Counseling")


async def test_sent_in_one_tab_nothing_more_can_be_added_in_the_other(two_tabs):
    here, there = two_tabs
    await expect(there.page.get_by_role("button", name="Add", exact=True)).to_be_visible()
    await here.page.get_by_role("button", name="Send it").click()
    for tab in (here, there):
        await expect(sent(tab)).to_be_visible(timeout=20_000)
        await expect(tab.page.locator("give-files")).to_have_count(0)
        await expect(tab.page.get_by_role("button", name="Send it")).to_have_count(0)
        await expect(tab.page.get_by_role("button", name="Remove")).to_have_count(0)
    await expect(there.page.get_by_role("link", name="Front.pdf")).to_be_visible()


async def test_what_is_on_its_way_in_one_tab_stays_while_the_other_adds_and_is_told_when_it_sends(two_tabs):
    here, there = two_tabs
    await there.hear_toasts()
    let_go = await held(there, DOOR)
    await pick(there, BACK)
    await expect(there.page.get_by_role("progressbar")).to_be_visible()
    await pick(here, {**FRONT, "name": "Third.pdf"})
    await expect(there.page.get_by_role("link", name="Third.pdf")).to_be_visible(timeout=20_000)
    await all_here(here)
    await expect(there.page.get_by_role("progressbar")).to_be_visible()
    await here.page.get_by_role("button", name="Send it").click()
    await expect(sent(there)).to_be_visible(timeout=20_000)
    await there.told("What was still on its way was not added")
    let_go.set()
    await expect(there.page.get_by_role("link", name="Back.pdf")).to_have_count(0)


async def test_the_lists_of_another_tab_follow(window, cast):
    [asked] = await Desk(cast, "client").share("client", Wanted("request", title=CARD))
    here = await window(cast, "client", f"/documents/{asked.id}/files")
    there = await window(cast, "client", "/documents", like=here)
    todo = there.page.locator(".todo", has_text=CARD)
    await expect(todo).to_contain_text("A file is asked for")
    await pick(here, FRONT)
    await all_here(here)
    await here.page.get_by_role("button", name="Send it").click()
    await expect(todo).to_contain_text("Handed in", timeout=20_000)
    await expect(there.page.locator("#my-uploads")).to_contain_text("Front.pdf", timeout=20_000)


async def test_files_that_are_asked_for_go_on_after_the_line_was_lost_and_can_be_cancelled(window, cast):
    [asked] = await Desk(cast, "client").share("client", Wanted("request", title=CARD))
    ana = await window(cast, "client", f"/documents/{asked.id}/files")
    await ana.page.route(DOOR, lambda route: route.abort("connectionfailed"))
    await pick(ana, FRONT, BACK)
    given = ana.page.locator("give-files")
    await expect(given.get_by_text("Waits for your connection and goes on by itself")).to_be_visible()
    await given.get_by_role("button", name="Cancel Back.pdf").click()
    await expect(given.get_by_role("progressbar")).to_have_count(1)
    await ana.page.unroute(DOOR)
    await expect(ana.page.get_by_role("link", name="Front.pdf")).to_be_visible(timeout=30_000)
    await expect(given.get_by_role("progressbar")).to_have_count(0)
    await expect(ana.page.get_by_role("link", name="Back.pdf")).to_have_count(0)


async def test_an_invitation_waits_for_the_documents_that_are_on_their_way_to_it(window, cast):
    client = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{client}/setup/portal")
    form = maya.page.locator("form", has=maya.page.get_by_role("button", name="Send invitation"))
    let_go = await held(maya, DOOR)
    wrong = {"name": "Wrong.pdf", "mimeType": "application/pdf", "buffer": b"nothing of the kind"}
    await form.locator("add-file input[type=file]").set_input_files([FRONT, wrong])
    await form.get_by_role("button", name="Send invitation").click()
    await expect(form.locator("add-file").get_by_role("alert")).to_contain_text("A file is still on its way")
    let_go.set()
    await expect(form.get_by_role("listitem").filter(has_text="Front.pdf").get_by_role("combobox")).to_be_visible()
    await expect(form.locator("add-file").get_by_role("alert")).to_contain_text("Wrong.pdf This is not a PDF")
    await form.get_by_role("button", name="Send invitation").click()
    await expect(maya.page.get_by_role("article", name="Rosa Lind")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
async def test_it_is_fit_for_everybody_while_files_are_on_their_way(window, cast, axe_source, width, scheme):
    [asked] = await Desk(cast, "client").share("client", Wanted("request", title=CARD))
    fit = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    ana = await window(cast, "client", f"/documents/{asked.id}/files", **fit)
    await pick(ana, FRONT, {"name": "Wrong.pdf", "mimeType": "application/pdf", "buffer": b"nothing of the kind"})
    await expect(ana.page.locator("give-files").get_by_role("alert")).to_contain_text("Wrong.pdf", timeout=20_000)
    await expect(ana.page.get_by_role("link", name="Front.pdf")).to_be_visible()
    let_go = await held(ana, DOOR)
    await pick(ana, {**BACK, "name": "A long name of a file that somebody photographed on a telephone.pdf"})
    await expect(ana.page.get_by_role("progressbar")).to_be_visible()
    assert await axe(ana, axe_source) == []
    assert await ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    let_go.set()
    await expect(ana.page.get_by_role("progressbar")).to_have_count(0, timeout=20_000)
