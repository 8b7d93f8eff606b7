"""When a session ends or a desk locks, the page shows nothing more, loses nothing, and goes on where it was."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from playwright.async_api import Error, expect

from models.accounts.actors import actor_of_session
from models.accounts.sessions import end_other_sessions, lock
from models.core.database import execute, fetch_one
from server.worlds import PASSWORD
from tests.faults.ground import eventually


async def test_signing_in_again_over_the_page_goes_on_where_it_was(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await maya.write("Before")
    await expect(ana.said("Before")).to_have_count(1)
    await ana.box.fill("Half a thought")
    await _end(cast, "client")
    dialog = ana.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Sign in again")
    await expect(ana.said("Before")).to_be_hidden()
    await maya.write("While you were away")
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await ana.live()
    await expect(ana.said("While you were away")).to_have_count(1)
    await expect(ana.box).to_have_value("Half a thought")


async def test_a_door_that_answers_late_does_not_ask_who_signed_in_meanwhile_to_sign_in_again(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _end(cast, "client")
    dialog = ana.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Sign in again")
    asked = asyncio.Queue()
    await ana.page.route("**/me", asked.put_nowait, times=1)
    await ana.page.evaluate("() => { document.querySelector('live-region').source.want() }")
    late = await asyncio.wait_for(asked.get(), 20)
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await ana.live()
    async with ana.page.expect_event("requestfinished", lambda request: request.url.endswith("/me")):
        await late.fulfill(status=401, json={"code": "signed-out", "detail": "Your session has ended."})
    await ana.write("Here I am again")
    await expect(ana.ticks).to_contain_text("Sent")
    await expect(dialog).to_have_count(0)


async def test_however_often_escape_is_pressed_who_is_signed_out_sees_nothing(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _end(cast, "client")
    dialog = ana.page.get_by_role("dialog", name="Sign in again")
    await dialog.get_by_label("E-mail").focus()
    for _ in range(6):
        await ana.page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()
    await expect(ana.page.locator("message-thread")).to_be_hidden()


async def test_a_wrong_password_says_so_and_lets_nobody_in(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _end(cast, "client")
    dialog = ana.page.get_by_role("dialog")
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill("not this one")
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await expect(ana.page.locator("message-thread")).to_be_hidden()


async def test_a_locked_desk_empties_its_page_until_the_password_and_then_shows_now(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    session_id = next(reversed(cast.tokens))
    ana = await window(cast, "client", f"/messages/{talk}")
    await maya.write("Behind the lock")
    await expect(ana.said("Behind the lock")).to_have_count(1)
    await cast.inside(lambda: _lock(cast, session_id))
    await expect(maya.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Behind the lock" not in await maya.page.content()
    await ana.write("While it was locked")
    await expect(ana.ticks).to_contain_text("Sent")
    assert "While it was locked" not in "".join(maya.heard) + await maya.page.content()
    await maya.page.get_by_label("Password").fill(PASSWORD)
    await maya.page.get_by_role("button", name="Unlock").click()
    await maya.live()
    await expect(maya.said("Behind the lock")).to_have_count(1)
    await expect(maya.said("While it was locked")).to_have_count(1)


async def test_a_desk_left_alone_locks_by_itself_and_is_not_signed_out(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.write("Behind the lock")
    await expect(maya.ticks).to_contain_text("Sent")
    await _with_a_clock(maya)
    await expect(maya.said("Behind the lock")).to_have_count(1)
    await _passes(maya, "14:00")
    await expect(maya.page.get_by_role("dialog")).to_have_count(0)
    await _left_alone(cast, seconds=900, side="desk")
    await _passes(maya, "01:05", live=False)
    await expect(maya.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Behind the lock" not in await maya.page.content()
    await maya.page.get_by_label("Password").fill(PASSWORD)
    await maya.page.get_by_role("button", name="Unlock").click()
    await maya.live()
    await expect(maya.said("Behind the lock")).to_have_count(1)


async def test_a_portal_left_alone_warns_and_then_ends(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill("Half a thought")
    await _left_alone(cast, seconds=1800 - 60)
    await _with_a_clock(ana)
    await expect(ana.page.get_by_role("timer")).to_contain_text("You will be signed out in 0:")
    await ana.page.get_by_role("button", name="Stay signed in").click()
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)
    await _touched(cast)
    await _holds_anew(ana)
    await _passes(ana, "28:05")
    await expect(ana.page.get_by_role("timer")).to_contain_text("You will be signed out in 1:")
    await _left_alone(cast, seconds=1800)
    await _passes(ana, "01:56", live=False)
    dialog = ana.page.get_by_role("dialog", name="Sign in again")
    await expect(dialog).to_be_visible()
    await expect(ana.page.locator("message-thread")).to_be_hidden()
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await ana.live()
    await expect(ana.box).to_have_value("Half a thought")


async def test_whose_time_is_over_is_not_counted_down_anew_while_the_door_is_asked(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _with_a_clock(ana)
    asked = asyncio.Queue()
    await ana.page.route("**/me", asked.put_nowait, times=1)
    await _passes(ana, "30:01", live=False)
    door = await asyncio.wait_for(asked.get(), 20)
    await ana.page.clock.run_for(2_000)
    assert await ana.page.get_by_role("timer").count() == 0
    await _end(cast, "client")
    await door.continue_()
    await expect(ana.page.get_by_role("dialog", name="Sign in again")).to_be_visible()


async def test_the_end_is_announced_two_minutes_ahead_and_not_before(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _with_a_clock(ana)
    await _passes(ana, "27:30")
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)
    await _passes(ana, "00:40")
    await expect(ana.page.get_by_role("timer")).to_contain_text("You will be signed out in 1:")


async def test_who_goes_from_page_to_page_is_there_though_none_stands_for_a_minute(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await _with_a_clock(ana)
    await ana.page.keyboard.press("Shift")
    await _touched(cast)
    await _passes(ana, "01:01")
    await _left_alone(cast, seconds=1800 - 150)
    await ana.go("/home")
    await ana.page.keyboard.press("Shift")
    await _touched(cast)
    await _left_alone(cast, seconds=120)
    await ana.go(f"/messages/{talk}")
    await _passes(ana, "00:02")
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)


async def test_a_key_a_pointer_or_a_touch_is_told_once_a_minute_and_what_arrives_is_not(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    told = []
    ana.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(str(frame))))
    await _with_a_clock(ana)
    count = lambda: sum("session.activity" in frame for frame in told)  # noqa: E731
    await _passes(ana, "01:01")
    await maya.write("Are you there?")
    await expect(maya.ticks).to_contain_text("Read")
    assert any("conversation.read" in frame for frame in told) and count() == 0
    signs = [
        lambda: ana.page.keyboard.press("Shift"),
        lambda: ana.page.mouse.move(200, 200),
        lambda: ana.page.dispatch_event("body", "touchstart"),
    ]
    for number, sign in enumerate(signs, start=1):
        for _ in range(3):
            await sign()
        await _passes(ana, "00:02")
        await eventually(lambda number=number: count() >= number)
        assert count() == number
        await _passes(ana, "01:01")


async def _with_a_clock(one):
    """A page whose time a test moves, once it knows how long its session holds."""
    await one.page.clock.install()
    await one.reload()
    await expect(one.page.locator("idle-watch[ends]")).to_be_attached()


async def _holds_anew(one):
    """Until the page itself has heard that its session holds for its whole time again."""
    left = "document.querySelector('idle-watch').getAttribute('ends') - Date.now()"
    await one.page.wait_for_function(f"() => {left} > 29 * 60_000")


async def _passes(one, time, *, live=True):
    """So much of the page's time; what came to its turn meanwhile has run. A line that was silent is back."""
    await one.page.clock.fast_forward(time)
    await one.page.clock.run_for(1_500)
    if live:
        await one.live()


async def _left_alone(cast, *, seconds, side="portal"):
    """As if nobody had touched anything for so long."""
    back = "UPDATE session SET active_at = clock_timestamp() - make_interval(secs => $1) WHERE side = $2"
    await cast.inside(lambda: execute(back, float(seconds), side))


async def _lock(cast, session_id):
    await lock(await actor_of_session(cast.practice_id, session_id))


async def _end(cast, name):
    """Every session of that person but a new one."""
    actor = await cast.actor(name)
    await cast.inside(lambda: end_other_sessions(actor))


async def _touched(cast):
    """Until the server has heard that somebody is there."""
    fresh = """SELECT count(*) AS n FROM session
      WHERE side = 'portal' AND active_at > clock_timestamp() - interval '1 minute'"""
    async with asyncio.timeout(20):
        while not (await cast.inside(lambda: fetch_one(fresh)))["n"]:
            await asyncio.sleep(0.05)


async def test_a_page_without_a_line_follows_a_portal_that_moved_and_its_draft_with_it(window, cast, talk, place):
    ana = await window(cast, "client", f"/messages/{talk}")
    sockets, following = [], []

    async def once(route):
        sockets.append(route)
        if len(sockets) == 1 or following:
            route.connect_to_server()
        else:
            await route.close(code=1012)

    await ana.page.route_web_socket("**/socket.io/**", once)
    await ana.reload()
    await ana.box.fill("Half a thought")
    await execute(
        "UPDATE practice SET former_subdomains = ARRAY[subdomain], subdomain = subdomain || '-new' WHERE id = $1",
        cast.practice_id,
    )
    await sockets[0].close(code=1012)
    # The server remembers for some seconds who lives where; the page goes on asking, and its line is let in once more.
    impatient = asyncio.create_task(_comes_back_again_and_again(ana))
    await expect(ana.page.get_by_text("What you wrote at this address is sent first.")).to_be_visible(timeout=30_000)
    following.append(True)
    await expect(ana.page).to_have_url(f"{place.url(cast.subdomain + '-new')}/messages/{talk}", timeout=30_000)
    impatient.cancel()
    await expect(ana.box).to_have_value("Half a thought")


async def _comes_back_again_and_again(who):
    """As from a tunnel, so that the page does not wait out its pauses, which grow."""
    while True:
        await asyncio.sleep(1)
        with suppress(Error):  # the page is just being left
            await who.page.evaluate("dispatchEvent(new Event('online'))")
