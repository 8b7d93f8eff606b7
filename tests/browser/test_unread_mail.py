"""A message that stays unread becomes one e-mail that says nothing of it; one that was read does not."""

from __future__ import annotations

import asyncio
import json
import time

from playwright.async_api import expect

from models.notifications.delivery import note_reached, note_undelivered


async def test_an_unread_message_is_mailed_and_a_read_one_is_not(window, cast, talk, place):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.write("The heron has landed")
    await expect(maya.ticks).to_contain_text("Sent")
    mail = await _mail_to(maya, f"client@{cast.subdomain}.test")
    assert "heron" not in json.dumps(mail)
    assert "Maya" not in json.dumps(mail)
    ana = await window(cast, "client", f"/messages/{talk}")
    await expect(maya.ticks).to_contain_text("Read")
    async with place.nobody_works():  # three seconds unread are mailed, and a machine may stand still for longer
        await ana.write("Thank you")
        await expect(ana.ticks).to_contain_text("Read")
    await ana.page.close()
    await maya.write("See you then")
    await _mail_to(maya, f"client@{cast.subdomain}.test", count=2)  # due later than one to Maya would have been
    assert await _mails(maya, f"practitioner@{cast.subdomain}.test") == []


async def test_the_link_in_the_mail_stops_them_by_its_button_and_a_scanner_does_not(window, cast, talk, chromium):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.write("The heron has landed")
    mail = await _mail_to(maya, f"client@{cast.subdomain}.test")
    (link,) = [value.strip("<>") for name, value in mail["headers"] if name == "List-Unsubscribe"]
    ana = await window(cast, "client", "/preferences")
    switch = ana.page.get_by_role("switch", name="When a message stays unread")
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(link)
    assert await page.evaluate("async (link) => (await fetch(link, { method: 'HEAD' })).status", link) == 200
    await ana.reload()
    await expect(switch).to_be_checked()
    await page.get_by_role("button", name="Stop these e-mails").click()
    await expect(page.get_by_role("heading", name="No more e-mail about unread messages")).to_be_visible()
    await expect(switch).not_to_be_checked()
    await switch.click()
    await expect(ana.page.get_by_text("Saved", exact=True)).to_be_visible()
    one_click = """async (link) => (await fetch(link, {
      method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) })).status"""
    assert await page.evaluate(one_click, link) == 200
    await expect(switch).not_to_be_checked()
    await context.close()


async def test_whom_mail_does_not_reach_is_shown_on_an_open_today_page_until_it_does(window, cast):
    maya = await window(cast, "practitioner", "/today")
    told = maya.page.get_by_text("Ana Beltrán gets no e-mail from this portal")
    await expect(maya.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(told).to_have_count(0)
    await cast.inside(lambda: note_undelivered(cast.logins["client"]))
    await expect(told).to_be_visible()
    await cast.inside(lambda: note_reached(cast.logins["client"]))
    await expect(told).to_have_count(0)


async def _mail_to(someone, address, *, count=1, within=60.0):
    until = time.monotonic() + within
    while len(found := await _mails(someone, address)) < count:
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)
    return found[0]


async def _mails(someone, address):
    mails = await someone.mails()
    return [mail for mail in mails if address in json.dumps(mail)]


async def test_the_preference_moves_on_every_open_page_and_one_says_it_is_saved(window, cast):
    ana, at_home = await window(cast, "client", "/preferences"), await window(cast, "client", "/preferences")
    switch, there = (one.page.get_by_role("switch", name="When a message stays unread") for one in (ana, at_home))
    await expect(there).to_be_checked()
    await switch.click()
    await expect(there).not_to_be_checked()
    await expect(ana.page.get_by_text("Saved", exact=True)).to_be_visible()
    await there.click()
    await expect(switch).to_be_checked()
    await expect(there).to_be_checked()
    await expect(at_home.page.get_by_text("Saved", exact=True)).to_be_visible()
