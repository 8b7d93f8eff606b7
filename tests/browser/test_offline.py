"""What is written without a connection goes out by itself: once, in order, also after a reload, for nobody else."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.faults.ground import eventually

WAITING = ".message.waiting"


async def test_messages_written_offline_go_out_in_order_and_once(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    await expect(ana.page.locator("live-state:visible")).to_contain_text("Offline since")
    for words in ("first", "second", "third"):
        await ana.write(words)
    await expect(ana.page.locator(WAITING)).to_have_count(3)
    await expect(ana.ticks).to_contain_text("Waiting for your connection")
    await expect(ana.page.locator("line-notice")).to_contain_text("3 messages are kept here")
    await ana.context.set_offline(False)
    await expect(ana.page.locator(WAITING)).to_have_count(0, timeout=20_000)
    await maya.reads("first", "second", "third")


async def test_what_was_written_offline_goes_out_from_whatever_page_is_opened_next(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    for words in ("first", "second"):
        await ana.write(words)
    await expect(ana.page.locator(WAITING)).to_have_count(2)
    await ana.page.close()
    await ana.context.set_offline(False)
    other = await window(cast, "client", "/home", like=ana)
    await expect(maya.said("second")).to_have_count(1, timeout=20_000)
    await other.go(f"/messages/{talk}")
    for one in (maya, other):
        await one.reads("first", "second")
    await expect(other.page.locator(WAITING)).to_have_count(0)


async def test_a_message_whose_answer_never_came_is_sent_once_after_a_reload(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    dropped: list[str] = []

    def one_way(route):
        """Everything goes up and comes down, but no acknowledgement."""
        server = route.connect_to_server()
        server.on_message(lambda frame: (dropped.append if str(frame).startswith("43") else route.send)(frame))

    await ana.page.route_web_socket("**/socket.io/**", one_way)
    await ana.reload()
    await ana.write("Said once")
    await expect(maya.said("Said once")).to_have_count(1)
    # what the others hear may come before the answer
    await eventually(lambda: any('"message"' in frame for frame in dropped), what="the acknowledgement that is lost")
    await ana.write("And this after it")
    await expect(ana.said("And this after it")).to_have_count(1)  # it is written down: its page may go
    await ana.page.unroute_all()
    other = await window(cast, "client", f"/messages/{talk}", like=ana)
    await ana.page.close()
    await expect(other.page.locator(WAITING)).to_have_count(0, timeout=20_000)
    for one in (maya, other):
        await one.reads("Said once", "And this after it")


async def test_what_the_server_refuses_stays_with_its_words_to_copy(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    await ana.write("Too late")
    await _remove(cast, talk, "client")
    await ana.context.set_offline(False)
    await expect(ana.page.locator(".sent-words", has_text="Not sent.")).to_be_visible(timeout=20_000)
    await expect(ana.last.locator("copy-text")).to_have_attribute("data-text", "Too late")
    await expect(ana.page.locator("kept-draft")).to_be_hidden()


async def test_another_login_of_the_same_browser_sees_and_sends_nothing(window, cast, talk, place):
    ana = await window(cast, "client", f"/messages/{talk}")
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await ana.cut()
    await ana.write("Only Ana’s")
    await expect(ana.page.locator(WAITING)).to_have_count(1)
    await ana.box.fill("Half a thought of Ana’s")
    await ana.page.close()
    await ana.context.set_offline(False)
    token = cast.tokens[await cast.session("teen")]
    await ana.context.add_cookies([{"name": place.cookie, "value": token, "url": ana.url}])
    teen = await window(cast, "teen", "/messages", like=ana)
    await expect(teen.page.get_by_text("Ana’s")).to_have_count(0)
    await maya.write("Anything new?")
    await expect(maya.said("Anything new?")).to_have_count(1)
    assert "Only Ana" not in "".join(await maya.bubbles())


async def _remove(cast, talk, name):
    from uuid import UUID

    from models.messaging.changing import change_people
    from models.messaging.seats import conversation_for

    maya = await cast.actor("practitioner")

    async def work():
        sitting = await conversation_for(maya, UUID(talk), lock=True)
        seat = next(one for one in sitting.seats if one.kind == "access")
        await change_people(maya, sitting, add=[cast.people.staff["owner"]], remove=[seat.id])

    await cast.inside(work)


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_a_message_that_waits_stands_where_it_will_stand_when_it_is_sent(window, cast, talk, who):
    writer = await window(cast, who, f"/messages/{talk}")
    await writer.write("This one went out")
    await expect(writer.page.locator(".message.own[data-line] .bubble")).to_have_count(1)
    await writer.cut()
    await writer.write("This one waits")
    waiting = writer.page.locator(".message.own.waiting .bubble")
    await expect(waiting).to_have_count(1)
    right = "(bubble) => bubble.getBoundingClientRect().right"
    sent = writer.page.locator(".message.own[data-line] .bubble")
    assert await waiting.evaluate(right) == await sent.evaluate(right)
    await writer.context.set_offline(False)
    await expect(writer.page.locator(".message.own[data-line] .bubble")).to_have_count(2, timeout=20_000)


async def test_on_a_phone_the_name_keeps_its_room_while_the_line_is_down(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}", width=390)
    room = "(name) => name.clientWidth"
    name = maya.page.locator(".pane-title-in h1")
    before = await name.evaluate(room)
    await maya.cut()
    await expect(maya.page.locator(".thread-live [data-state=offline]")).to_be_visible()
    assert await name.evaluate(room) >= before
