"""The page's own line: what moves its place in it, what it says of itself, and what it does when it must begin anew."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import WebSocketRoute, expect

from models.messaging.starting import start
from tests.browser.said import say
from tests.faults.ground import eventually

CHIP = "live-state:visible"


class Wire:
    """Between the page and its worker. `held`: beginnings of frames that are kept back on their way to the page."""

    def __init__(self) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.said: list[str] = []
        self.kept: list[str] = []
        self.held: tuple[str, ...] = ()

    def __call__(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self.sockets.append(route)
        route.on_message(lambda frame: self._up(server, str(frame)))
        server.on_message(lambda frame: self._down(route, str(frame)))

    @property
    def cursors(self) -> list[int]:
        """Where the page said it stands, connection by connection."""
        return [json.loads(frame[2:])["cursor"] for frame in self.said if frame.startswith("40{")]

    def let_go(self) -> None:
        self.held = ()
        for frame in self.kept:
            self.sockets[-1].send(frame)

    def _up(self, server: Any, frame: str) -> None:
        self.said.append(frame)
        server.send(frame)

    def _down(self, route: WebSocketRoute, frame: str) -> None:
        if self.held and frame.startswith(self.held):
            self.kept.append(frame)
        else:
            route.send(frame)


async def test_the_answer_to_what_one_sends_does_not_move_ones_place_in_the_line(window, cast, talk):
    """Between what a page has heard and its own message may lie what others said: it is told by event alone."""
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana, wire = await window(cast, "client", f"/messages/{talk}"), Wire()
    await ana.page.route_web_socket("**/socket.io/**", wire)
    await ana.reload()
    wire.held = ("42[",)
    await maya.write("Said before hers")
    await expect(maya.ticks).to_contain_text("Sent")
    await ana.write("Hers")
    await expect(ana.ticks).to_contain_text("Sent")  # by the answer: its event is kept back
    await expect(ana.said("Said before hers")).to_have_count(0)
    sent = lambda: [frame for frame in wire.kept if '"message.sent"' in frame]  # noqa: E731
    await eventually(lambda: len(sent()) == 2, within=20, what="the events of both")
    seqs = [json.loads(frame[2:])[1]["seq"] for frame in sent()]
    wire.held = ()
    await wire.sockets[-1].close(code=1012)
    await expect(ana.said("Said before hers")).to_have_count(1, timeout=20_000)
    assert wire.cursors[-1] < min(seqs) and len(wire.sockets) == 2
    for one in (ana, maya):
        await one.reads("Said before hers", "Hers")


async def test_until_it_knows_all_the_line_says_that_it_is_catching_up(window, cast, talk):
    ana, wire = await window(cast, "client", f"/messages/{talk}"), Wire()
    await ana.page.route_web_socket("**/socket.io/**", wire)
    await ana.reload()
    await expect(ana.page.locator(CHIP)).to_have_text("Live")
    wire.held = ('42["live"',)
    await wire.sockets[-1].close(code=1012)
    await expect(ana.page.locator(CHIP)).to_have_text("Catching up", timeout=20_000)
    wire.let_go()
    await expect(ana.page.locator(CHIP)).to_have_text("Live")


async def test_told_to_begin_anew_each_region_fetches_itself_once(window, cast, talk):
    ana, wire = await window(cast, "client", "/messages"), Wire()
    await ana.page.route_web_socket("**/socket.io/**", wire)
    await ana.reload()
    sources = set(await ana.page.eval_on_selector_all("live-region", "all => all.map(one => one.getAttribute('src'))"))
    await ana.page.wait_for_load_state("networkidle")
    fetched: list[str] = []
    ana.page.on("request", lambda request: fetched.append(request.url.removeprefix(ana.url)))
    async with ana.page.expect_event("request", lambda _: sources <= {*fetched}, timeout=20_000):
        wire.sockets[-1].send('42["resync",{}]')
    assert sources and sorted(one for one in fetched if one in sources) == sorted(sources)


async def test_on_a_page_for_one_child_what_is_about_the_other_is_counted_and_not_shown(window, cast):
    """One socket hears for both."""
    talks = {name: await _about(cast, name) for name in ("teen", "child")}
    karen = await window(cast, "parent", f"/for/{cast.clients['teen']}/messages/{talks['teen']}")
    await say(cast, talks["child"], "practitioner", ["About Nora"])
    await expect(karen.unread).to_contain_text("1")
    await say(cast, talks["teen"], "practitioner", ["About Leo"])
    await expect(karen.said("About Leo")).to_have_count(1)
    assert "About Nora" in (await karen.wires()), "premise: it heard of both"
    await expect(karen.page.get_by_text("About Nora")).to_have_count(0)
    await karen.go(f"/for/{cast.clients['child']}/messages/{talks['child']}")
    await expect(karen.said("About Nora")).to_have_count(1)
    await expect(karen.page.get_by_text("About Leo")).to_have_count(0)


async def _about(cast, child: str) -> str:
    """The parent's conversation with the practitioner about one of the two."""
    karen = await cast.actor("parent", client=child)
    return str(await cast.inside(lambda: start(karen, [cast.staff["practitioner"]], client=cast.clients[child])))
