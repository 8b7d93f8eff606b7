"""Two people in two browsers: what one does, the other sees, without a reload."""

from __future__ import annotations

import re

from playwright.async_api import expect

from models.messaging.starting import start
from tests.browser.said import say
from tests.faults.ground import eventually

# how far the button is from the words it is for
BESIDE = """row => Math.abs(
    row.querySelector(".bubble").getBoundingClientRect().left
      - row.querySelector(".message-more").getBoundingClientRect().right)"""


async def test_each_sees_the_others_message_at_once(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Is five o’clock still free?")
    await expect(maya.last).to_contain_text("Is five o’clock still free?")
    await maya.write("Yes, it is.")
    await expect(ana.last).to_contain_text("Yes, it is.")
    await expect(ana.said("Is five")).to_have_count(1)
    await expect(maya.said("Yes, it is.")).to_have_count(1)


async def test_ticks_go_from_sent_to_delivered_to_read(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Hello")
    await expect(ana.ticks).to_contain_text("Sent")
    await expect(ana.ticks.locator("use")).to_have_attribute("href", re.compile("#check$"))
    await expect(ana.ticks.locator(".icon")).to_have_css("color", await ana.colour("--ink-quiet"))
    maya = await window(cast, "practitioner", "/today")
    await expect(ana.ticks).to_contain_text("Delivered")  # any page of hers is a device that it has reached
    await ana.write("Are you there?")
    await expect(ana.ticks).to_contain_text("Delivered")
    await maya.go(f"/messages/{talk}")
    await expect(ana.ticks).to_contain_text("Read")
    await expect(ana.ticks).to_have_attribute("data-state", "read")
    for _ in range(2):  # drawn by the script, then by the server
        await expect(ana.ticks.locator("use")).to_have_attribute("href", re.compile("#check-check$"))
        await expect(ana.ticks.locator(".icon")).to_have_css("color", await ana.colour("--ok-ink"))
        await ana.reload()


async def test_what_is_sent_stands_there_at_once_and_says_that_it_is_on_its_way(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    held: list[tuple[object, str]] = []

    def slowly(route):
        server = route.connect_to_server()

        def up(frame):
            return held.append((server, frame)) if '"message.send"' in frame else server.send(frame)

        route.on_message(up)

    await ana.page.route_web_socket("**/socket.io/**", slowly)
    await ana.reload()
    await ana.write("On its way")
    await expect(ana.page.locator(".message.waiting .bubble")).to_have_text("On its way")
    await expect(ana.ticks).to_contain_text("Sending")
    await expect(ana.box).to_have_value("")
    await expect(maya.said("On its way")).to_have_count(0)
    ends = "bubble => Math.round(bubble.getBoundingClientRect().right)"
    place = await ana.said("On its way").evaluate(ends)
    await eventually(lambda: held, within=20, what="the message on its way")
    server, frame = held[0]
    server.send(frame)
    await expect(maya.said("On its way")).to_have_count(1)
    await expect(ana.page.locator(".message.waiting")).to_have_count(0)
    await ana.reads("On its way")
    assert await ana.said("On its way").evaluate(ends) == place, "sent, it stands where it waited"


async def test_with_several_people_it_says_who_has_read_it_and_who_has_not(window, cast):
    maya, leo = await cast.actor("practitioner"), cast.clients["teen"]
    people = [leo, cast.contacts["parent"]]
    talk = str(await cast.inside(lambda: start(maya, people, client=leo)))
    desk = await window(cast, "practitioner", f"/messages/{talk}")
    await desk.write("Is Friday all right for both?")
    await expect(desk.ticks).to_contain_text("Sent")
    await window(cast, "teen", f"/messages/{talk}")
    moment = r"\d+:\d\d [AP]M"
    for _ in range(2):  # drawn by the script from the event, then by the server
        await expect(desk.ticks).to_contain_text(re.compile(rf"Read by Leo Marsh {moment}; not yet by Karen Marsh\s*$"))
        await desk.reload()
    assert await desk.last.evaluate(BESIDE) < 12, "its menu stands beside it, however long the line below it is"
    await window(cast, "parent", f"/for/{leo}/messages/{talk}")
    for _ in range(2):
        await expect(desk.ticks).to_contain_text(re.compile(rf"Read by Leo Marsh {moment}, Karen Marsh {moment}\s*$"))
        await desk.reload()


async def test_staff_see_a_client_typing_and_clients_do_not_see_staff_unless_the_practice_says_so(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.types("I wonder", maya.page.locator(".typing", has_text="is typing"))
    await maya.box.press_sequentially("So do I")
    await ana.write("whether")
    await expect(maya.page.locator(".typing")).to_be_hidden()
    await expect(ana.page.locator(".typing")).to_be_hidden()
    assert '["typing"' not in await ana.wires()


async def test_the_count_and_the_list_follow_on_every_page(window, cast, talk):
    maya = await window(cast, "practitioner", "/today")
    ana = await window(cast, "client", f"/messages/{talk}")
    await expect(maya.unread).to_have_count(0)
    await ana.write("One")
    await expect(maya.unread).to_contain_text("1")
    await ana.write("Two")
    await expect(maya.unread).to_contain_text("2")
    await maya.go("/messages")
    first = maya.page.locator("a.talk").first
    await expect(first).to_contain_text("Two")
    await first.click()
    await expect(maya.said("Two")).to_be_visible()
    await expect(maya.unread).to_have_count(0)


async def test_undo_takes_a_message_from_every_screen(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Sent too early")
    await expect(maya.said("Sent too early")).to_have_count(1)
    await ana.page.get_by_role("button", name="Undo").click()
    await expect(maya.page.get_by_text("Sent too early")).to_have_count(0)
    await expect(ana.said("Sent too early")).to_have_count(0)
    await expect(ana.box).to_have_value("Sent too early")
    await maya.reload()
    await expect(maya.page.get_by_text("Sent too early")).to_have_count(0)


async def test_a_deleted_message_leaves_its_place_and_no_words(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Regretted words")
    await expect(maya.said("Regretted words")).to_have_count(1)
    await ana.last.get_by_role("button", name="More for this message").click()
    await ana.page.get_by_role("button", name="Delete the message").click()
    for one in (maya, ana):
        await expect(one.last).to_contain_text("Message deleted")
        await expect(one.said("Regretted words")).to_have_count(0)
        await one.reload()
        await expect(one.last).to_contain_text("Message deleted")
        await expect(one.page.get_by_text("Regretted words")).to_have_count(0)


async def test_words_stay_words_and_addresses_become_links(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    words = "<img src=x onerror=alert(1)> https://example.org/a?b=1&c=2, javascript:alert(1) 👩‍👩‍👧 שלום"
    await ana.write(words)
    for _ in range(2):  # drawn by the script from the event, then by the server
        await expect(maya.last.locator(".bubble")).to_have_text(words)
        link = maya.last.locator(".bubble a")
        await expect(link).to_have_count(1)
        await expect(link).to_have_attribute("href", "https://example.org/a?b=1&c=2")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        await maya.reload()


async def test_line_breaks_stand_where_they_were_written(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    words = "Dear Maya,\n\nFriday is fine.\nAna"
    await ana.write(words)
    await expect(ana.page.locator(".message[data-line]")).to_have_count(1)
    for _ in range(2):  # drawn by the script, then by the server
        await expect(maya.said("Friday is fine.")).to_have_count(1)
        for one in (ana, maya):
            assert await one.bubbles() == [words]
            await one.reload()


async def test_a_hundred_lines_load_as_one_scrolls_and_the_place_stays(window, cast, talk):
    await say(cast, talk, "practitioner", [f"Line {number}" for number in range(120)])
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await expect(maya.last).to_contain_text("Line 119")
    assert await maya.page.locator("message-thread [data-line]").count() == 50
    await maya.page.locator(".thread").evaluate("thread => { thread.scrollTop = 0 }")
    await expect(maya.page.locator("message-thread [data-line]")).not_to_have_count(50)
    await expect(maya.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    await maya.page.locator(".thread").evaluate("thread => { thread.scrollTop = 0 }")
    await expect(maya.said("Line 0").first).to_be_attached()
    numbers = [int(words.removeprefix("Line ")) for words in await maya.bubbles()]
    assert numbers == list(range(120))
