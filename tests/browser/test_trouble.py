"""When something goes wrong behind the page: it says what, keeps what was written, and goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from models.accounts.actors import actor_of_session
from models.accounts.sessions import end_other_sessions, lock
from server.worlds import PASSWORD

AWAY = "records cannot be reached"
PDF = {
    "name": "evaluation.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
}


@pytest.mark.parametrize(("who", "other"), [("client", "practitioner"), ("practitioner", "client")])
async def test_while_the_database_is_away_a_message_waits_and_then_goes_once(window, cast, talk, place, who, other):
    writer = await window(cast, who, f"/messages/{talk}")
    reader = await window(cast, other, f"/messages/{talk}")
    place.postgres.close()
    try:
        await writer.write("Is anybody there?")
        await expect(writer.ticks).to_contain_text(AWAY)
        await writer.box.fill("And the next")
    finally:
        place.postgres.heal()
    await expect(reader.said("Is anybody there?")).to_have_count(1, timeout=30_000)
    await expect(writer.page.locator(".message.waiting")).to_have_count(0)
    for one in (writer, reader):
        await one.reads("Is anybody there?")
    await expect(writer.box).to_have_value("And the next")
    await writer.reload()
    await expect(writer.box).to_have_value("And the next")


async def test_a_file_chosen_while_the_database_is_away_goes_with_its_message(window, cast, talk, place):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    place.postgres.close()
    try:
        await ana.page.locator("input[type=file]").set_input_files([PDF])
        await expect(ana.page.locator(".upload")).to_contain_text("waits for the practice’s server")
        await ana.write("With a file")
        await expect(ana.page.locator(".message.waiting .attached")).to_have_count(1)
    finally:
        place.postgres.heal()
    await expect(maya.last.locator(".attached")).to_contain_text("evaluation.pdf", timeout=30_000)
    await maya.reads("With a file")


async def test_a_page_asked_for_while_the_database_is_away_says_so_and_comes_by_itself(window, cast, talk, place):
    ana = await window(cast, "client", f"/messages/{talk}")
    place.postgres.close()
    try:
        await ana.page.goto(f"{ana.url}/home?from=mail")
        await expect(ana.page.get_by_text(AWAY)).to_be_visible()
        await expect(ana.page.get_by_role("link", name="Load again")).to_have_attribute("href", "/home?from=mail")
    finally:
        place.postgres.heal()
    await expect(ana.page.get_by_text(AWAY)).to_have_count(0)
    await ana.live()
    assert ana.page.url == f"{ana.url}/home?from=mail"


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_a_clock_that_is_a_day_off_changes_nothing(window, cast, talk, who, days):
    writer = await window(cast, who, f"/messages/{talk}")
    reader = await window(cast, {"client": "practitioner"}.get(who, "client"), f"/messages/{talk}")
    await writer.page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    await writer.reload()
    await reader.write("First")
    await expect(writer.said("First")).to_have_count(1)
    await writer.context.set_offline(True)
    await expect(writer.page.locator("live-state[state=offline]:visible")).to_be_attached()
    await writer.write("Second")
    await expect(writer.page.locator(".message.waiting")).to_have_count(1)
    await writer.context.set_offline(False)
    await expect(reader.said("Second")).to_have_count(1, timeout=20_000)
    await expect(writer.page.get_by_text("Send it now?")).to_have_count(0)
    await writer.reads("First", "Second")
    for _ in range(2):  # drawn by the script, then by the server
        await expect(_days(writer).last).to_have_text("Today", use_inner_text=True)
        await writer.reload()
    await writer.page.get_by_role("button", name="Undo").click()
    await expect(reader.said("Second")).to_have_count(0)
    await expect(writer.box).to_have_value("Second")


def _days(window):
    return window.page.locator('message-thread [data-kind="day"] time')


@pytest.mark.parametrize("how", ["ended", "locked"])
async def test_half_a_thought_at_a_desk_outlives_its_session(window, cast, talk, how):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    session_id = next(reversed(cast.tokens))
    await maya.box.fill("Half a thought")
    if how == "ended":
        await _end_others(cast)
        dialog = maya.page.get_by_role("dialog")
        await dialog.get_by_label("E-mail").fill(f"practitioner@{cast.subdomain}.test")
        await dialog.get_by_label("Password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Sign in", exact=True).click()
    else:
        await cast.inside(lambda: _lock(cast, session_id))
        await maya.page.get_by_label("Password").fill(PASSWORD)
        await maya.page.get_by_role("button", name="Unlock").click()
    await maya.live()
    await expect(maya.box).to_have_value("Half a thought")
    await maya.box.press("Enter")
    await expect(maya.said("Half a thought")).to_have_count(1)


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_what_is_typed_in_one_tab_stays_when_the_other_one_sends(window, cast, talk, who):
    first = await window(cast, who, f"/messages/{talk}")
    second = await window(cast, who, f"/messages/{talk}", like=first)
    await first.box.fill("In the first")
    await second.write("From the second")
    await expect(first.said("From the second")).to_have_count(1)
    await expect(first.box).to_have_value("In the first")
    await first.box.press("Enter")
    await expect(second.said("In the first")).to_have_count(1)
    for tab in (first, second):
        await expect(tab.page.locator(".message.waiting")).to_have_count(0)
        await tab.reads("From the second", "In the first")


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_a_full_disk_refuses_the_file_and_keeps_the_words(window, cast, talk, who):
    writer = await window(cast, who, f"/messages/{talk}")
    told = {"code": "storage-full", "status": 503, "detail": "The server has no room for files right now."}
    await writer.page.route("**/files", lambda route: route.fulfill(status=503, json=told))
    await writer.box.fill("My words")
    await writer.page.locator("input[type=file]").set_input_files([PDF])
    await expect(writer.page.locator(".upload")).to_contain_text("no room for files")
    await expect(writer.box).to_have_value("My words")
    await writer.box.press("Enter")
    await expect(writer.ticks).to_contain_text("Sent")
    await writer.reads("My words")


async def _end_others(cast):
    actor = await cast.actor("practitioner")
    await cast.inside(lambda: end_other_sessions(actor))


async def _lock(cast, session_id):
    await lock(await actor_of_session(cast.practice_id, session_id))
