"""Inviting from the Portal tab, accepting by the mail, and access taken away: each seen at the other desk at once."""

from __future__ import annotations

import asyncio
import json
import re
import time
from uuid import UUID

from playwright.async_api import expect

from models.clients.tables import Assignment, Client, PortalAccess
from models.core.database import execute
from tests.browser.test_early_answers import hold_scripts
from tests.browser.window import axe

BORN = "1990-05-17"


async def newcomer(cast, name="Rosa Lind"):
    """A client of the practitioner, without access."""
    from datetime import date

    async def work():
        email = f"{name.split()[0].lower()}@{cast.subdomain}.test"
        client = await Client.create(name=name, email=email, born_on=date.fromisoformat(BORN))
        await Assignment.create(client_id=client.id, staff_id=cast.staff["practitioner"])
        return client.id

    return await cast.inside(work)


async def link_for(desk, cast, *, beside=(), within=60.0):
    """The link of the newest mail to Rosa that was not seen before."""
    until = time.monotonic() + within
    while True:
        mails = await desk.mails()
        mine = [json.dumps(mail) for mail in mails if f"rosa@{cast.subdomain}" in json.dumps(mail)]
        found = [one for text in mine for one in re.findall(r"/invitation/[\w-]+", text) if one not in beside]
        if found:
            return found[0]
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)


def card(window, name):
    return window.page.get_by_role("article", name=name)


async def ask_only(dialog, step):
    """Of the information to collect, this step alone."""
    for one in await dialog.locator("select[name=asks]").all():
        is_it = await one.locator(f"option[value='{step}:required']").count()
        await one.select_option(f"{step}:required" if is_it else "")


async def visitor(chromium, place, cast, link):
    context = await chromium.new_context(viewport={"width": 390, "height": 800})
    page = await context.new_page()
    await page.goto(f"{place.url(cast.subdomain)}{link}")
    return page


async def test_invite_from_the_portal_tab_accept_by_the_mail_and_onboarding_shows_at_the_desk(
    window, cast, chromium, place, axe_source
):
    rosa = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{rosa}/portal")
    tess = await window(cast, "frontdesk", f"/clients/{rosa}/portal")
    await card(maya, "Rosa Lind").get_by_role("switch", name="Portal access of Rosa Lind").click()
    dialog = maya.page.get_by_role("dialog", name="Invite Rosa Lind to the portal?")
    await expect(dialog).to_be_visible()
    await expect(card(tess, "Rosa Lind")).to_contain_text("On, not invited")
    assert await axe(maya, axe_source) == []
    await dialog.get_by_role("button", name="Not now").click()
    await expect(dialog).to_be_hidden()
    await card(maya, "Rosa Lind").get_by_role("button", name="Send invitation").click()
    await ask_only(dialog, "preferences")
    await dialog.get_by_label("Message to Rosa").fill("Looking forward to meeting you.")
    await dialog.get_by_role("button", name="Send invitation").click()
    await expect(card(tess, "Rosa Lind")).to_contain_text("Invited", timeout=20_000)
    page = await visitor(chromium, place, cast, await link_for(maya, cast))
    await expect(card(tess, "Rosa Lind")).not_to_contain_text("Link opened")
    await page.mouse.move(20, 30)
    await page.mouse.move(60, 90)
    await expect(card(tess, "Rosa Lind")).to_contain_text("Link opened")
    await page.get_by_label("Birth date").fill(BORN)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("Looking forward to meeting you.")).to_be_visible()
    await page.get_by_label("Choose a password").fill("four words in a row")
    await page.get_by_role("button", name="Accept the invitation").click()
    await expect(page.get_by_role("heading", name="Getting started")).to_be_visible()
    await expect(card(tess, "Rosa Lind")).to_contain_text("Onboarding: 0 of 1 step")
    await page.get_by_role("link", name="Begin").click()
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("That is all.")).to_be_visible()
    await expect(card(tess, "Rosa Lind")).to_contain_text("Onboarding: 1 of 1 step")
    await maya.go("/today")
    await expect(maya.page.get_by_text("Rosa Lind finished onboarding")).to_be_visible()
    await page.context.close()


async def test_each_field_of_onboarding_is_kept_as_it_is_left_and_another_device_goes_on(window, cast):
    ask = """INSERT INTO invitation (id, access_id, sending, asks, ends_at) SELECT gen_random_uuid(), id,
      gen_random_uuid(), '{"emergency": "required"}', now() + interval '9 days' FROM portal_access WHERE id = $1"""
    await cast.inside(lambda: execute(ask, cast.accesses[("client", "client")]))
    laptop = await window(cast, "client", "/onboarding/emergency")
    phone = await window(cast, "client", "/onboarding/emergency", like=laptop)
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['client']}/portal")
    await laptop.page.get_by_label("Name").fill("Aunt Ida")
    await laptop.page.get_by_label("Relation").focus()
    await expect(phone.page.get_by_label("Name")).to_have_value("Aunt Ida")
    await laptop.page.get_by_label("Relation").fill("aunt")
    await laptop.page.get_by_role("button", name="Save and go on").click()
    await expect(laptop.page.locator(".field .wrong")).to_have_text("Give a number to call.")
    await expect(laptop.page.get_by_label("Relation")).to_have_value("aunt")
    await phone.page.get_by_label("Phone").fill("2075550199")
    await phone.page.get_by_role("button", name="Save and go on").click()
    await expect(phone.page.get_by_text("That is all.")).to_be_visible()
    await expect(card(maya, "Ana Beltrán")).to_contain_text("Onboarding: 1 of 1 step")


async def test_redeliver_makes_the_old_link_kind_and_it_sends_a_new_one(window, cast, chromium, place):
    rosa = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{rosa}/portal/{rosa}/invitation")
    await maya.page.get_by_role("button", name="Send invitation").click()
    await expect(card(maya, "Rosa Lind")).to_contain_text("Invited")
    await maya.live()
    first = await link_for(maya, cast)
    await card(maya, "Rosa Lind").get_by_role("button", name="More for Rosa Lind").click()
    await maya.page.get_by_role("menuitem", name="Redeliver invitation").click()
    second = await link_for(maya, cast, beside={first})
    page = await visitor(chromium, place, cast, first)
    await expect(page.get_by_role("heading", name="There is a newer link")).to_be_visible()
    await page.get_by_role("button", name="Send a new link to the same address").click()
    await expect(page.get_by_role("heading", name="Look into your e-mail")).to_be_visible()
    third = await link_for(maya, cast, beside={first, second})
    await page.goto(f"{place.url(cast.subdomain)}{third}")
    await expect(page.get_by_label("Birth date")).to_be_visible()
    await page.context.close()


async def test_revoking_with_the_clients_page_open_says_so_within_a_second(window, cast):
    client = cast.clients["client"]
    ana = await window(cast, "client", "/home")
    maya = await window(cast, "practitioner", f"/clients/{client}/portal")
    await card(maya, "Ana Beltrán").get_by_role("switch").click()
    await maya.page.get_by_role("dialog").get_by_role("button", name="Revoke access").click()
    await expect(ana.page.get_by_role("dialog")).to_contain_text("Your access to this portal has ended")
    await expect(card(maya, "Ana Beltrán")).to_contain_text("Revoked")
    await maya.live()
    await card(maya, "Ana Beltrán").get_by_role("switch").click()
    await expect(card(maya, "Ana Beltrán")).to_contain_text("Has access")


async def test_a_mother_of_two_keeps_the_other_childs_page_and_the_revoked_one_says_so(window, cast):
    teen, child, parent = cast.clients["teen"], cast.clients["child"], cast.contacts["parent"]
    with_leo = await window(cast, "parent", f"/for/{teen}/home")
    with_nora = await window(cast, "parent", f"/for/{child}/home", like=with_leo)
    await take_away(cast, teen, parent)
    said = with_leo.page.get_by_role("dialog")
    await expect(said).to_contain_text("Your access to this part of the portal has ended")
    await expect(with_leo.page.get_by_role("heading", name="Leo’s messages")).to_be_hidden()
    await with_nora.live()
    await expect(with_nora.page.get_by_role("dialog")).to_have_count(0)


async def test_after_coming_of_age_the_switch_asks_for_the_clients_word(window, cast):
    access = cast.accesses[("parent", "teen")]
    for sql in (
        "UPDATE client SET kind = 'adult', born_on = '2001-03-02' WHERE id = (SELECT client_id FROM portal_access"
        " WHERE id = $1)",
        "UPDATE portal_access SET revoked_at = now() WHERE id = $1",
        "INSERT INTO majority_ending (id, client_id, contact_id) SELECT id, client_id, contact_id FROM portal_access"
        " WHERE id = $1",
    ):
        await cast.inside(lambda one=sql: execute(one, access))
    maya = await window(cast, "practitioner", f"/clients/{cast.clients['teen']}/portal")
    karen, switch = card(maya, "Karen Marsh"), card(maya, "Karen Marsh").get_by_role("switch")
    await expect(karen).to_contain_text("Ended: of age")
    await switch.click()
    asked = maya.page.get_by_role("dialog", name="Does Leo Marsh agree that Karen Marsh has access again?")
    await asked.get_by_role("button", name="Not yet").click()
    await expect(switch).not_to_be_checked()
    await switch.click()
    await asked.get_by_role("button", name="Leo agreed: restore access").click()
    await expect(karen).to_contain_text("Has access")


async def test_messaging_switched_off_for_one_person_shuts_the_open_page(window, cast, talk):
    client = cast.clients["client"]
    ana = await window(cast, "client", f"/messages/{talk}")
    await ana.box.fill("Half a thought")
    maya = await window(cast, "practitioner", f"/clients/{client}/portal")
    await maya.page.get_by_role("switch", name="Secure Messaging").click()
    await expect(ana.page.get_by_role("heading", name="Secure Messaging is switched off")).to_be_visible()
    await maya.page.get_by_role("switch", name="Secure Messaging").click()
    await expect(ana.box).to_have_value("Half a thought")


async def test_a_switch_that_was_pressed_before_the_script_ran_is_saved_all_the_same(window, cast):
    maya = await window(cast, "practitioner", "/clients")
    let_go = await hold_scripts(maya.page)
    await maya.page.goto(f"{maya.url}/staff/clients/{cast.clients['client']}/portal", wait_until="commit")
    switch = maya.page.get_by_role("switch", name="Secure Messaging")
    await switch.click()
    assert await maya.page.locator("auto-save[ready]").count() == 0, "the script was to come later"
    let_go.set()
    await expect(maya.page.locator("[data-say=saved]:visible")).to_have_text("Saved")
    access = await cast.inside(lambda: PortalAccess.get(id=cast.accesses[("client", "client")]))
    assert access.features_off == ["messaging"]
    await maya.reload()
    await expect(switch).not_to_be_checked()


async def take_away(cast, client: UUID, person: UUID) -> None:
    from models.clients import admitting
    from models.clients.portal_people import person_for

    actor = await cast.actor("practitioner")

    async def work():
        await admitting.revoke(actor, await person_for(actor, client, person))

    await cast.inside(work)


async def test_a_copied_link_asks_for_the_code_from_the_mail(window, cast, chromium, place):
    rosa = await newcomer(cast)
    maya = await window(
        cast, "practitioner", f"/clients/{rosa}/portal/{rosa}/invitation",
        permissions=["clipboard-read", "clipboard-write"],
    )
    await maya.page.get_by_role("button", name="Send invitation").click()
    await expect(card(maya, "Rosa Lind")).to_contain_text("Invited")
    await maya.live()
    mailed = await link_for(maya, cast)
    await card(maya, "Rosa Lind").get_by_role("button", name="More for Rosa Lind").click()
    await maya.page.get_by_role("menuitem", name="Copy link").click()
    await expect(maya.page.get_by_text("Link copied")).to_be_visible()
    copied = await maya.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{place.url(cast.subdomain)}/invitation/") and mailed not in copied
    page = await visitor(chromium, place, cast, copied.removeprefix(place.url(cast.subdomain)))
    await page.get_by_label("Birth date").fill(BORN)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Send the code").click()
    await page.get_by_label("Code from the e-mail").fill(await code_for(maya, cast))
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_label("Choose a password")).to_be_visible()
    await page.context.close()


async def code_for(desk, cast, *, within=60.0):
    until = time.monotonic() + within
    while True:
        mails = await desk.mails()
        for mail in mails:
            if f"rosa@{cast.subdomain}" in json.dumps(mail) and "code" in mail["subject"]:
                return re.findall(r"^(\d{3} \d{3})\s*$", mail["text"], re.MULTILINE)[0]
        assert time.monotonic() < until, "the code did not come"
        await asyncio.sleep(0.2)
