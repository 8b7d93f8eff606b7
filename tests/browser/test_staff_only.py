"""Internal notes never reach a client's browser: not its screen, not its wires."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playwright.async_api import expect

from models.messaging.practices import configure
from tests.browser.said import look_for, say

SECRET = "Tell her nothing of the heron"


async def test_a_note_is_on_the_staffs_screens_and_on_no_wire_of_the_client(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.write(SECRET)
    await expect(maya.last).to_contain_text(SECRET)
    await expect(maya.last).to_contain_text("Only staff can see this")
    await expect(maya.last.locator(".bubble")).to_have_css("background-color", await maya.colour("--warn-tint"))
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.write("A plain answer")
    await expect(ana.last).to_contain_text("A plain answer")
    await expect(maya.last.locator(".bubble")).not_to_have_css("background-color", await maya.colour("--warn-tint"))
    await ana.reload()
    await ana.go("/messages")
    await look_for(ana, "heron")
    await ana.go(f"/messages/{talk}")
    await ana.page.evaluate(f"fetch('/conversations/{talk}/messages').then((answer) => answer.text())")
    wires = await ana.wires()
    assert "A plain answer" in wires, "the recording must hear what is said"
    assert SECRET not in wires
    assert '["note.added"' not in wires
    staff_wires = await maya.wires()
    assert SECRET in staff_wires and '["note.added"' in staff_wires, "the staff's side hears it"


async def test_it_stays_a_note_until_that_is_switched_off(window, cast, talk):
    """A second line meant for staff must not slip to the client."""
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    switch = maya.page.get_by_role("button", name="Note for staff")
    await switch.click()
    await maya.write(SECRET)
    await expect(maya.last).to_contain_text(SECRET)
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await maya.write("And neither of the crane")
    await expect(maya.last).to_contain_text("Only staff can see this")
    await switch.click()
    await maya.write("For the client again")
    await expect(ana.last).to_contain_text("For the client again")
    assert "crane" not in await ana.wires()


async def test_a_file_pasted_into_a_note_is_not_taken_and_it_says_why(window, cast, talk):
    """A note carries words only: a file that seemed to be part of one must not wait for the next message."""
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.hear_toasts()
    await maya.page.evaluate("""() => {
        const data = new DataTransfer()
        data.items.add(new File(["words"], "plan.txt", { type: "text/plain" }))
        const pasted = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data })
        document.querySelector("message-composer textarea").dispatchEvent(pasted)
    }""")
    await maya.told("A note carries words only[.]")
    await maya.page.get_by_role("button", name="Note for staff").press("Enter")
    await expect(maya.page.locator(".upload")).to_have_count(0)


async def test_on_the_clients_socket_a_note_leaves_no_frame_and_no_gap(window, cast, talk):
    """The practice lets clients see everything of staff, and still: nothing while a note is written, nothing when it
    is there, and no number in what follows that would count it."""
    owner = await cast.actor("owner")
    await cast.inside(lambda: configure(owner, {"clients_see_typing": True, "clients_see_online": True}))
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await maya.types("I wonder", ana.page.locator(".typing"))
    await maya.page.get_by_role("button", name="Note for staff").click()
    await expect(ana.page.locator(".typing")).to_be_hidden()
    before = len(ana.heard)
    await maya.box.press_sequentially(f". {SECRET}")
    await maya.box.press("Enter")
    await expect(maya.last).to_contain_text(SECRET)
    await say(cast, talk, "practitioner", ["A plain answer"])
    await expect(ana.last).to_contain_text("A plain answer")
    frames = list(_events(ana.heard[before:]))
    quiet = [one for one in frames if one[0] not in ("beat", "presence")]
    told = [(name, payload) for name, payload in quiet if name != "typing" or payload["on"]]
    assert told[0][0] == "message.sent", "nothing was told of the note before the answer"
    after = {name for name, _ in told[1:]}
    assert after <= {"conversation.delivered", "conversation.read"}, "and after it only what her own page made of it"
    assert set(_numbers(told[0][1])) == {"seq"}, "the practice's own count of events is the only number"
    assert SECRET not in await ana.wires() and "note" not in {name.split(".")[0] for name, _ in frames}
    status, body = await ana.get(f"/conversations/{talk}/messages")
    page = json.loads(body)
    kinds = [one["kind"] for one in page["lines"] if one["kind"] != "unread"]  # gone once the page has read it
    assert status == 200 and kinds == ["day", "message"]
    assert list(_numbers(page)) == [] and page["older"] is None and page["newer"] is None
    assert "staff can see" not in await ana.page.content(), "the page does not even tell that there are notes"


async def test_a_half_written_note_stays_a_note_and_on_this_device(window, cast, talk):
    """As a message's draft it would stand in the field of the other device, one key away from the client."""
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    phone = await window(cast, "practitioner", f"/messages/{talk}", width=390)
    await maya.box.fill("Half a thought")
    await expect(phone.box).to_have_value("Half a thought")
    switch = maya.page.get_by_role("button", name="Note for staff")
    await switch.click()
    await expect(phone.box).to_have_value("")
    await maya.box.fill(SECRET)
    await maya.reload()
    await expect(maya.box).to_have_value(SECRET)
    await expect(switch).to_have_attribute("aria-pressed", "true")
    await expect(maya.page.get_by_label("Note that only staff can see")).to_have_value(SECRET)
    assert SECRET not in await phone.wires()
    await maya.box.press("Enter")
    await expect(maya.last).to_contain_text("Only staff can see this")
    await maya.reload()
    await expect(maya.box).to_have_value("")


def _events(frames: list[str]) -> Iterator[tuple[str, Any]]:
    for frame in frames:
        if frame.startswith("42"):
            name, payload = json.loads(frame[2:])
            yield name, payload


def _numbers(found: Any) -> Iterator[str]:
    """The names under which a number stands."""
    pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, one in pairs:
        if isinstance(one, int | float) and not isinstance(one, bool):
            yield str(name)
        yield from _numbers(one)
