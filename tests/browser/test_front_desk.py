"""The front desk's inbox in two and three windows: who waits, who takes care of it, who is replying."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from playwright.async_api import expect

from models.messaging.practices import configure
from models.messaging.starting import start
from tests.browser.said import say
from tests.browser.window import axe

ROWS = "conversation-list a.talk"


async def asked(cast, words: str) -> str:
    """The client asks the front desk something."""
    owner, client = await cast.actor("owner"), await cast.actor("client")
    await cast.inside(lambda: configure(owner, {"clients_write_front_desk": True}))
    conversation = str(await cast.inside(lambda: start(client, [cast.practice_id])))
    await say(cast, conversation, "client", [words])
    return conversation


def bar(one):
    return one.page.locator(".desk-bar")


async def claimed(one) -> None:
    await one.page.get_by_role("button", name="Claim", exact=True).click()
    await expect(bar(one)).to_contain_text("Claimed by you")
    await one.live()


@asynccontextmanager
async def goes_on_typing(one):
    """A letter a second: who pauses for some seconds is not said to reply any more."""
    async def types():
        while True:
            await one.box.press("x")
            await asyncio.sleep(1)

    typing = asyncio.create_task(types())
    try:
        yield
    finally:
        typing.cancel()
        await asyncio.wait([typing])


async def test_what_one_claims_is_taken_care_of_in_every_window(window, cast):
    conversation = await asked(cast, "Did my card arrive?")
    tess = await window(cast, "frontdesk", "/messages?show=unclaimed")
    jonas = await window(cast, "owner", "/messages?show=unclaimed")
    for one in (tess, jonas):
        await expect(one.page.locator(".waiting h2")).to_have_text("One client waits for the front desk")
        await expect(one.page.locator(".segments")).to_contain_text("Unclaimed 1")
    await tess.page.locator(".waiting a.talk").click()
    await expect(tess.last).to_contain_text("Did my card arrive?")
    await claimed(tess)
    await expect(jonas.page.locator(ROWS)).to_have_count(0)
    await expect(jonas.page.locator(".segments")).not_to_contain_text("Unclaimed 1")
    await expect(jonas.page.locator(".waiting")).to_contain_text("Claimed by Tess Moreau")
    await jonas.go(f"/messages/{conversation}?show=all")
    await expect(bar(jonas)).to_contain_text("Claimed by Tess Moreau")
    await expect(jonas.page.get_by_role("button", name="Claim", exact=True)).to_have_count(0)


async def test_while_one_replies_the_others_see_it_and_the_client_does_not(window, cast):
    conversation = await asked(cast, "Did my card arrive?")
    ana = await window(cast, "client", f"/messages/{conversation}")
    tess = await window(cast, "frontdesk", f"/messages/{conversation}")
    jonas = await window(cast, "owner", f"/messages/{conversation}?show=all")
    async with goes_on_typing(tess):
        await expect(bar(jonas)).to_contain_text("Tess Moreau is replying")
        await expect(jonas.page.locator(ROWS)).to_contain_text("Tess Moreau is replying")
    await expect(bar(tess)).not_to_contain_text("is replying")
    await tess.write("It did, on Friday.")
    await expect(ana.last).to_contain_text("It did, on Friday.")
    await expect(ana.last).to_contain_text("Tess Moreau, Front desk")
    await jonas.write("Bring it on Monday, please.")
    await expect(ana.last).to_contain_text("Jonas Lindqvist, Front desk")
    names = ["Tess Moreau, Front desk", "Jonas Lindqvist, Front desk"]
    await expect(ana.page.locator(".by:visible b")).to_have_text(names)
    await expect(bar(jonas)).to_contain_text("Answered")
    await expect(bar(jonas)).not_to_contain_text("is replying")
    wires = await ana.wires()
    assert "It did, on Friday." in wires and '["looking"' not in wires and "is replying" not in wires
    assert '["conversation.claimed"' not in wires


async def test_it_is_assigned_to_a_colleague_and_given_back_on_screen(window, cast):
    conversation = await asked(cast, "Can I come earlier?")
    tess = await window(cast, "frontdesk", f"/messages/{conversation}?show=unclaimed")
    jonas = await window(cast, "owner", "/messages")
    await expect(jonas.page.locator(ROWS)).to_have_count(0)
    await tess.page.get_by_label("Give it to").select_option(label="Jonas Lindqvist")
    await tess.page.get_by_role("button", name="Assign", exact=True).click()
    await expect(bar(tess)).to_contain_text("Claimed by Jonas Lindqvist")
    await expect(jonas.page.locator(ROWS)).to_contain_text("Claimed by you")
    await jonas.page.locator(ROWS).click()
    await jonas.page.get_by_role("button", name="Give it back to everybody").click()
    await expect(bar(jonas).get_by_role("button", name="Claim", exact=True)).to_be_visible()
    await expect(bar(tess).get_by_role("button", name="Claim", exact=True)).to_be_visible()


async def test_a_practitioner_hands_over_what_waits_with_a_note(window, cast, talk):
    await say(cast, talk, "client", ["Something private"])
    await say(cast, talk, "practitioner", ["I see"])
    await say(cast, talk, "client", ["Can I come on Friday?"])
    tess = await window(cast, "frontdesk", "/messages?show=unclaimed")
    await expect(tess.page.locator(".waiting h2")).to_have_text("Everything is answered")
    ana = await window(cast, "client", f"/messages/{talk}")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="More for this conversation").click()
    await maya.page.get_by_text("Hand over to the front desk", exact=True).click()
    await maya.page.get_by_label("Note for the front desk").fill("Please find a new time")
    await maya.page.get_by_label("Also show what waits for an answer").check()
    await maya.page.get_by_role("button", name="Hand it over").click()
    await expect(bar(maya)).to_contain_text("Unanswered since")
    await expect(bar(maya).get_by_role("button")).to_have_count(0)
    await expect(tess.page.locator(ROWS)).to_contain_text("Can I come on Friday?")
    await tess.page.locator(ROWS).click()
    await expect(tess.last).to_contain_text("Please find a new time")
    assert [words.split("\n")[-1] for words in await tess.bubbles()] == [
        "Can I come on Friday?", "Please find a new time"
    ]
    await expect(ana.page.locator(".happened")).to_contain_text("Front desk joined")
    assert "Please find a new time" not in await ana.wires()
    await claimed(tess)
    await tess.write("Friday at nine?")
    await expect(ana.last).to_contain_text("Friday at nine?")


async def test_clients_start_with_the_front_desk_only_where_the_practice_lets_them(window, cast):
    ana = await window(cast, "client", "/messages/new")
    await expect(ana.page.get_by_text("Maya Okafor", exact=True)).to_be_visible()
    await expect(ana.page.get_by_text("Front desk", exact=True)).to_have_count(0)
    owner = await window(cast, "owner", "/settings/messaging")
    switch = owner.page.get_by_role("switch", name="Clients with the front desk")
    await expect(switch).not_to_be_checked()
    await switch.check()
    await expect(owner.page.locator("[data-say=saved]:visible")).to_have_text("Saved")
    tess = await window(cast, "frontdesk", "/messages?show=unclaimed")
    await ana.reload()
    await ana.page.get_by_text("Front desk", exact=True).click()
    await ana.page.get_by_role("button", name="Start writing").click()
    await expect(ana.box).to_be_visible()
    await ana.live()
    await ana.write("Is the office open on Monday?")
    await expect(tess.page.locator(ROWS)).to_contain_text("Is the office open on Monday?")
    started = UUID(ana.page.url.rsplit("/", 1)[1].partition("?")[0])
    await owner.page.get_by_role("switch", name="Clients with the front desk").uncheck()
    await expect(owner.page.locator("[data-say=saved]:visible")).to_have_text("Saved")
    await ana.go("/messages/new")
    await expect(ana.page.get_by_text("Front desk", exact=True)).to_have_count(0)
    await ana.go(f"/messages/{started}")
    await ana.write("Still heard?")
    await expect(tess.page.locator(ROWS)).to_contain_text("Still heard?")


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
async def test_its_pages_are_fit_for_everybody(window, cast, axe_source, width, scheme):
    conversation = await asked(cast, "Did my card arrive?")
    form = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    tess = await window(cast, "frontdesk", "/messages?show=unclaimed", **form)
    for path in ("/messages?show=unclaimed", f"/messages/{conversation}?show=unclaimed"):
        await tess.go(path)
        assert await tess.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert await axe(tess, axe_source) == []
