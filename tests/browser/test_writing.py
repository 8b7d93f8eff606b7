"""Writing at the edges: as many characters as the practice takes, files told and refused before anything goes up."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from models.core.database import execute
from tests.faults.ground import eventually
from tests.files import samples

PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


async def test_ten_thousand_characters_are_counted_as_people_count_them(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    counter = ana.page.locator("[data-counter]")
    await ana.box.fill("👍" * 10_001)
    await expect(counter).to_have_text("1 character too many")
    await ana.box.press("Enter")
    await expect(ana.page.locator("message-thread .message")).to_have_count(0)
    await ana.box.fill("👍" * 10_000)
    await expect(counter).to_have_text("0 characters left")
    await ana.box.press("Enter")
    await expect(maya.last.locator(".bubble")).to_have_text("👍" * 10_000)


async def test_what_may_be_sent_is_told_before_a_file_is_chosen(window, cast, talk):
    for name, width in (("practitioner", 1440), ("client", 390)):
        one = await window(cast, name, f"/messages/{talk}", width=width)
        told = one.page.locator("[data-told-here]")
        await expect(told).to_be_hidden()
        async with one.page.expect_file_chooser():
            await one.page.get_by_role("button", name="Attach a").click()
        await expect(told).to_be_visible()
        await expect(told).to_contain_text("up to 500 MB each")


async def test_too_large_wrong_and_empty_are_refused_before_any_upload(window, cast, talk, tmp_path):
    await cast.inside(lambda: execute(
        "INSERT INTO file_settings (most_file, most_client, most_practice) VALUES ($1, $1, $1)", 25 * 2**20))
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    uploads: list[str] = []
    ana.page.on("request", lambda one: uploads.append(one.url) if "/files" in one.url else None)
    files = {tmp_path / "big.pdf": 26 * 2**20, tmp_path / "run.exe": 10, tmp_path / "none.pdf": 0,
             tmp_path / "near.pdf": 25 * 2**20 + 1}
    for file, size in files.items():
        file.write_bytes(b"0" * size)
    await ana.page.locator("input[type=file]").set_input_files(list(files))
    rows = ana.page.locator(".upload")
    await expect(rows.nth(0)).to_contain_text("26 MB is more than the limit of 25 MB")
    await expect(rows.nth(1)).to_contain_text("cannot be sent")
    await expect(rows.nth(2)).to_contain_text("empty")
    await expect(rows.nth(3)).to_contain_text("This is a little more than the limit of 25 MB")
    await ana.page.get_by_role("button", name="Send").click()
    assert uploads == []
    await expect(ana.page.locator("message-thread .message")).to_have_count(0)


async def test_a_pasted_and_a_dropped_file_go_up_and_one_can_be_taken_out(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    give = """([kind, where, name, bytes]) => {
        const data = new DataTransfer()
        data.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }))
        const options = { bubbles: true, cancelable: true }
        const event = kind === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: data })
          : new DragEvent(kind, { ...options, dataTransfer: data })
        document.querySelector(where).dispatchEvent(event)
    }"""
    await ana.page.evaluate(give, ["paste", "message-composer textarea", "pasted.pdf", list(PDF)])
    await ana.page.evaluate(give, ["dragenter", ".thread", "dropped.pdf", list(PDF)])
    await expect(ana.page.locator("file-drop[over]")).to_have_count(1)
    await ana.page.evaluate(give, ["drop", ".thread", "dropped.pdf", list(PDF)])
    await expect(ana.page.locator("file-drop[over]")).to_have_count(0)
    await expect(ana.page.locator(".upload")).to_contain_text(["pasted.pdf", "dropped.pdf"])
    await expect(ana.page.locator(".upload", has_text="uploaded")).to_have_count(2)
    await ana.page.get_by_role("button", name="Remove pasted.pdf").click()
    await ana.page.get_by_role("button", name="Send").click()
    await expect(maya.last.locator(".attached")).to_have_count(1)
    await expect(maya.last.locator(".attached")).to_contain_text("dropped.pdf")


async def test_each_file_shows_how_far_it_is_and_one_is_stopped_on_its_way(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    wire = await ana.context.new_cdp_session(ana.page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50_000}
    await wire.send("Network.emulateNetworkConditions", slow)
    long = {"name": "long.pdf", "mimeType": "application/pdf", "buffer": PDF + b"\0" * 8 * 2**20}
    await ana.page.locator("input[type=file]").set_input_files([long])
    row = ana.page.locator(".upload")
    bar = row.get_by_role("progressbar", name="Uploading long.pdf")
    await ana.page.wait_for_function("() => document.querySelector('.upload progress')?.value > 0")
    assert await bar.evaluate("bar => bar.value") < 1
    async with ana.page.expect_event("requestfailed", lambda request: request.url.endswith("/pieces")):
        await row.get_by_role("button", name="Remove long.pdf").click()
    await expect(row).to_have_count(0)
    await wire.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    short = {"name": "short.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await ana.page.locator("input[type=file]").set_input_files([short])
    await expect(row).to_contain_text("uploaded")
    await ana.page.get_by_role("button", name="Send").click()
    await expect(maya.last.locator(".attached")).to_have_count(1)
    await expect(maya.last.locator(".attached")).to_contain_text("short.pdf")


async def test_pictures_show_small_pictures_and_pdf_open_and_every_file_can_be_saved(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    files = {
        "card.png": ("image/png", samples.picture()), "form.pdf": ("application/pdf", PDF),
        "days.csv": ("text/csv", samples.CSV),
    }
    chosen = [{"name": name, "mimeType": type, "buffer": content} for name, (type, content) in files.items()]
    await ana.page.locator("input[type=file]").set_input_files(chosen)
    await expect(ana.page.locator(".upload", has_text="uploaded")).to_have_count(3)
    await ana.page.get_by_role("button", name="Send").click()
    await expect(maya.last.locator(".file")).to_have_count(3)
    for _ in range(2):  # drawn by the script from the event, then by the server
        picture = maya.last.locator(".attached", has_text="card.png")
        await expect(picture.locator("img.thumbnail")).to_have_js_property("complete", True)
        assert await picture.locator("img.thumbnail").evaluate("img => img.naturalWidth") > 0
        await expect(maya.last.locator("img.thumbnail")).to_have_count(1)
        for name, inside in (("card.png", True), ("form.pdf", True), ("days.csv", False)):
            opened = await maya.last.locator(".attached", has_text=name).get_attribute("href")
            assert (await _disposition(maya, opened)).startswith("inline;" if inside else "attachment;"), name
            save = maya.last.get_by_role("link", name=f"Download {name}")
            assert (await _disposition(maya, await save.get_attribute("href"))).startswith("attachment;"), name
            async with maya.page.expect_download() as saved:
                await save.click()
            assert (await saved.value).suggested_filename == name
            assert Path(await (await saved.value).path()).read_bytes() == files[name][1]
        await maya.reload()
    async with maya.page.expect_popup() as shown:
        await maya.last.locator(".attached", has_text="card.png").click()
    assert await (await shown.value).evaluate("document.contentType") == "image/png"


async def _disposition(one, path):
    ask = "async path => (await fetch(path)).headers.get('content-disposition')"
    return await one.page.evaluate(ask, path)


async def test_undo_is_offered_again_after_a_reload(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.write("Too early")
    await expect(maya.said("Too early")).to_have_count(1)
    await ana.reload()
    await ana.page.get_by_role("button", name="Undo").click()
    await expect(maya.page.get_by_text("Too early")).to_have_count(0)
    await expect(ana.box).to_have_value("Too early")


async def test_undo_stays_for_the_next_message_when_that_of_the_former_one_is_answered(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    held: list[tuple[object, str]] = []

    def slowly(route):
        server = route.connect_to_server()

        def up(frame):
            return held.append((server, frame)) if '"message.undo"' in frame else server.send(frame)

        route.on_message(up)

    await ana.page.route_web_socket("**/socket.io/**", slowly)
    await ana.reload()
    undo = ana.page.get_by_role("button", name="Undo", disabled=False)
    await ana.write("First")
    await undo.click()
    await ana.write("Second")
    await expect(undo).to_be_visible()
    await eventually(lambda: held, what="the word that takes the first one back")
    server, frame = held.pop()
    server.send(frame)
    await expect(ana.box).to_have_value("First")
    await expect(ana.page.locator(".composer > .toast")).to_have_count(1)
    await maya.reads("Second")
    await undo.click()
    await eventually(lambda: held, what="the word that takes the second one back")
    server, frame = held.pop()
    server.send(frame)
    await maya.reads()


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_on_the_narrowest_phone_too_many_words_leave_the_button_in_sight(window, cast, talk, who):
    writer = await window(cast, who, f"/messages/{talk}", width=360)
    await writer.box.fill("x" * 10_001)
    await expect(writer.page.locator("[data-counter]")).to_have_text("1 character too many")
    inside = "(shown) => { const box = shown.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth }"
    for shown in (writer.page.get_by_role("button", name="Send"), writer.page.locator("[data-counter]"), writer.box):
        assert await shown.evaluate(inside)
