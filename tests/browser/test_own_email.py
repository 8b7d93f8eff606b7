"""Another address to sign in with, from the page to the mails and back, as the person and staff see it."""

from __future__ import annotations

import asyncio
import json
import re
import time

from playwright.async_api import expect

from server.worlds import PASSWORD
from tests.browser.window import axe


async def mail_to(someone, address, words, *, within=40.0):
    """The newest caught mail to this address in which the words stand."""
    until = time.monotonic() + within
    while True:
        mails = await someone.mails()
        found = [json.dumps(mail) for mail in mails]
        found = [one for one in found if f'"{address}"' in one and words in one]
        if found:
            return found[0]
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)


async def test_change_of_e_mail_end_to_end_a_scanner_changes_nothing_and_other_sessions_end(
    window, cast, chromium, place, axe_source
):
    old, new = f"client@{cast.subdomain}.test", f"ana.new@{cast.subdomain}.test"
    ana, elsewhere = await window(cast, "client", "/email", width=390), await window(cast, "client", "/email")
    await ana.page.get_by_label("New e-mail address").fill(new)
    await ana.page.get_by_label("Your password").fill(PASSWORD)
    await ana.page.get_by_role("button", name="Send the link").click()
    for one in (ana, elsewhere):
        await expect(one.page.get_by_text(f"{new} waits for confirmation")).to_be_visible()
    assert await axe(ana, axe_source) == []
    link = re.findall(r"/email/confirm/[\w-]+", await mail_to(ana, new, "/email/confirm/"))[0]
    assert new not in await mail_to(ana, old, "another e-mail address")
    _, scanned = await elsewhere.get(link, "text/html")
    assert "Use this address" in scanned.decode()
    await expect(elsewhere.page.get_by_text(old, exact=True)).to_be_visible()
    phone = await (await chromium.new_context(viewport={"width": 390, "height": 800})).new_page()
    await phone.goto(f"{place.url(cast.subdomain)}{link}")
    await phone.get_by_role("button", name="Use this address").click()
    await expect(phone.get_by_role("heading", name="Your e-mail address is changed")).to_be_visible()
    await expect(ana.page.get_by_text(new, exact=True)).to_be_visible()
    await expect(elsewhere.page.get_by_text("Your session has ended.")).to_be_visible()
    await mail_to(ana, old, "was changed")
