"""The line under a page that is kept: cut, or asleep with its laptop, it comes back by itself and misses nothing."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

OPEN = "live-state[state=live]:visible"


async def test_a_cut_socket_is_opened_again_under_the_same_page(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    sockets: list[object] = []

    def through(route):
        sockets.append(route)
        route.connect_to_server()

    await ana.page.route_web_socket("**/socket.io/**", through)
    await ana.reload()
    await ana.box.fill("Half a thought")
    await ana.page.evaluate("window.kept = true")
    await sockets[-1].close(code=1012)
    await maya.write("While the socket was gone")
    await expect(ana.said("While the socket was gone")).to_have_count(1, timeout=20_000)
    await expect(ana.page.locator(OPEN)).to_be_attached()
    assert len(sockets) >= 2 and await ana.page.evaluate("window.kept")
    await expect(ana.box).to_have_value("Half a thought")
    await ana.reads("While the socket was gone")


async def test_a_laptop_that_slept_wakes_to_what_is_now(window, cast, talk):
    """Asleep, the page's own clock stands and nothing it was told arrives; on waking its socket only looks alive."""
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    deaf_up_to, sockets = [0], []

    def deaf(route):
        server = route.connect_to_server()
        sockets.append(route)
        number = len(sockets)
        server.on_message(lambda frame: None if number <= deaf_up_to[0] else route.send(frame))

    await ana.page.route_web_socket("**/socket.io/**", deaf)
    await ana.page.clock.install()
    await ana.reload()
    deaf_up_to[0] = len(sockets)
    await maya.write("While it slept")
    await expect(maya.ticks).to_contain_text("Sent")
    await expect(ana.said("While it slept")).to_have_count(0)
    await ana.page.clock.fast_forward(timedelta(minutes=5).total_seconds() * 1000)
    await expect(ana.said("While it slept")).to_have_count(1, timeout=20_000)
    assert len(sockets) > deaf_up_to[0], "the dead socket was kept"
    await ana.reads("While it slept")
