"""Nothing typed is lost: drafts on every device, files with their progress, words above the limit."""

from __future__ import annotations

from playwright.async_api import expect

PDF = {
    "name": "evaluation.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
}
PROGRAM = {"name": "tool.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ" + b"\0" * 64}
# The device knows that the server has the draft too.
SAVED = """() => Object.keys(localStorage).some(
    (key) => key.startsWith("portico-draft:") && JSON.parse(localStorage.getItem(key)).saved)"""
NOTHING = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}


async def test_a_draft_is_on_every_device_and_outlives_a_reload(window, cast, talk):
    laptop = await window(cast, "client", f"/messages/{talk}")
    await laptop.box.fill("Half a thought")
    await laptop.reload()
    await expect(laptop.box).to_have_value("Half a thought")
    await laptop.page.wait_for_function(SAVED)  # else it would rightly bring its words back once more
    phone = await window(cast, "client", f"/messages/{talk}", width=390)
    await expect(phone.box).to_have_value("Half a thought")
    await phone.write("Half a thought, and the rest")
    await expect(phone.ticks).to_contain_text("Sent")
    await laptop.page.locator("h1").click()
    await laptop.reload()
    await expect(laptop.box).to_have_value("")


async def test_files_are_checked_before_they_go_and_arrive_with_their_message(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.page.locator("input[type=file]").set_input_files([PDF, PROGRAM, NOTHING])
    rows = ana.page.locator(".upload")
    await expect(rows.nth(0)).to_contain_text("uploaded")
    await expect(rows.nth(1)).to_contain_text("cannot be sent")
    await expect(rows.nth(2)).to_contain_text("empty")
    await ana.write("Here it is")
    await expect(maya.last.locator(".attached")).to_contain_text("evaluation.pdf")
    await expect(ana.page.locator(".upload")).to_have_count(0)
    path = await maya.last.locator(".attached").get_attribute("href")
    assert await maya.get(path or "", "*/*") == (200, PDF["buffer"])


async def test_a_file_chosen_offline_goes_with_its_message_later(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    await ana.page.locator("input[type=file]").set_input_files([PDF])
    await expect(ana.page.locator(".upload")).to_contain_text("waits for your connection")
    await ana.write("With a file")
    await expect(ana.page.locator(".message.waiting .attached")).to_have_count(1)
    await ana.context.set_offline(False)
    await expect(maya.last.locator(".attached")).to_contain_text("evaluation.pdf", timeout=20_000)


async def test_more_than_ten_thousand_characters_are_counted_and_kept_back(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill("x" * 9_990)
    await expect(ana.page.locator("[data-counter]")).to_have_text("10 characters left")
    await ana.box.fill("x" * 10_001)
    await expect(ana.page.locator("[data-counter]")).to_have_text("1 character too many")
    await ana.box.press("Enter")
    await expect(ana.box).to_have_value("x" * 10_001)
    await expect(ana.page.locator(".message")).to_have_count(0)


async def test_what_is_typed_right_after_sending_belongs_to_the_next_message(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    words = [f"message {number}" for number in range(8)]
    await ana.box.evaluate("""(box, words) => {
        for (const one of words) {
            box.value = one
            box.dispatchEvent(new Event("input", { bubbles: true }))
            box.form.requestSubmit()
        }
        box.value = "and the next"
        box.dispatchEvent(new Event("input", { bubbles: true }))
    }""", words)
    # each goes out after the former's answer
    await expect(ana.page.locator(".message[data-line]")).to_have_count(8, timeout=60_000)
    await ana.reads(*words)
    await expect(ana.box).to_have_value("and the next")
    await ana.reload()
    await expect(ana.box).to_have_value("and the next")
