"""The set-up checklist: what is missing before clients can come, asked anew each time."""

from __future__ import annotations

import re

from models.accounts import portal
from models.accounts.registries import READINESS
from server.portal_settings import events_of_setup


async def _open_lines(browser):
    setup = (await (await browser.json("/staff/setup")).get_json())["setup"]
    return [one["key"] for one in setup if not one["done"]]


async def test_it_names_what_is_missing_until_nothing_is(browse, cast, people):
    owner = await browse(cast, "owner")
    assert await _open_lines(owner) == [], "the demo practice is complete"
    assert "Before clients can come" not in await (await owner.get("/staff/today")).get_data(as_text=True)
    await people.run("UPDATE practice_profile SET crisis_text = '', phone = ''")
    boss = await cast.actor("owner")
    await cast.inside(lambda: portal.turn_off(boss))
    assert await _open_lines(owner) == ["details", "urgent", "portal"]
    for path in ("/staff/today", "/staff/settings/portal"):
        page = await (await owner.get(path)).get_data(as_text=True)
        assert "Before clients can come" in page and "2 of 5 done" in page, path


async def test_practitioners_and_invitations_count(browse, cast, people):
    owner = await browse(cast, "owner")
    await people.run("UPDATE staff_member SET roles = '{administrator}'")
    await people.run("UPDATE portal_access SET invited_at = NULL")
    assert await _open_lines(owner) == ["practitioner", "invited"]


async def test_it_is_the_administrators_alone(browse, cast):
    for name in ("practitioner", "client"):
        assert (await (await browse(cast, name)).json("/staff/setup")).status_code == 403
    page = await (await (await browse(cast, "practitioner")).get("/staff/today")).get_data(as_text=True)
    assert "/staff/setup" not in page


def test_it_is_asked_again_after_events_that_exist(wired):
    assert {"portal.opened", "portal.closed", "messaging.settings_changed"} <= set(events_of_setup().split())
    assert all(one.on for one in READINESS)


async def test_while_it_asks_for_something_the_filled_button_of_today_is_its_own(browse, cast, people):
    owner = await browse(cast, "owner")
    assert await _filled(owner, "/staff/today") == ["New message"]
    await people.run("UPDATE practice_profile SET phone = ''")
    assert await _filled(owner, "/staff/today") == ["Do this now: Say where the practice is and its phone"]
    assert await _filled(owner, "/staff/settings/portal") == ["Change the subdomain"], "that page has one of its own"
    assert await _filled(await browse(cast, "practitioner"), "/staff/today") == ["New message"]


async def _filled(browser, path):
    """The words on the filled buttons of a page, those of its dialogs aside."""
    page = await (await browser.get(path)).get_data(as_text=True)
    main = re.sub(r"<dialog.*?</dialog>|<template.*?</template>", "", page.partition("</main>")[0], flags=re.DOTALL)
    found = re.findall(r'<(a|button)\b[^>]*class="[^"]*\bwa-brand\b[^"]*"[^>]*>(.*?)</\1>', main, flags=re.DOTALL)
    return [re.sub(r"<[^>]+>", "", words).strip() for _, words in found]
