"""From the bare domain to one's own desk: a practice opened, its address proved by a mailed link, its portal on."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time

from playwright.async_api import expect

from tests.browser.window import Window, axe


async def test_sign_up_to_the_staff_today_page_by_the_mailed_link(window, cast, chromium, place, axe_source):
    context = await chromium.new_context(viewport={"width": 1280, "height": 800}, timezone_id="America/Denver")
    founder = Window(context, await context.new_page(), f"http://localhost:{place.port}", "")
    email = f"ida-{secrets.token_hex(4)}@cedar.test"
    page = founder.page
    await page.goto(founder.url)
    assert await axe(founder, axe_source) == []
    await page.get_by_role("link", name="Open a practice").click()
    await page.get_by_label("Name of the practice").fill("Cedar House")
    await page.get_by_label("Your name").fill("Ida Lund")
    await page.get_by_label("Your e-mail").fill(email)
    await expect(page.get_by_label("Time zone of the practice")).to_have_value("America/Denver")
    assert await axe(founder, axe_source) == []
    await page.get_by_role("button", name="Open the practice").click()
    await expect(page.get_by_role("heading", name="Look into your e-mail")).to_be_visible()
    link = await _link_to(await window(cast, "owner", "/today"), email)
    await page.goto(link)
    await page.get_by_label("Password").fill("a quiet heron stands")
    await page.get_by_role("button", name="Go to my desk").click()
    await expect(page).to_have_url(re.compile(r"//cedar-house-[0-9a-f]{6}\.localhost:\d+/staff/today$"))
    await founder.live()
    setup = page.get_by_role("region", name="Before clients can come")
    await expect(setup).to_contain_text("Turn on the client portal")
    await expect(setup).to_contain_text("1 of 5 done")
    await _complete(founder, setup)
    assert founder.faults == []
    await context.close()


async def _complete(founder, setup):
    """What is set up in one window leaves the list in another, without a reload."""
    other = Window(founder.context, await founder.context.new_page(), founder.url, "")
    home = founder.page.url.removesuffix("/staff/today")
    await other.page.goto(f"{home}/staff/settings/messaging")
    await other.page.get_by_label("Shown to clients above their messages").fill("Call 911 in an emergency.")
    await other.page.get_by_role("button", name="Save the text").click()
    await expect(setup).to_contain_text("2 of 5 done")
    await other.page.goto(f"{home}/staff/settings/portal")
    name = f"cedar-{secrets.token_hex(4)}"
    await other.page.get_by_role("textbox", name="Subdomain").fill(name)
    await other.page.get_by_role("button", name="Turn on the client portal").click()
    await expect(founder.page).to_have_url(re.compile(rf"//{name}\.localhost:\d+/staff/today$"))
    await expect(setup).to_contain_text("3 of 5 done")
    await expect(other.page.get_by_role("link", name=re.compile(rf"{name}\.localhost"))).to_be_visible()
    assert other.faults == []


async def _link_to(reader, email, within=40.0):
    """The link in the mail to this address, when it has come."""
    until = time.monotonic() + within
    while True:
        mails = await reader.mails()
        found = [mail for mail in mails if email in json.dumps(mail)]
        if found:
            _, text = await reader.get(f"/dev/mail/{found[0]['name']}")
            return re.search(r"http://[a-z0-9-]+\.localhost:\d+/welcome/[\w-]+", text.decode()).group()
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)
