"""Internal notes never reach a client's browser: not its screen, not its wires."""

from __future__ import annotations

from playwright.async_api import expect

SECRET = "Tell her nothing of the heron"


async def test_a_note_is_on_the_staffs_screens_and_on_no_wire_of_the_client(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}")
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.write(SECRET)
    await expect(maya.last).to_contain_text(SECRET)
    await expect(maya.last).to_contain_text("Only staff can see this")
    await maya.page.get_by_role("button", name="Note for staff").click()
    await maya.write("A plain answer")
    await expect(ana.last).to_contain_text("A plain answer")
    await ana.reload()
    await ana.go("/messages")
    await ana.go("/messages/search?words=heron")
    await ana.go(f"/messages/{talk}")
    await ana.page.evaluate(f"fetch('/conversations/{talk}/messages').then((answer) => answer.text())")
    wires = await ana.wires()
    assert "A plain answer" in wires, "the recording must hear what is said"
    assert SECRET not in wires.replace("words=heron", "")
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
