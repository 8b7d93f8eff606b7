"""Signing in the browser: disclosure, reading, signing by mouse, finger and keyboard, the copy, and verifying it."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from models.core.database import execute
from models.documents.tables import Document, Signature
from tests.browser.test_fit import SIDEWAYS
from tests.browser.window import Window, axe
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, a_file_to_sign, signed_file

PHONE = {"width": 390, "has_touch": True, "color_scheme": "dark", "reduced_motion": "reduce"}
WIDE = {"width": 1280, "color_scheme": "light", "reduced_motion": "reduce"}
# Pages get their height as they are drawn, so the end moves on before whoever scrolls to it.
TO_ITS_END = """() => {
  const pages = document.querySelector("pdf-pages .pages")
  pages.scrollTop = pages.scrollHeight
  return document.querySelector("[name=sign_read]").value === "true"
}"""


async def _consent(cast, **more) -> Document:
    form = await a_form(cast, CONSENT, kind="consent", signs=True)
    document = await a_document(cast, form, **more)
    sql = """INSERT INTO answer (document_id, path, value, login_id, side)
      VALUES ($1, 'reached', '["Ada"]', $2, 'portal')"""
    await cast.inside(lambda: execute(sql, document.id, cast.people.logins["client"]))
    return document


async def _kept(cast, document: Document) -> Signature:
    return await cast.inside(lambda: Signature.get(document_id=document.id, role="recipient"))


async def _draw(seen: Window, *, touch: bool = False) -> None:
    canvas = seen.page.locator("signature-pad canvas[width]")  # what draws came, and has made the field its own
    await expect(canvas).to_be_visible()
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box
    across = [(box["x"] + box["width"] * part / 10, box["y"] + box["height"] * (0.3 if part % 2 else 0.7))
              for part in range(2, 9)]
    if touch:
        await _finger(seen, across)
        return
    await seen.page.mouse.move(*across[0])
    await seen.page.mouse.down()
    for x, y in across[1:]:
        await seen.page.mouse.move(x, y, steps=4)
    await seen.page.mouse.up()


async def _finger(seen: Window, across: list[tuple[float, float]]) -> None:
    hand = await seen.context.new_cdp_session(seen.page)
    for place, (x, y) in enumerate(across):
        points = [{"x": x, "y": y}]
        kind = "touchMove" if place else "touchStart"
        await hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def test_the_whole_way_from_the_disclosure_to_a_copy_that_is_told_when_it_is_tampered_with(
    window, cast, tmp_path: Path
):
    document, name = await _consent(cast), (await cast.actor("client")).name
    ana = await window(cast, "client", f"/documents/{document.id}/review", **WIDE)
    page = ana.page
    await expect(page.get_by_role("heading", name="Before you sign here for the first time")).to_be_visible()
    await _shot(ana, "review")
    await expect(page.locator("[name=sign_read]")).to_have_value("true")
    await page.get_by_label("I have read this, and I agree to sign electronically").check()
    await page.get_by_label("Your full name").fill(name)
    await page.get_by_role("button", name="Sign and hand in").click()
    await expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    link = page.get_by_role("link", name="Download the signed copy")
    await expect(link).to_be_visible(timeout=20_000)
    await _shot(ana, "receipt")
    async with page.expect_download() as coming:
        await link.click()
    copy = tmp_path / "copy.pdf"
    await (await coming.value).save_as(copy)
    kept = await _kept(cast, document)
    assert kept.read_to_end and kept.way == "typed" and "Chrome" in kept.device
    assert await _verified(ana, copy) == "Unaltered"
    await _shot(ana, "verified")
    copy.write_bytes(copy.read_bytes().replace(b"%PDF-1", b"%PDF-2", 1))
    assert await _verified(ana, copy) == "Altered"
    copy.write_bytes(b"%PDF-1.7 nothing")
    assert await _verified(ana, copy) == "Not known here"


async def test_a_shared_pdf_is_read_to_its_end_and_signed_by_mouse(window, cast):
    document, name = await a_file_to_sign(cast), (await cast.actor("client")).name
    ana = await window(cast, "client", f"/documents/{document.id}/sign", **WIDE)
    page = ana.page
    await expect(page.locator("pdf-pages canvas")).to_have_count(2)
    await page.wait_for_function(TO_ITS_END)
    await page.get_by_label("I have read this, and I agree to sign electronically").check()
    await page.get_by_label("Your full name").fill(name)
    await page.get_by_label("By drawing with a finger, pen or mouse").check()
    await page.get_by_role("button", name="Sign this document").click()
    await expect(page.locator("#sign_mark-wrong")).to_contain_text("Draw your signature")
    await expect(page.get_by_label("Your full name")).to_have_value(name)
    await ana.live()
    await _draw(ana)
    await page.get_by_role("button", name="Clear").click()
    await expect(page.locator("[name=sign_mark]")).to_have_value("")
    await _draw(ana)
    await _shot(ana, "drawn")
    await page.get_by_role("button", name="Sign this document").click()
    await expect(page.get_by_role("link", name="Download your copy")).to_be_visible(timeout=20_000)
    kept = await _kept(cast, document)
    assert kept.way == "drawn" and kept.mark.startswith("M")


async def test_the_field_to_draw_in_comes_with_what_draws_and_says_when_that_cannot_come(window, cast):
    document = await a_file_to_sign(cast)
    ana = await window(cast, "client", "/documents")
    asked = asyncio.Queue()
    await ana.page.route("**/signature_pad*", asked.put_nowait)
    await ana.go(f"/documents/{document.id}/sign")
    await ana.page.get_by_label("By drawing with a finger, pen or mouse").check()
    library = await asyncio.wait_for(asked.get(), 20)
    await expect(ana.page.locator("signature-pad canvas")).to_be_hidden()
    await library.continue_()
    await _draw(ana)
    await expect(ana.page.locator("[name=sign_mark]")).to_have_value(re.compile("^M"))
    await ana.page.route("**/signature_pad*", lambda route: route.abort())
    await ana.reload()
    await ana.page.get_by_label("By drawing with a finger, pen or mouse").check()
    await expect(ana.page.get_by_role("alert")).to_contain_text("The field to draw in did not load.")


async def test_a_finger_draws_on_a_phone_and_turning_it_keeps_the_lines(window, cast):
    document, name = await a_file_to_sign(cast), (await cast.actor("client")).name
    ana = await window(cast, "client", f"/documents/{document.id}/sign", **PHONE)
    page = ana.page
    await page.get_by_label("I have read this, and I agree to sign electronically").check()
    await page.get_by_label("Your full name").fill(name)
    await page.get_by_label("By drawing with a finger, pen or mouse").check()
    await _draw(ana, touch=True)
    await expect(page.locator("[name=sign_mark]")).to_have_value(re.compile("^M.*(L.*){4}", re.DOTALL))
    before = await page.locator("[name=sign_mark]").input_value()
    assert before.startswith("M") and before.count("L") >= 4
    await _shot(ana, "phone")
    await page.set_viewport_size({"width": 800, "height": 390})
    await expect(page.locator("[name=sign_mark]")).to_have_value(before)
    ink = "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(part => part > 0)"
    assert await page.locator("signature-pad canvas").evaluate(ink), "the lines are drawn anew"
    await page.get_by_role("button", name="Sign this document").click()
    await expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    kept = await _kept(cast, document)
    assert kept.mark == before and not kept.read_to_end, "nobody scrolled, and nobody claims it"


async def test_by_keyboard_alone(window, cast):
    document, name = await _consent(cast), (await cast.actor("client")).name
    ana = await window(cast, "client", f"/documents/{document.id}/review", **WIDE)
    page = ana.page
    await page.get_by_label("I have read this, and I agree to sign electronically").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Your full name").focus()
    await page.keyboard.type(name)
    await expect(page.locator("[data-typed-name]")).to_have_text(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Signed")).to_be_visible()


async def test_the_desk_sees_it_at_once_signs_beside_and_voids(window, cast):
    document = await _consent(cast, countersigns=True)
    name, maya = (await cast.actor("client")).name, (await cast.actor("practitioner")).name
    desk = await window(cast, "practitioner", f"/clients/{document.client_id}/documents/{document.id}", **WIDE)
    await expect(desk.page.get_by_text("Not signed yet")).to_be_visible()
    ana = await window(cast, "client", f"/documents/{document.id}/review", **WIDE)
    await ana.page.get_by_label("I have read this, and I agree to sign electronically").check()
    await ana.page.get_by_label("Your full name").fill(name)
    await ana.page.get_by_role("button", name="Sign and hand in").click()
    await expect(desk.page.get_by_text("Waits for the practice’s signature")).to_be_visible()
    await expect(desk.page.get_by_text(f"Signed by {name}")).to_be_visible()
    await desk.page.get_by_label("I have read this, and I agree to sign electronically").check()
    await desk.page.get_by_label("Your full name").fill(maya)
    await _shot(desk, "desk")
    await desk.page.get_by_role("button", name="Sign beside").click()
    await expect(desk.page.get_by_text(f"Signed beside by {maya}")).to_be_visible()
    await expect(ana.page.get_by_text(f"Signed beside by {maya}")).to_be_visible()
    await desk.live()
    await desk.page.get_by_text("Void this document").click()
    await desk.page.get_by_label("Why is it voided?").fill("The wrong form was sent")
    await desk.page.get_by_role("button", name="Void the document").click()
    await expect(ana.page.get_by_text("The wrong form was sent")).to_be_visible()


async def test_who_withdraws_reads_how_to_get_paper(window, cast):
    document = await a_file_to_sign(cast)
    ana = await window(cast, "client", "/signing", **WIDE)
    await ana.page.get_by_role("button", name="I have read this and agree").click()
    await ana.live()
    await ana.page.get_by_role("button", name="Withdraw and sign on paper").click()
    await ana.live()
    await expect(ana.page.get_by_text("You sign on paper", exact=True)).to_be_visible()
    await ana.go(f"/documents/{document.id}/sign")
    await expect(ana.page.get_by_text("You chose to sign on paper")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Sign this document")).to_have_count(0)


@pytest.mark.parametrize("how", [PHONE, WIDE], ids=["phone, dark", "wide, light"])
async def test_every_page_of_signing_is_readable_for_everybody(window, cast, axe_source, how):
    paper, file, signed = await _consent(cast), await a_file_to_sign(cast), await signed_file(cast, countersigns=True)
    ana = await window(cast, "client", "/signing", **how)
    for path in ("/signing", f"/documents/{paper.id}/review", f"/documents/{file.id}/sign",
                 f"/documents/{signed.id}/sign"):
        await ana.go(path)
        assert await axe(ana, axe_source) == [], path
        assert not await ana.page.evaluate(SIDEWAYS), path
        await _shot(ana, f"{path.strip('/').split('/')[-1]}-{how['width']}")
    await ana.page.goto(f"{ana.url}/verify")
    assert await axe(ana, axe_source) == []
    await _shot(ana, f"verify-{how['width']}")
    owner = await window(cast, "owner", "/settings/signing", **how)
    assert await axe(owner, axe_source) == []
    await _shot(owner, f"settings-{how['width']}")
    maya = await window(cast, "practitioner", f"/clients/{signed.client_id}/documents/{signed.id}", **how)
    for one in await maya.page.locator(".signature summary").all():
        await one.click()
    assert await axe(maya, axe_source) == []
    assert not await maya.page.evaluate(SIDEWAYS)
    await _shot(maya, f"desk-{how['width']}")


async def _verified(seen: Window, file: Path) -> str:
    await seen.page.goto(f"{seen.url}/verify")
    await seen.page.get_by_label("PDF to verify").set_input_files(file)
    await seen.page.get_by_role("button", name="Verify", exact=True).click()
    return await seen.page.locator(".verify [role=status] .notice b").first.inner_text()


async def _shot(seen: Window, name: str) -> None:
    if folder := os.environ.get("SIGNING_PICTURES"):
        await seen.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def _in_sight(page, field) -> bool:
    """Between the bar above and the buttons below."""
    box, bar, foot = [await one.bounding_box() for one in (
        field, page.locator(".portal-bar"), page.locator(".sticky-foot"))]
    return bar["y"] + bar["height"] <= box["y"] and box["y"] + box["height"] <= foot["y"]


async def test_on_a_phone_a_signature_that_is_not_right_is_brought_into_sight(window, cast):
    document = await _consent(cast)
    ana = await window(cast, "client", f"/documents/{document.id}/review", **PHONE)
    await ana.page.get_by_label("I have read this, and I agree to sign electronically").check()
    signs, name = ana.page.get_by_role("button", name="Sign and hand in"), ana.page.get_by_label("Your full name")
    await signs.click()
    await expect(name).to_be_focused()
    assert await _in_sight(ana.page, name)
    await name.fill("Somebody Else")
    await signs.click()
    await expect(ana.page.get_by_text("tick the box below")).to_be_visible()
    ana.faults = [said for said in ana.faults if "422" not in said]
    await expect(name).to_be_focused()
    assert await _in_sight(ana.page, name)
