"""Account Settings > Portal, while clients have their pages open: what an administrator switches acts at once."""

from __future__ import annotations

import asyncio
import re
import secrets

from playwright.async_api import expect

from models.accounts import features, portal
from models.core.database import execute

HALF = "Half a thought"
COPIED = "() => [...document.querySelectorAll('copy-text button')].some((one) => one.textContent === 'Copied')"


async def test_messaging_switched_off_while_a_client_types(window, cast, talk):
    owner = await window(cast, "owner", "/settings/portal")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    at_home = await window(cast, "client", "/home")
    await maya.write("Before")
    await expect(ana.said("Before")).to_have_count(1)
    await ana.box.fill(HALF)
    await _switch(owner)
    off = ana.page.get_by_role("heading", name="Secure Messaging is switched off")
    await expect(off).to_be_visible()
    await expect(ana.page.get_by_text("(207) 555-0132").first).to_be_visible()
    for one in (ana, at_home):
        await expect(one.page.get_by_role("link", name="Messages")).to_have_count(0)
        await expect(one.unread).to_have_count(0)
    await expect(at_home.page.get_by_role("heading", name="Messages")).to_have_count(0)
    await expect(maya.page.get_by_text("Secure messaging is switched off for Ana Beltrán.")).to_be_visible()
    await _switch(owner)
    await expect(ana.box).to_have_value(HALF)
    await expect(at_home.page.get_by_role("heading", name="Messages")).to_be_visible()
    await expect(maya.box).to_be_visible()
    await ana.live()
    await ana.box.press("Enter")
    await expect(maya.said(HALF)).to_have_count(1)


async def test_a_subdomain_changed_while_a_clients_page_is_open(window, cast, talk, place):
    ana = await window(cast, "client", f"/messages/{talk}")
    owner = await window(cast, "owner", "/settings/portal")
    await ana.box.fill(HALF)
    new = f"w{secrets.token_hex(5)}"
    field = owner.page.get_by_role("textbox", name="Subdomain")
    await field.fill("admin")
    await expect(owner.page.get_by_text("kept for Portico itself")).to_be_visible()
    await field.fill(new)
    await expect(owner.page.get_by_text(f"{new}.localhost:{place.port} is free.")).to_be_visible()
    await owner.page.get_by_role("button", name="Change the subdomain").click()
    await expect(ana.page).to_have_url(f"{place.url(new)}/messages/{talk}")
    await ana.live()
    await expect(ana.box).to_have_value(HALF)
    await expect(owner.page).to_have_url(f"{place.url(new)}/staff/settings/portal")
    await expect(owner.page.get_by_role("link", name=place.url(new))).to_be_visible()
    await owner.live()
    await owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    said = asyncio.create_task(owner.page.wait_for_function(COPIED, polling="raf"))  # it says so for two seconds alone
    await owner.page.get_by_role("button", name="Copy the link").click()
    await said
    assert await owner.page.evaluate("navigator.clipboard.readText()") == place.url(new)
    await ana.page.goto(f"{place.url(cast.subdomain)}/home")
    await expect(ana.page).to_have_url(f"{place.url(new)}/home")
    await ana.live()


async def test_a_half_filled_form_is_saved_where_it_was_begun_when_the_portal_moves(window, cast, place):
    owner = await window(cast, "owner", "/settings/practice")
    await owner.page.get_by_label("Legal name").fill("Harbor Counseling LLC")
    new = await _moved(cast)
    asked = owner.page.get_by_role("dialog", name="This portal has moved")
    await expect(asked).to_contain_text(new)
    await asked.get_by_role("button", name="Stay and save it").click()
    await owner.page.get_by_role("button", name="Save the details").click()
    await expect(owner.page).to_have_url(re.compile(rf"^{place.url(new)}/staff/settings/practice"))
    await owner.live()
    await expect(owner.page.get_by_label("Legal name")).to_have_value("Harbor Counseling LLC")


async def test_what_was_written_offline_at_an_address_that_is_left_meanwhile_is_sent_all_the_same(
    window, cast, talk, place
):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.context.set_offline(True)
    await expect(ana.page.locator("live-state[state=offline]:visible")).to_be_attached()
    for words in ("first", "second"):
        await ana.write(words)
    await ana.box.fill(HALF)
    await expect(ana.page.locator(".message.waiting")).to_have_count(2)
    await ana.page.close()
    new = await _moved(cast)
    await expect(maya.page).to_have_url(f"{place.url(new)}/staff/messages/{talk}")
    await ana.context.set_offline(False)
    page = await ana.context.new_page()
    await page.goto(f"{place.url(cast.subdomain)}/messages/{talk}")
    await expect(page).to_have_url(f"{place.url(new)}/messages/{talk}", timeout=20_000)
    await expect(page.locator("message-composer textarea")).to_have_value(HALF)
    await maya.reads("first", "second")
    await page.goto(f"{place.url(cast.subdomain)}/home")
    await expect(page).to_have_url(f"{place.url(new)}/home")
    assert "portico_unsent" not in {one["name"] for one in await ana.context.cookies()}


async def test_what_the_former_address_cannot_send_is_shown_to_copy(window, cast, talk, place):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.box.fill("Half a note")
    await _moved(cast)
    await expect(maya.page.get_by_text("A note for staff, half written")).to_be_visible(timeout=20_000)
    await expect(maya.page.locator("copy-text")).to_have_attribute("data-text", "Half a note")
    await maya.page.get_by_role("button", name="Go on").click()
    await expect(maya.page).to_have_url(re.compile(r"^http://w[0-9a-f]{10}\."))
    await maya.live()


async def test_a_portal_turned_off_says_so_on_every_open_page_and_comes_back(window, cast, talk):
    owner = await window(cast, "owner", "/settings/portal")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill(HALF)
    await owner.page.get_by_role("button", name="Turn off the client portal").click()
    await owner.page.get_by_role("dialog").get_by_role("button", name="Turn it off").click()
    await expect(ana.page.get_by_role("heading", name="This portal is not open")).to_be_visible()
    await expect(ana.page.get_by_role("link", name="(207) 555-0132")).to_be_visible()
    await expect(owner.page.get_by_role("heading", name="Before clients can come")).to_be_visible()
    visitor = await ana.context.new_page()
    await visitor.clock.install()
    await visitor.goto(f"{ana.url}/sign-in")
    await expect(visitor.get_by_role("heading", name="The client portal is not open")).to_be_visible()
    await owner.page.get_by_role("button", name="Turn on the client portal").click()
    await expect(owner.page.get_by_role("heading", name="Before clients can come")).to_have_count(0)
    await visitor.clock.fast_forward("00:10")  # after which it looks again
    await expect(visitor.get_by_role("heading", name="The client portal is not open")).to_have_count(0)
    await ana.reload()
    await expect(ana.box).to_have_value(HALF)


async def test_the_set_up_checklist_follows_what_is_done_in_another_tab(window, cast):
    await cast.inside(lambda: execute("UPDATE practice_profile SET crisis_text = ''"))
    owner = await window(cast, "owner", "/settings/portal")
    today = await window(cast, "owner", "/today", like=owner)
    step = owner.page.locator("[data-key=urgent]")
    await expect(step).to_have_attribute("data-done", "no")
    write = today.page.get_by_role("link", name="New message")
    await expect(write).not_to_contain_class("wa-brand")  # the one filled button is the checklist's
    tab = await window(cast, "owner", "/settings/messaging", like=owner)
    await tab.page.get_by_label("Shown to clients above their messages").fill("Not monitored. Call 911 or 988.")
    await tab.page.get_by_role("button", name="Save the text").click()
    await expect(step).to_have_count(0)  # it was the last one: the checklist goes
    await expect(write).to_contain_class("wa-brand")


async def test_an_address_half_typed_stays_while_others_change_the_page(window, cast):
    owner = await window(cast, "owner", "/settings/portal")
    field = owner.page.get_by_role("textbox", name="Subdomain")
    await field.fill("half-ty")
    await field.blur()
    other = await cast.actor("owner")
    await cast.inside(lambda: features.set_feature(other, "messaging", on=False))
    await expect(owner.page.get_by_role("switch", name=re.compile("Secure Messaging"))).not_to_be_checked()
    await expect(field).to_have_value("half-ty")


async def _moved(cast):
    """An administrator at another desk gives the portal another address."""
    owner, new = await cast.actor("owner"), f"w{secrets.token_hex(5)}"
    await cast.inside(lambda: portal.move(owner, new))
    return new


async def _switch(owner):
    """The switch of Secure Messaging, the other way; returns when the server has taken it."""
    async with owner.page.expect_response(re.compile("/features/messaging")):
        await owner.page.get_by_role("switch", name=re.compile("Secure Messaging")).click()
