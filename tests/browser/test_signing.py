"""The doors of the own account as a person uses them: their forms, and what that person's other pages make of it."""

from __future__ import annotations

from playwright.async_api import expect

from server.worlds import PASSWORD

NEW = "four words in a row"


async def test_a_password_changed_on_its_page_ends_the_session_in_the_other_browser(window, cast, talk):
    here = await window(cast, "client", "/password", width=390)
    there = await window(cast, "client", f"/messages/{talk}")
    await there.box.fill("Half a thought")
    await _change(here, "not this one")
    await expect(here.page.get_by_text("This is not your password.")).to_be_visible()
    await _change(here, PASSWORD)
    await expect(here.page.get_by_text("Your password is changed.")).to_be_visible()
    await expect(here.page.get_by_role("heading", name="Your sessions")).to_be_visible()
    dialog = there.page.get_by_role("dialog", name="Sign in again")
    await expect(dialog).to_contain_text("Your password was changed, so this session ended.")
    await dialog.get_by_label("E-mail").fill(f"client@{cast.subdomain}.test")
    await dialog.get_by_label("Password").fill(NEW)
    await dialog.get_by_role("button", name="Sign in", exact=True).click()
    await there.live()
    await expect(there.box).to_have_value("Half a thought")


async def test_the_list_of_sessions_follows_and_ends_one(window, cast):
    here = await window(cast, "practitioner", "/sessions", width=390)
    there = await window(cast, "practitioner", "/today")
    await here.reload()
    ends = here.page.locator("ul.lines").get_by_role("button", name="End")
    await expect(ends).to_have_count(1)
    await ends.click()
    await expect(there.page.get_by_role("dialog", name="Sign in again")).to_contain_text("Your session has ended.")
    await expect(ends).to_have_count(0)
    await expect(here.page.get_by_text("Here now")).to_be_visible()


async def test_a_desk_locks_in_all_its_tabs_and_opens_in_all_of_them(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    await maya.write("Behind the lock")
    await expect(maya.said("Behind the lock")).to_have_count(1)
    other = await window(cast, "practitioner", f"/messages/{talk}", like=maya)
    await expect(other.said("Behind the lock")).to_have_count(1)
    async with maya.page.expect_event("domcontentloaded"):  # its tab is locked in place first, and goes on then
        await maya.page.evaluate("document.getElementById('lock-now').requestSubmit()")
    for tab in (maya, other):
        await expect(tab.page.get_by_role("heading", name="Locked")).to_be_visible()
        assert "Behind the lock" not in await tab.page.content()
    await maya.page.go_back()
    await expect(maya.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Behind the lock" not in await maya.page.content()
    await _unlock(other, "not this one")
    await expect(other.page.get_by_role("alert")).to_contain_text("This is not your password.")
    await _unlock(maya, PASSWORD)
    for tab in (maya, other):
        await tab.live()
    await expect(other.said("Behind the lock")).to_have_count(1)


async def _change(one, current):
    await one.page.get_by_label("Current password").fill(current)
    await one.page.get_by_label("New password").fill(NEW)
    await one.page.get_by_role("button", name="Change the password").click()


async def _unlock(one, password):
    await one.page.get_by_label("Password").fill(password)
    await one.page.get_by_role("button", name="Unlock").click()
