"""Account Settings > Portal, while clients have their pages open: what an administrator switches acts at once."""

from __future__ import annotations

import re
import secrets

from playwright.async_api import expect

HALF = "Half a thought"


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
    await ana.page.goto(f"{place.url(cast.subdomain)}/home")
    await expect(ana.page).to_have_url(f"{place.url(new)}/home")
    await ana.live()


async def test_a_portal_turned_off_says_so_on_every_open_page_and_comes_back(window, cast, talk):
    owner = await window(cast, "owner", "/settings/portal")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill(HALF)
    await owner.page.get_by_role("button", name="Turn off the client portal").click()
    await owner.page.get_by_role("dialog").get_by_role("button", name="Turn it off").click()
    await expect(ana.page.get_by_role("heading", name="This portal is not open")).to_be_visible()
    await expect(ana.page.get_by_role("link", name="(207) 555-0132")).to_be_visible()
    await expect(owner.page.get_by_role("heading", name="Before clients can come")).to_be_visible()
    await owner.page.get_by_role("button", name="Turn on the client portal").click()
    await expect(owner.page.get_by_role("heading", name="Before clients can come")).to_have_count(0)
    await ana.reload()
    await expect(ana.box).to_have_value(HALF)


async def _switch(owner):
    """The switch of Secure Messaging, the other way; returns when the server has taken it."""
    async with owner.page.expect_response(re.compile("/features/messaging")):
        await owner.page.get_by_role("switch", name=re.compile("Secure Messaging")).click()
