"""A colleague is invited by mail, joins, and finds their rights changed while they look; and goes to another desk."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from typing import Any

from playwright.async_api import Page, expect

from models.accounts import membership, team
from server.worlds import PASSWORD
from tests.browser.window import LIVE

TEAM = "/settings/team"
NEW = "four words in a row"


async def test_a_colleague_joins_by_the_mailed_link_and_sees_their_roles_change(window, cast, chromium):
    jonas = await window(cast, "owner", f"{TEAM}/invite")
    address = f"noor@{cast.subdomain}.test"
    await jonas.page.get_by_label("E-mail").fill(address)
    await jonas.page.get_by_label("Name as shown").fill("Noor Haddad")
    await jonas.page.get_by_role("checkbox", name=re.compile("^Practitioner")).check()
    await jonas.page.get_by_role("button", name="Send the invitation").click()
    await expect(jonas.page.get_by_role("region", name="Invited")).to_contain_text("Accepted by the mail server")
    context = await chromium.new_context(viewport={"width": 390, "height": 800})
    try:
        noor = await context.new_page()
        await noor.goto(await _link(jonas, address))
        await noor.get_by_label("Your name as shown").fill("Noor H.")
        await noor.get_by_label("Choose a password").fill(NEW)
        await noor.get_by_role("button", name="Join the team").click()
        await expect(noor.locator(LIVE)).to_be_attached()
        await expect(jonas.page.get_by_role("region", name="Members")).to_contain_text("Noor H.")
        await expect(jonas.page.get_by_role("region", name="Invited")).to_have_count(0)
        await _their_roles_change(jonas, noor)
    finally:
        await context.close()


async def _their_roles_change(jonas: Any, noor: Page) -> None:
    """More rights: the rail follows. Fewer: the page that is not theirs any more goes; then all of it ends."""
    settings = noor.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")
    await expect(settings).to_have_count(0)
    await _check(jonas, "Administrator", True)
    await expect(settings).to_be_visible()
    await settings.click()
    await expect(noor.locator(LIVE)).to_be_attached()
    await expect(noor.get_by_role("navigation", name="Account Settings")).to_be_visible()
    await _check(jonas, "Administrator", False)
    await expect(noor.get_by_role("navigation", name="Account Settings")).to_have_count(0)
    await expect(noor.get_by_text("Your access does not include this.")).to_be_visible()
    await noor.goto(noor.url.partition("/staff")[0] + "/staff/today")
    await expect(noor.locator(LIVE)).to_be_attached()
    await jonas.page.get_by_role("link", name="Change Noor H.").click()
    await jonas.page.get_by_role("link", name="Deactivate").click()
    await jonas.page.get_by_role("button", name="Deactivate Noor H.").click()
    await expect(noor.get_by_role("dialog", name="Sign in again")).to_be_visible()
    await expect(jonas.page.get_by_role("region", name="Deactivated")).to_contain_text("Noor H.")


async def _check(jonas: Any, role: str, on: bool) -> None:
    await jonas.page.get_by_role("link", name="Change Noor H.").click()
    await jonas.page.get_by_role("checkbox", name=re.compile(f"^{role}")).set_checked(on)
    await jonas.page.get_by_role("button", name="Save", exact=True).click()
    await expect(jonas.page.get_by_role("region", name="Members")).to_be_visible()


async def test_a_switch_acts_on_an_open_page_both_ways_and_so_does_the_end_of_supervision(window, cast):
    record = f"/clients/{cast.clients['teen']}"
    ruth, imani = await window(cast, "biller", record), await window(cast, "supervisor", record)
    view_as = ruth.page.get_by_role("link", name="View as Leo")
    await expect(view_as).to_have_count(0)
    await _change(cast, "biller", clinical=True)
    await expect(view_as).to_be_visible()
    await _change(cast, "biller", clinical=False)
    await expect(view_as).to_have_count(0)
    await expect(imani.page.get_by_role("heading", name="Leo Marsh")).to_be_visible()
    await _change(cast, "practitioner", supervisors=())
    await expect(imani.page.get_by_text("This client does not exist, or is not yours to see.")).to_be_visible()


async def _change(cast: Any, who: str, **changed: Any) -> None:
    owner = await cast.actor("owner")

    async def work() -> None:
        member = await team.member_for(owner, cast.staff[who])
        await membership.change_member(owner, member, replace(member.standing, **changed), voice=member.voice)

    await cast.inside(work)


async def test_two_desks_of_one_person_are_connected_and_switched_between(window, cast, neighbours, place):
    jonas = await window(cast, "owner", "/practices")
    await jonas.page.get_by_label("Its address").fill(place.url(neighbours.subdomain))
    await jonas.page.get_by_role("button", name="Go there and sign in").click()
    await jonas.page.get_by_label("E-mail").fill(f"practitioner@{neighbours.subdomain}.test")
    await jonas.page.get_by_label("Password").fill(PASSWORD)
    await jonas.page.get_by_role("button", name="Sign in", exact=True).click()
    await jonas.page.get_by_role("button", name="Connect", exact=True).click()
    await expect(jonas.page.get_by_role("heading", name="Your practices")).to_be_visible()
    await expect(jonas.page.get_by_role("region", name="Connected practices")).to_contain_text(neighbours.subdomain)
    assert jonas.page.url.startswith(place.url(cast.subdomain)), "it ends where it began"
    await jonas.page.get_by_role("button", name="Switch to Harbor Counseling").click()
    await jonas.page.wait_for_url(f"{place.url(neighbours.subdomain)}/staff/today")
    await expect(jonas.page.get_by_role("button", name="Maya Okafor, your account")).to_be_visible()
    await jonas.page.goto(f"{place.url(cast.subdomain)}/staff/today")
    await expect(jonas.page.get_by_role("button", name="Jonas Lindqvist, your account")).to_be_visible()


async def _link(someone: Any, address: str) -> str:
    """What the newest mail to this address leads to."""
    until = time.monotonic() + 40
    while not (found := [mail for mail in await _mails(someone) if address in json.dumps(mail)]):
        assert time.monotonic() < until, "the mail did not come"
        await asyncio.sleep(0.2)
    _, body = await someone.get(f"/dev/mail/{found[0]['name']}", "text/html")
    link = re.search(r"http://[^\s\"<]+/join/[\w-]+", body.decode())
    assert link is not None
    return link[0]


async def _mails(someone: Any) -> list[Any]:
    mails = await someone.mails()
    return list(mails)
