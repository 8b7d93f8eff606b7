"""Signing out, and what has not been sent: asked about, then kept or erased; nobody else ever finds it."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.said import AGED

WAITING = ".message.waiting"
# For an answer that is on its way this page waits as long as it takes.
PATIENT = """() => {
    const real = window.setTimeout
    window.setTimeout = (run, after, ...given) => (after === 3_000 ? 0 : real(run, after, ...given))
    AbortSignal.timeout = () => new AbortController().signal
}"""
UNSENT = """async () => {
    const database = await new Promise((done, failed) => {
        const opening = indexedDB.open("portico", 1)
        opening.onsuccess = () => done(opening.result)
        opening.onerror = () => failed(opening.error)
    })
    const asked = database.transaction("outbox").objectStore("outbox").getAll()
    const found = await new Promise((done) => { asked.onsuccess = () => done(asked.result) })
    database.close()
    return found.map((entry) => entry.body)
}"""


async def test_signing_out_with_unsent_words_asks_first(window, cast, talk):
    ana = await _with_unsent(window, cast, talk)
    await _sign_out(ana)
    dialog = ana.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("One message has not reached the practice")
    await dialog.get_by_role("button", name="Stay signed in").click()
    await expect(ana.page.locator(WAITING)).to_have_count(1)
    assert await ana.page.evaluate(UNSENT) == ["Not gone yet"]


async def test_erased_and_signed_out_nothing_of_it_is_left_or_sent(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await _with_unsent(window, cast, talk)
    await _sign_out(ana)
    dialog = ana.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("One message has not reached the practice")
    # back while the question stands: what was said not to have gone does not go
    await ana.context.set_offline(False)
    await ana.live()
    await maya.write("Are you there?")
    await expect(ana.said("Are you there?")).to_have_count(1)
    await dialog.get_by_role("button", name="Erase and sign out").click()
    await expect(ana.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await ana.page.evaluate(UNSENT) == []
    assert (await ana.get("/me"))[0] == 401
    await ana.page.go_back()
    await expect(ana.page.get_by_role("heading", name="Sign in")).to_be_visible()
    again = await window(cast, "client", f"/messages/{talk}")
    await again.write("Something else")
    await maya.reads("Are you there?", "Something else")


async def test_signing_out_with_nothing_unsent_asks_nothing(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.page.evaluate(PATIENT)  # whether it asks is looked at, not how long it waits
    await ana.write("On its way")
    await _sign_out(ana)
    await expect(ana.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await ana.page.evaluate(UNSENT) == []


async def test_a_message_of_yesterday_asks_before_it_goes(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await _with_unsent(window, cast, talk)
    await ana.page.evaluate(AGED, 25)
    await ana.context.set_offline(False)
    asks = ana.page.locator(WAITING, has_text="Send it now?")
    await expect(asks).to_have_count(1, timeout=20_000)
    assert await maya.bubbles() == []
    await asks.get_by_role("button", name="Send it").click()
    await expect(maya.said("Not gone yet")).to_have_count(1)


async def _with_unsent(window, cast, talk):
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.cut()
    await ana.write("Not gone yet")
    await expect(ana.page.locator(WAITING)).to_have_count(1)
    return ana


async def _sign_out(one):
    await one.page.evaluate("document.getElementById('sign-out').requestSubmit()")
