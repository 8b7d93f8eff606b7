"""The whole way: a practice is opened at the bare domain, a client added and invited, and both write to each other."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time

from playwright.async_api import expect

from tests.browser.window import Window


async def test_sign_up_to_the_first_message_of_a_client(window, cast, chromium, place):
    reader = await window(cast, "owner", "/today")  # whose browser reads the caught mails
    word = secrets.token_hex(4)
    ida = await _opened(chromium, place, reader, f"ida-{word}@cedar.test", "Cedar House")
    home = await _portal_on(ida, f"cedar-{word}")
    await _added_and_invited(ida, home, f"rosa-{word}@mail.test")
    rosa = await _accepted(chromium, await _link(reader, f"rosa-{word}@mail.test", "invitation"))
    await _begun_by_the_client(rosa, home)
    await ida.page.goto(f"{home}/staff/messages")
    await ida.page.get_by_role("link", name=re.compile("Rosa Lind")).first.click()
    await expect(ida.said("Hello from home")).to_have_count(1)
    await ida.live()
    await ida.write("Welcome, Rosa")
    await expect(rosa.said("Welcome, Rosa")).to_have_count(1)
    await rosa.write("Thank you")
    await expect(ida.said("Thank you")).to_have_count(1)
    assert ida.faults == rosa.faults == []
    for one in (ida, rosa):
        await one.context.close()


async def _opened(chromium, place, reader, email: str, practice: str) -> Window:
    """A practice with its first administrator, whose address is proved by the mail."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    ida = Window(context, await context.new_page(), f"http://localhost:{place.port}", "")
    await ida.page.goto(ida.url)
    await ida.page.get_by_role("link", name="Open a practice").click()
    await ida.page.get_by_label("Name of the practice").fill(practice)
    await ida.page.get_by_label("Your name").fill("Ida Lund")
    await ida.page.get_by_label("Your e-mail").fill(email)
    await ida.page.get_by_role("button", name="Open the practice").click()
    await expect(ida.page.get_by_role("heading", name="Look into your e-mail")).to_be_visible()
    await ida.page.goto(await _link(reader, email, "welcome"))
    await ida.page.get_by_label("Password").fill("a quiet heron stands")
    await ida.page.get_by_role("button", name="Go to my desk").click()
    await ida.live()
    return ida


async def _portal_on(ida: Window, name: str) -> str:
    """Account Settings > Portal: a subdomain is chosen; gives the practice's address."""
    desk = ida.page.url.removesuffix("/staff/today")
    await ida.page.goto(f"{desk}/staff/settings/messaging")
    await ida.page.get_by_label("Shown to clients above their messages").fill("Call 911 in an emergency.")
    async with ida.page.expect_response(re.compile("/messaging/banner")):
        await ida.page.get_by_role("button", name="Save the text").click()
    await ida.page.goto(f"{desk}/staff/settings/portal")
    await ida.page.get_by_role("textbox", name="Subdomain").fill(name)
    await ida.page.get_by_role("button", name="Turn on the client portal").click()
    await expect(ida.page).to_have_url(re.compile(rf"//{name}\.localhost:\d+/staff/"))
    await ida.live()
    link = ida.page.get_by_role("link", name=re.compile(rf"{name}\.localhost"))
    await expect(link).to_be_visible()
    return str(await link.get_attribute("href")).rstrip("/")


async def _added_and_invited(ida: Window, home: str, email: str) -> None:
    """+Add, Start Setup: page one confirms, page two grants access to the portal."""
    await ida.page.goto(f"{home}/staff/clients/new")
    await ida.page.get_by_label("First name").fill("Rosa")
    await ida.page.get_by_label("Last name").fill("Lind")
    await ida.page.get_by_label("E-mail").fill(email)
    await ida.page.get_by_role("button", name="Add client").click()
    await ida.page.wait_for_url("**/details")
    await ida.page.get_by_role("link", name="Start Setup").click()
    await ida.page.get_by_role("button", name="Continue").click()
    await ida.page.get_by_role("button", name="Send invitation").click()
    await ida.page.wait_for_url(re.compile("/(portal|details)$"))


async def _accepted(chromium, link: str) -> Window:
    context = await chromium.new_context(viewport={"width": 390, "height": 800})
    rosa = Window(context, await context.new_page(), "", "")
    await rosa.page.goto(link)
    await rosa.page.get_by_label("Choose a password").fill("four words in a row")
    await rosa.page.get_by_role("button", name="Accept the invitation").click()
    await rosa.live()
    return rosa


async def _begun_by_the_client(rosa: Window, home: str) -> None:
    await rosa.page.goto(f"{home}/home")
    await rosa.live()
    await rosa.page.get_by_role("link", name="Write to Ida Lund").click()
    await rosa.page.get_by_role("button", name="Start writing").click()
    await expect(rosa.box).to_be_visible()
    await rosa.live()
    await rosa.write("Hello from home")
    await expect(rosa.said("Hello from home")).to_have_count(1)


async def _link(reader: Window, email: str, kind: str, within: float = 60.0) -> str:
    """The link of this kind in a mail to this address, when it has come."""
    until = time.monotonic() + within
    while True:
        mails = await reader.mails()
        for mail in mails:
            if email in json.dumps(mail):
                found = re.search(rf"http://[a-z0-9-]+\.localhost:\d+/{kind}/[\w-]+", json.dumps(mail))
                if found:
                    return found.group()
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)
