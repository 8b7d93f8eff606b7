"""Files on a bad line: what got stuck goes on by itself, in smaller pieces, or is let go."""

from __future__ import annotations

import json

from playwright.async_api import expect

from tests.browser.test_uploads import LETTER, PIECES, a_film, add, listed, underway

MB = 1024**2


async def test_a_piece_that_is_let_go_for_its_slowness_goes_on_in_smaller_ones(window, cast, tmp_path):
    ana = await window(cast, "client", "/uploads")
    sent: list[tuple[int, int]] = []
    stalled = json.dumps({"status": 422, "code": "file-stalled", "detail": "The file stopped arriving."})

    async def slow(route):
        size = await route.request.header_value("content-length")
        sent.append((int(route.request.headers["upload-offset"]), int(size or len(route.request.post_data_buffer))))
        if len(sent) < 3:
            return await route.fulfill(status=422, content_type="application/problem+json", body=stalled)
        return await route.continue_()

    await ana.page.route(PIECES, slow)
    await add(ana, a_film(tmp_path / "Film.mp4", 18))
    await expect(underway(ana)).to_have_count(0, timeout=60_000)
    await expect(listed(ana)).to_contain_text("Film.mp4")
    assert sent[:4] == [(0, 8 * MB), (0, 4 * MB), (0, 2 * MB), (2 * MB, 4 * MB)], "smaller, and larger again"


async def test_what_nobody_goes_on_with_is_cancelled_in_the_list_also_on_another_page(window, cast, tmp_path):
    ana = await window(cast, "client", "/uploads")
    there = await window(cast, "client", "/uploads", like=ana)
    await ana.page.route(PIECES, lambda route: route.abort("connectionfailed"))
    await add(ana, a_film(tmp_path / "Film.mp4", 18))
    await expect(underway(ana)).to_contain_text("waits for your connection", timeout=30_000)
    ana.page.on("dialog", lambda dialog: dialog.accept())
    await ana.reload()
    for tab in (ana, there):
        await tab.reload()
        await expect(listed(tab)).to_contain_text("Nothing of it arrived. Choose the same file again to go on")
    await listed(ana).get_by_role("button", name="Cancel Film.mp4").click()
    await ana.live()
    for tab in (ana, there):
        await expect(listed(tab)).to_have_count(0, timeout=20_000)


async def test_on_a_phone_the_name_of_a_file_has_room_beside_what_is_done_with_it(window, cast):
    name = "Letter of Dr. Fernandez about school.pdf"
    ana = await window(cast, "client", "/uploads", width=390, has_touch=True, is_mobile=True)
    await add(ana, {**LETTER, "name": name})
    link = listed(ana).get_by_role("link", name=name, exact=True)
    await expect(link).to_be_visible(timeout=20_000)
    row, text = await listed(ana).bounding_box(), await listed(ana).locator(".line-text").bounding_box()
    assert text["width"] > row["width"] / 2
    await expect(listed(ana).get_by_role("button", name=f"Remove {name}")).to_be_visible()
