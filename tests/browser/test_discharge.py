"""A discharge while pages are open: what can no longer be done says so at once, and nothing typed is lost."""

from __future__ import annotations

from playwright.async_api import expect

from models.clients import status
from tests.browser.window import axe

WORDS = "I wanted to thank you for"
BAR = "this portal can only be read, until"


async def test_a_client_who_is_writing_reads_that_care_ended_and_keeps_the_words(window, cast, talk, axe_source):
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    home = await window(cast, "client", "/home", like=ana)
    await ana.box.fill(WORDS)
    owner = await cast.actor("owner")
    await cast.inside(lambda: status.discharge(owner, cast.clients["client"], reason="", days=7))
    kept = ana.page.locator("kept-draft")
    await expect(kept.get_by_text(WORDS)).to_be_visible()
    await expect(ana.box).to_have_count(0)
    assert await ana.page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    assert await axe(ana, axe_source) == []
    await expect(home.page.get_by_text(BAR)).to_be_visible()
    await cast.inside(lambda: status.set_status(owner, cast.clients["client"], "active"))
    await expect(ana.box).to_have_value(WORDS)
    await expect(home.page.get_by_text(BAR)).to_have_count(0)


async def test_a_parent_of_two_reads_that_one_portal_closed_and_goes_on_with_the_other(window, cast):
    leo = await window(cast, "parent", f"/for/{cast.clients['teen']}/profile")
    nora = await window(cast, "parent", f"/for/{cast.clients['child']}/profile")
    owner = await cast.actor("owner")
    await cast.inside(lambda: status.discharge(owner, cast.clients["teen"], reason="", days=0))
    await expect(leo.page.get_by_text("This page is not open to you any more.")).to_be_visible()
    await expect(leo.page.get_by_label("Legal first name")).to_be_hidden()
    await expect(nora.page.get_by_role("heading", name="Something changed")).to_have_count(0)
    await cast.inside(lambda: status.set_status(owner, cast.clients["teen"], "active"))
    await expect(leo.page.get_by_label("Legal first name")).to_be_visible()


async def test_staff_who_are_writing_hear_that_the_portal_closed(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.box.fill(WORDS)
    owner = await cast.actor("owner")
    await cast.inside(lambda: status.discharge(owner, cast.clients["client"], reason="", days=0))
    await expect(maya.page.locator(".composer").get_by_text("Nobody else reads this conversation now")).to_be_visible()
    await expect(maya.page.locator("kept-draft").get_by_text(WORDS)).to_be_visible()
    await cast.inside(lambda: status.set_status(owner, cast.clients["client"], "active"))
    await expect(maya.box).to_have_value(WORDS)
