"""Passkeys and codes in a real browser, with an authenticator of Chromium's own."""

from __future__ import annotations

from playwright.async_api import expect

from models.accounts import sign_in_rule
from models.accounts.practices import today_here
from models.accounts.sessions import end_other_sessions
from models.core.database import execute
from server.worlds import PASSWORD
from tests.browser.window import axe
from tests.support.factors import App, app_of


async def _authenticator(window):
    """A phone that verifies its person and answers at once."""
    session = await window.context.new_cdp_session(window.page)
    await session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def _add_passkey(one):
    await _authenticator(one)
    await one.page.get_by_role("button", name="Add a passkey").click()
    await expect(one.page.get_by_text("Not used yet")).to_be_visible()
    await one.live()  # a new page, whose script has a word in signing out and locking


async def test_a_passkey_is_added_and_signs_in_without_typing(window, cast):
    ana = await window(cast, "client", "/security", width=390)
    await _add_passkey(ana)
    await ana.page.evaluate("document.getElementById('sign-out').requestSubmit()")
    await expect(ana.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    await ana.page.get_by_role("button", name="Use a passkey").click()
    await expect(ana.page.get_by_role("heading", name="Ana")).to_be_visible()
    await ana.live()
    await ana.go("/security")
    await expect(ana.page.get_by_text("Signed in with a passkey")).to_be_visible()


async def test_a_passkey_that_is_asked_for_twice_in_a_row_is_made_once_and_sends_once_what_waited(window, cast):
    owner, asked = await window(cast, "owner", "/security"), []
    owner.page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/options") else None)
    await _authenticator(owner)
    async with owner.turns():
        await owner.page.get_by_role("button", name="Add a passkey").dblclick()
    await expect(owner.page.get_by_text("Not used yet")).to_have_count(1)
    assert len(asked) == 1
    await owner.go("/settings/practice")
    await cast.inside(lambda: execute("UPDATE session SET proved_at = now() - interval '11 minutes'"))
    await owner.page.get_by_role("button", name="Save").first.click()
    await owner.page.get_by_role("button", name="Use a passkey").first.dblclick()
    await expect(owner.page.get_by_role("heading", name="Confirmed")).to_be_visible()
    assert len(asked) == 2


async def test_a_proof_of_long_ago_is_asked_anew_over_the_page_and_it_goes_on(window, cast):
    ana = await window(cast, "client", "/security")
    await cast.inside(lambda: execute("UPDATE session SET proved_at = now() - interval '11 minutes'"))
    await _authenticator(ana)
    await ana.page.get_by_role("button", name="Add a passkey").click()
    dialog = ana.page.get_by_role("dialog", name="Confirm that it is you")
    await dialog.get_by_label("Password").fill("not this one")
    await dialog.get_by_role("button", name="Go on").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("This is not your password.")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Go on").click()
    await expect(ana.page.get_by_text("Not used yet")).to_be_visible()


async def test_staff_who_come_to_need_a_second_factor_are_led_to_it_from_their_open_page(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    owner = await cast.actor("owner")

    async def require() -> None:
        await sign_in_rule.set_rule(owner, await today_here())

    await cast.inside(require)
    await expect(maya.page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    await maya.page.get_by_role("button", name="Show the key").click()
    secret = (await maya.page.locator(".key-text").inner_text()).replace(" ", "")
    await maya.page.get_by_label("Code").fill(App(secret).code())
    await maya.page.get_by_role("button", name="Turn it on").click()
    await expect(maya.page.get_by_role("heading", name="Your second factor is on")).to_be_visible()
    await maya.go(f"/messages/{talk}")


async def test_a_locked_desk_opens_by_passkey_where_it_was(window, cast, talk):
    maya = await window(cast, "practitioner", "/security")
    await _add_passkey(maya)
    await maya.go(f"/messages/{talk}")
    await maya.write("Behind the lock")
    await expect(maya.said("Behind the lock")).to_have_count(1)
    async with maya.page.expect_event("domcontentloaded"):  # its tab is locked in place first, and goes on then
        await maya.page.evaluate("document.getElementById('lock-now').requestSubmit()")
    await expect(maya.page.get_by_role("heading", name="Locked")).to_be_visible()
    await maya.page.get_by_role("button", name="Use a passkey").click()
    await maya.live()


async def test_a_form_that_waited_goes_on_after_the_passkey(window, cast):
    owner = await window(cast, "owner", "/security")
    await _add_passkey(owner)
    await owner.go("/settings/practice")
    await cast.inside(lambda: execute("UPDATE session SET proved_at = now() - interval '11 minutes'"))
    await owner.page.get_by_label("Name", exact=True).fill("Harbor of ours")
    await owner.page.get_by_role("button", name="Save").first.click()
    await owner.page.get_by_role("button", name="Use a passkey").first.click()
    await expect(owner.page.get_by_role("heading", name="Confirmed")).to_be_visible()
    await owner.page.get_by_role("button", name="Send it").click()
    await expect(owner.page.get_by_role("heading", name="Account Settings")).to_be_visible()
    await owner.reload()
    await expect(owner.page.get_by_text("Harbor of ours").first).to_be_visible()


async def test_staff_with_a_passkey_are_asked_for_it_where_a_second_factor_is_required(window, cast, axe_source):
    maya = await window(cast, "practitioner", "/security", width=390)
    await _add_passkey(maya)
    await cast.inside(lambda: execute("UPDATE session SET strong = false"))
    await cast.inside(lambda: execute("UPDATE practice_profile SET second_factor_from = '2020-01-01'"))
    await maya.page.goto(f"{maya.url}/staff/today")
    await expect(maya.page.get_by_role("heading", name="Use your passkey")).to_be_visible()
    await expect(maya.page.get_by_role("button", name="Show the key")).to_have_count(0)
    assert await axe(maya, axe_source) == []
    await maya.page.get_by_role("button", name="Use a passkey").click()
    await maya.live()


async def test_signing_in_again_over_the_page_asks_for_the_code(window, cast, talk):
    app = await app_of(cast, "client")
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill("Half a thought")
    actor = await cast.actor("client")
    await cast.inside(lambda: end_other_sessions(actor))
    dialog = ana.page.get_by_role("dialog", name="Sign in again")
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await dialog.get_by_label("Code").fill(app.code())
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await ana.live()
    await expect(ana.box).to_have_value("Half a thought")
