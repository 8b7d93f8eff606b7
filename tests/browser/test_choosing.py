"""Choosing people: what was found by other words stays chosen, and a page without a script does the same."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.said import say


async def test_who_was_found_by_other_words_still_joins(window, cast, talk):
    maya = await window(cast, "practitioner", f"/messages/{talk}")
    ana = await window(cast, "client", f"/messages/{talk}", width=390)
    await maya.page.get_by_role("button", name="More for this conversation").click()
    await maya.page.get_by_text("Add or remove people").click()
    search = maya.page.get_by_label("Add somebody").first
    await expect(search).to_be_visible()
    await maya.live()
    for words, name in (("imani", "Imani Brooks"), ("jonas", "Jonas Lindqvist")):
        await search.fill(words)
        await search.press("Enter")  # finds; it does not send the form
        await maya.page.get_by_role("checkbox", name=name).check()
    await maya.page.get_by_role("button", name="Change the people").click()
    who = maya.page.locator(".person-pane")
    for name in ("Imani Brooks", "Jonas Lindqvist"):
        await expect(who).to_contain_text(name)
        await expect(ana.page.locator(".happened", has_text=f"{name} joined")).to_have_count(1)
    await expect(ana.page.locator(".pane-head")).to_contain_text("and you can read this")
    for name in ("Maya", "Imani", "Jonas"):
        await expect(ana.page.locator(".pane-head .meta")).to_contain_text(name)


async def test_people_without_accepted_access_stand_grey_with_the_reason(window, cast):
    maya = await window(cast, "practitioner", "/messages/new")
    for words in ("", "marsh"):  # as the page was drawn, and as found
        await maya.page.get_by_label("To").first.fill(words)
        nora = maya.page.get_by_role("checkbox", name="Nora Marsh No portal access yet")
        await expect(nora).to_be_disabled()
        leo = maya.page.get_by_role("checkbox", name="Leo Marsh", exact=True)
        await expect(leo).to_be_enabled()
        grey = await maya.colour("--ink-quiet")
        await expect(maya.page.locator(".option", has=nora)).to_have_css("color", grey)
        await expect(maya.page.locator(".option", has=leo)).not_to_have_css("color", grey)


async def test_a_contact_of_two_clients_is_chosen_about_one(window, cast):
    maya = await window(cast, "practitioner", "/messages/new")
    await maya.page.get_by_label("To").first.fill("karen")
    about = maya.page.get_by_role("checkbox", name="Karen Marsh")
    await expect(about).to_have_count(2)
    for place in (0, 1):
        await about.nth(place).check()
    await maya.page.get_by_role("button", name="Start writing").click()
    await expect(maya.page.get_by_role("alert")).to_contain_text("about one client")
    await about.nth(0).uncheck()
    await maya.page.get_by_role("button", name="Start writing").click()
    await maya.page.wait_for_url("**/staff/messages/0*")
    await expect(maya.page.locator(".person-pane")).to_contain_text("Nora Marsh")


async def test_a_parent_of_two_reads_at_every_step_which_child_it_is_about(window, cast):
    leo, nora = cast.clients["teen"], cast.clients["child"]
    karen = await window(cast, "parent", f"/for/{leo}/messages", width=390)
    await karen.page.get_by_role("link", name="Write a message").click()
    await expect(karen.page.locator("main .page-head")).to_contain_text("About Leo")
    await karen.live()
    await karen.page.get_by_role("button", name="Start writing").click()
    await expect(karen.page.locator(".pane-head")).to_contain_text("About Leo Marsh")
    talk = karen.page.url.rsplit("/", 1)[1]
    await karen.go(f"/for/{leo}/messages")
    await say(cast, talk, "practitioner", ["Leo was early today"])
    await expect(karen.page.locator("h1")).to_have_text("Leo’s messages")
    await expect(karen.page.locator("a.talk")).to_contain_text("About Leo Marsh")
    await karen.go(f"/for/{leo}/home")
    await expect(karen.page.locator("main header")).to_contain_text("about Leo Marsh")
    await karen.go(f"/for/{nora}/messages")
    await expect(karen.page.locator("h1")).to_have_text("Nora’s messages")
    await expect(karen.page.locator("a.talk")).to_have_count(0)


async def test_without_a_script_a_conversation_is_found_started_and_written_in(place, chromium, cast):
    context = await chromium.new_context(java_script_enabled=False)
    url = place.url(cast.subdomain)
    token = cast.tokens[await cast.session("practitioner")]
    await context.add_cookies([{"name": place.cookie, "value": token, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/staff/messages/new")
    await page.get_by_label("To").first.fill("karen")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("checkbox", name="Karen Marsh About Leo Marsh").check()
    await page.get_by_role("button", name="Start writing").click()
    await page.locator("message-composer textarea").fill("Without a script")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".message .bubble")).to_have_text("Without a script")
    await expect(page.locator(".person-pane")).to_contain_text("Leo Marsh")
    await context.close()
