"""Who is there right now: a dot that comes and goes by itself, and clients see it only where the practice lets them."""

from __future__ import annotations

from playwright.async_api import expect

from models.messaging.practices import configure
from tests.browser.said import say

HEAD = "file-drop .pane-head"


def dots(one, within):
    return one.page.locator(within).first.locator(".presence:visible")


async def test_staff_see_a_client_come_and_go_in_the_list_and_in_the_conversation(window, cast, talk):
    await say(cast, talk, "client", ["Hello"])
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    for within in ("a.talk", HEAD, ".person-pane"):
        await expect(dots(maya, within)).to_have_count(0)
    ana = await window(cast, "client", "/home", width=390)
    for within in ("a.talk", HEAD, ".person-pane"):
        await expect(dots(maya, within).first).to_be_visible()
    await expect(maya.page.locator(HEAD)).to_contain_text("online")
    await maya.reload()
    await expect(dots(maya, "a.talk").first).to_be_visible()
    await ana.page.close()
    for within in ("a.talk", HEAD, ".person-pane"):
        await expect(dots(maya, within)).to_have_count(0, timeout=20_000)


async def test_a_client_sees_a_practitioner_online_only_where_the_practice_lets_it(window, cast, talk):
    await say(cast, talk, "practitioner", ["Hello"])
    await window(cast, "practitioner", "/today")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    await expect(ana.last).to_contain_text("Hello")
    await expect(dots(ana, HEAD)).to_have_count(0)
    assert '["presence"' not in "".join(ana.heard)
    owner = await cast.actor("owner")
    await cast.inside(lambda: configure(owner, {"clients_see_online": True}))
    await ana.reload()
    await expect(dots(ana, HEAD).first).to_be_visible()
    await expect(ana.page.locator(HEAD)).to_contain_text("online")
