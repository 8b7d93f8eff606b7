"""Switches of the Portal tab, pressed faster than they are answered: what was pressed last stays."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from models.clients import admitting, allowing
from models.clients.portal_people import person_for
from models.core.database import execute, fetch_one
from tests.browser.test_invitation import card, newcomer
from tests.faults.ground import eventually

RIGHTS = ("information", "appointments", "reminders")


async def held(window, pattern):
    """The first such press goes out when the returned event is set."""
    let_go = asyncio.Event()

    async def wait(route):
        await let_go.wait()
        await route.continue_()

    await window.page.route(pattern, wait, times=1)
    return let_go


async def test_portal_access_pressed_on_and_off_again_is_off(window, cast):
    rosa = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{rosa}/portal")
    switch, goes = card(maya, "Rosa Lind").get_by_role("switch"), await held(maya, "**/portal/*/on")
    await switch.click()
    await switch.click()
    async with maya.page.expect_response("**/portal/*/off") as answered:
        goes.set()
    assert (await answered.value).ok
    await expect(card(maya, "Rosa Lind")).to_contain_text("No access")
    await expect(switch).not_to_be_checked()
    await expect(maya.page.locator("dialog[open]")).to_have_count(0)
    await maya.reload()
    await expect(switch).not_to_be_checked()


async def test_pressed_three_times_it_is_on_and_asks_for_the_invitation(window, cast):
    rosa = await newcomer(cast)
    maya = await window(cast, "practitioner", f"/clients/{rosa}/portal")
    switch, goes = card(maya, "Rosa Lind").get_by_role("switch"), await held(maya, "**/portal/*/on")
    for _ in range(3):
        await switch.click()
    goes.set()
    dialog = maya.page.get_by_role("dialog", name="Invite Rosa Lind to the portal?")
    await dialog.get_by_role("button", name="Not now").click()
    await expect(card(maya, "Rosa Lind")).to_contain_text("On, not invited")
    await expect(switch).to_be_checked()
    await switch.focus()
    sam = await cast.actor("supervisor")

    async def off():
        await admitting.turn_off(sam, await person_for(sam, rosa, rosa))

    await cast.inside(off)  # a colleague, while the switch has the focus
    await expect(card(maya, "Rosa Lind")).to_contain_text("No access")
    await expect(switch).not_to_be_checked()


async def test_several_rights_pressed_at_once_all_stay_where_they_were_put(window, cast):
    access, teen = cast.accesses["parent", "teen"], cast.clients["teen"]
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}' WHERE id = $1", access))
    maya = await window(cast, "practitioner", f"/clients/{teen}/portal")
    rights = [card(maya, "Karen Marsh").locator(f"input[value={one}]") for one in RIGHTS]
    answered: list[str] = []
    maya.page.on("response", lambda one: answered.append(one.url) if one.url.endswith("/permissions") else None)
    goes = await held(maya, "**/portal/*/permissions")
    for one in rights:
        await one.click()
    await card(maya, "Karen Marsh").locator("summary").focus()
    sam = await cast.actor("supervisor")

    async def no_features():
        await allowing.set_features(sam, await person_for(sam, teen, cast.contacts["parent"]), [])

    await cast.inside(no_features)  # a colleague: the page is drawn anew
    await expect(card(maya, "Karen Marsh").locator("input[value=messaging]")).not_to_be_checked()
    goes.set()
    await eventually(lambda: len(answered) == len(RIGHTS), what="an answer to each press")
    for one in rights:
        await expect(one).to_be_checked()
    await maya.reload()
    for one in rights:
        await expect(one).to_be_checked()
    row = await cast.inside(lambda: fetch_one("SELECT permissions FROM portal_access WHERE id = $1", access))
    assert set(RIGHTS) <= set(row["permissions"])
