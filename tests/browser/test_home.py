"""The first page says what waits, and so does the tab: live, and until it was read."""

from __future__ import annotations

import re

from playwright.async_api import expect

from models.clients.assigning import assign, end_assignment
from tests.browser.said import say


async def test_a_clients_home_says_who_wrote_and_leads_there(window, cast, talk):
    ana = await window(cast, "client", "/home")
    head = ana.page.locator("main header p")
    await expect(head).to_contain_text("Nothing is waiting for you.")
    await say(cast, talk, "practitioner", ["Is Thursday all right?"])
    await expect(head).to_contain_text("One new message from Maya Okafor.")
    await head.get_by_role("link", name="One new message").click()
    await expect(ana.last).to_contain_text("Is Thursday all right?")
    await ana.live()
    await expect(ana.unread).to_be_hidden()  # it was told that she has read it
    await ana.go("/home")
    await expect(head).to_contain_text("Nothing is waiting for you.")


async def test_the_tab_counts_what_is_unread(window, cast, talk):
    ana = await window(cast, "client", "/home")
    await expect(ana.page).to_have_title(re.compile("^Home "))
    await say(cast, talk, "practitioner", ["One", "Two"])
    await expect(ana.page).to_have_title(re.compile(r"^\(2\) Home "))
    await ana.go(f"/messages/{talk}")
    await expect(ana.last).to_contain_text("Two")
    await expect(ana.page).not_to_have_title(re.compile(r"^\("))
    maya = await window(cast, "practitioner", "/messages")
    await say(cast, talk, "client", ["Three"])
    await expect(maya.page).to_have_title(re.compile(r"^\(1\) Messages "))
    await maya.page.locator("a.talk").first.click()
    await expect(maya.last).to_contain_text("Three")
    await expect(maya.page).not_to_have_title(re.compile(r"^\("))


async def test_a_clients_home_follows_who_takes_care_of_them(window, cast):
    ana, owner = await window(cast, "client", "/home"), await cast.actor("owner")
    people = ana.page.get_by_role("region", name="Your practitioner")
    await expect(people).to_contain_text("Maya Okafor")
    await cast.inside(lambda: assign(owner, cast.clients["client"], cast.staff["supervisor"]))
    await expect(ana.page.get_by_role("region", name="Your practitioners")).to_contain_text("Imani Brooks")
    await cast.inside(lambda: end_assignment(owner, cast.clients["client"], cast.staff["practitioner"]))
    await expect(people).to_contain_text("Imani Brooks")
    await expect(people).not_to_contain_text("Maya Okafor")


async def test_today_follows_what_waits_and_what_happens(window, cast, talk):
    maya = await window(cast, "practitioner", "/today")
    head = maya.page.locator(".page-head p")
    needs, feed = (maya.page.get_by_role("region", name=name) for name in ("Needs you", "As it happens"))
    await expect(head).to_have_text("Nothing is waiting for you.")
    await expect(needs).to_contain_text("Nothing needs you")
    await say(cast, talk, "client", ["May I come an hour later?"])
    await expect(head).to_contain_text("One unread message is waiting.")
    await expect(needs).to_contain_text("Ana Beltrán wrote to you")
    await expect(needs).to_contain_text("May I come an hour later?")
    await expect(feed).to_contain_text("Ana Beltrán sent you a message")
    await say(cast, talk, "client", ["Or two?"])
    await expect(head).to_contain_text("Two unread messages are waiting.")
    await expect(feed).to_contain_text("Ana Beltrán sent you 2 messages")
    tab = await window(cast, "practitioner", "/messages", like=maya)
    await tab.page.locator("a.talk").first.click()
    await expect(tab.last).to_contain_text("Or two?")
    await expect(head).to_have_text("Nothing is waiting for you.")
    await expect(needs).to_contain_text("Nothing needs you")
