"""The list of conversations: latest first, live, and still under a pointer; what is opened, opens in place."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from models.messaging.starting import start
from tests.browser.said import look_for, say


async def test_nothing_moves_under_the_pointer_until_it_leaves(window, cast, talk):
    other = await _begun_by(cast, "teen")
    await say(cast, other, "teen", ["From the other one"])
    await say(cast, talk, "client", ["The latest"])
    maya = await window(cast, "practitioner", "/messages")
    rows = maya.page.locator("a.talk")
    await expect(rows.first).to_contain_text("The latest")
    await rows.first.hover()
    await say(cast, other, "teen", ["Newer than all"])
    await expect(rows.nth(1)).to_contain_text("Newer than all")
    await expect(maya.page.get_by_role("button", name="1 new above")).to_be_visible()
    await maya.page.mouse.move(1200, 700)
    await expect(rows.first).to_contain_text("Newer than all")


async def test_a_conversation_opens_in_place_and_hears_what_came_meanwhile(window, cast, talk):
    await say(cast, talk, "client", ["Before"])
    maya = await window(cast, "practitioner", "/messages")
    sockets: list[str] = []
    maya.page.on("websocket", lambda socket: sockets.append(socket.url))
    await maya.page.locator("a.talk").first.click()
    await expect(maya.last).to_contain_text("Before")
    await say(cast, talk, "client", ["After"])
    await expect(maya.last).to_contain_text("After")
    assert maya.page.url.endswith(talk)
    await maya.page.go_back()
    await expect(maya.page.locator("message-thread")).to_have_count(0)
    assert sockets == [], "the line stays up"


async def test_what_is_new_is_marked_and_stays_below_while_one_reads_above(window, cast, talk):
    await say(cast, talk, "practitioner", [f"Line {number}" for number in range(40)])
    ana = await window(cast, "client", f"/messages/{talk}")
    await expect(ana.page.locator(".unread-rule")).to_be_attached()
    await ana.page.evaluate("document.fonts.ready")
    thread = ana.page.locator(".thread")
    await thread.evaluate("thread => { thread.scrollTop = 400 }")
    await expect(ana.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    place = await ana.said("Line 12").bounding_box()
    await say(cast, talk, "practitioner", ["Further down"])
    await expect(ana.page.get_by_role("button", name="1 new below")).to_be_visible()
    await expect(ana.unread).to_contain_text("41")  # none of it was in sight with its end
    now = await ana.said("Line 12").bounding_box()
    assert abs(now["y"] - place["y"]) <= 1, "to the pixel that a scroll position is rounded to"
    await ana.page.get_by_role("button", name="1 new below").click()
    await expect(ana.last).to_be_in_viewport()
    await expect(ana.unread).to_be_hidden()


async def test_archived_leaves_the_list_and_comes_back_with_the_next_message(window, cast, talk):
    await say(cast, talk, "client", ["Please call me"])
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="More for this conversation").click()
    await maya.page.get_by_text("Archive", exact=True).click()
    await maya.page.wait_for_url("**/staff/messages")
    await expect(maya.page.locator("a.talk")).to_have_count(0)
    await say(cast, talk, "client", ["Still there?"])
    await expect(maya.page.locator("a.talk").first).to_contain_text("Still there?")


async def test_marked_unread_it_counts_again_and_muted_it_no_longer_does(window, cast, talk):
    await say(cast, talk, "client", ["Please call me"])
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await expect(maya.unread).to_have_count(0)
    await _chosen(maya, "Mark as unread")
    await maya.page.wait_for_url("**/staff/messages")
    await expect(maya.page.locator("a.talk.unread").first).to_contain_text("marked unread")
    await expect(maya.unread).to_contain_text("1")
    await maya.go(f"/messages/{talk}")
    await expect(maya.unread).to_have_count(0)
    await maya.hear_toasts()
    await _chosen(maya, "Mute")
    await maya.told("Muted[.]")
    await maya.go("/messages")
    await say(cast, talk, "client", ["Still there?"])
    row = maya.page.locator("a.talk").first
    await expect(row).to_contain_text("Still there?")
    await expect(row).to_contain_text("Muted")
    await expect(maya.unread).to_have_count(0)
    await maya.go(f"/messages/{talk}")
    await maya.hear_toasts()
    await _chosen(maya, "No longer mute")
    await maya.told("No longer muted")
    await maya.go("/today")
    await say(cast, talk, "client", ["And now?"])
    await expect(maya.unread).to_contain_text("1")


async def _looked_for_a_heron(window, cast, talk, place):
    """Of 150 lines it stands in the one at this place; who looked for it sees that."""
    lines = [f"Line {number}" for number in range(150)]
    lines[place] = "The heron stands by the water"
    await say(cast, talk, "practitioner", lines)
    maya = await window(cast, "practitioner", "/messages")
    await look_for(maya, "heron")
    return maya


async def test_who_scrolls_to_the_top_while_newer_lines_come_is_given_the_older_ones_too(window, cast, talk):
    maya = await _looked_for_a_heron(window, cast, talk, 75)
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def slowly(route):
        asked.set()
        await let_go.wait()
        await route.continue_()

    await maya.page.route("**/messages?after=*", slowly)
    await maya.page.locator(".hit").click()
    await maya.live()  # before, its script would lead back to what was found
    await expect(maya.said("heron")).to_be_in_viewport()
    await expect(maya.said("Line 20")).to_have_count(0)
    thread = maya.page.locator(".thread")
    await thread.evaluate("thread => { thread.scrollTop = thread.scrollHeight }")
    await asyncio.wait_for(asked.wait(), 20)
    await thread.evaluate("thread => { thread.scrollTop = 0 }")
    await maya.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    let_go.set()
    await expect(maya.said("Line 120")).to_have_count(1)
    await expect(maya.said("Line 30")).to_have_count(1)


@pytest.mark.parametrize("name", ["client", "practitioner"])
async def test_where_an_open_conversation_is_the_whole_screen_the_way_back_counts_the_others(window, cast, talk, name):
    one, other = (talk, await _with_another(cast)) if name == "client" else (talk, await _begun_by(cast, "teen"))
    reader = await window(cast, name, f"/messages/{one}", width=390)
    back = reader.page.get_by_role("link", name="All conversations")
    await expect(reader.page.locator(".strip-end")).to_be_hidden()
    await expect(back.locator(".count")).to_have_count(0)
    await say(cast, other, "supervisor" if name == "client" else "teen", ["From the other one"])
    await expect(back.locator(".count")).to_contain_text("1")
    await back.click()
    await expect(reader.page.locator("a.talk").first).to_contain_text("From the other one")
    wide = await window(cast, name, f"/messages/{one}", like=reader)
    await wide.page.set_viewport_size({"width": 1280, "height": 800})
    await expect(wide.unread).to_contain_text("1")
    await expect(wide.page.locator(".pane-head .count")).to_be_hidden()


async def _chosen(one, words):
    """From the menu of the open conversation."""
    await one.page.get_by_role("button", name="More for this conversation").click()
    await one.page.get_by_text(words, exact=True).click()


async def _with_another(cast):
    imani = await cast.actor("supervisor")
    return str(await cast.inside(lambda: start(imani, [cast.clients["client"]])))


async def _begun_by(cast, name):
    client = await cast.actor(name)
    return str(await cast.inside(lambda: start(client, [cast.people.staff["practitioner"]])))


async def test_a_found_message_opens_where_it_was_said_and_leads_on_to_the_latest(window, cast, talk):
    maya = await _looked_for_a_heron(window, cast, talk, 20)
    hit = maya.page.locator(".hit")
    await expect(hit.locator("mark")).to_have_text("heron")
    asked: list[str] = []
    maya.page.on("request", lambda request: asked.append(request.url) if "/messages?after=" in request.url else None)
    await hit.click()
    await maya.live()  # before, its script would lead back to what was found
    await expect(maya.said("heron")).to_be_in_viewport()
    assert asked == [], "nobody has gone on reading yet"
    await expect(maya.said("Line 149")).to_have_count(0)
    thread = maya.page.locator(".thread")
    for number in ("Line 80", "Line 120"):
        await thread.evaluate("thread => { thread.scrollTop = thread.scrollHeight }")
        await expect(maya.said(number)).to_have_count(1)
    await maya.page.locator("[data-jump]").click()
    await expect(maya.last).to_contain_text("Line 149")
    await expect(maya.last).to_be_in_viewport()
