"""When something goes wrong behind the page: it says what, keeps what was written, and goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

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
    assert await writer.bubbles() == await reader.bubbles() == ["Is anybody there?"]
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
    assert await maya.bubbles() == ["With a file"]


async def test_a_page_asked_for_while_the_database_is_away_says_so(window, cast, talk, place):
    ana = await window(cast, "client", f"/messages/{talk}")
    place.postgres.close()
    try:
        await ana.page.goto(f"{ana.url}/home")
        await expect(ana.page.get_by_text(AWAY)).to_be_visible()
    finally:
        place.postgres.heal()
    await ana.go(f"/messages/{talk}")


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
    await writer.write("Second")
    await expect(writer.page.locator(".message.waiting")).to_have_count(1)
    await writer.context.set_offline(False)
    await expect(reader.said("Second")).to_have_count(1, timeout=20_000)
    await expect(writer.page.get_by_text("Send it now?")).to_have_count(0)
    assert await writer.bubbles() == ["First", "Second"]
    assert await _days(writer) == ["Today"]
    await writer.reload()
    assert await _days(writer) == ["Today"]
    await writer.page.get_by_role("button", name="Undo").click()
    await expect(reader.said("Second")).to_have_count(0)
    await expect(writer.box).to_have_value("Second")


async def _days(window):
    return await window.page.locator('message-thread [data-kind="day"] time').all_inner_texts()
