"""Communication Preferences: on unless switched off, one's own, on both sides."""

from __future__ import annotations

import pytest

from models.core.settings import settings
from server import own_preferences


@pytest.mark.parametrize(("name", "door"), [("client", "/preferences"), ("practitioner", "/staff/preferences")])
async def test_the_unread_mail_is_on_until_it_is_switched_off(browse, cast, people, name, door):
    browser = await browse(cast, name)
    found = await (await browser.json(door)).get_json()
    assert (found["email"], found["email_unread"]) == (people.email(name), True)
    assert (await browser.post(door, {})).status_code == 303
    assert not (await (await browser.json(door)).get_json())["email_unread"]
    assert (await browser.post(door, {"email_unread": "on"})).status_code == 303
    assert (await (await browser.json(door)).get_json())["email_unread"]


async def test_since_when_it_is_off_is_kept(browse, cast, people):
    browser, kept = await browse(cast, "client"), "SELECT mail_off_at FROM login WHERE id = $1"
    await browser.send("/preferences", {"email_unread": False})
    first = await people.row(kept, cast.logins["client"])
    await browser.send("/preferences", {"email_unread": False})
    assert first["mail_off_at"] is not None and await people.row(kept, cast.logins["client"]) == first
    (event,) = await people.events("preferences.changed")
    assert event["rooms"] == [["login", str(cast.logins["client"])]]


async def test_nobody_elses_preference_moves(browse, cast, people):
    await (await browse(cast, "client")).send("/preferences", {"email_unread": False})
    rows = await people.rows("SELECT id FROM login WHERE mail_off_at IS NOT NULL")
    assert [row["id"] for row in rows] == [cast.logins["client"]]


async def test_the_page_shows_where_mail_goes(browse, cast, people):
    page = await (await (await browse(cast, "client")).get("/preferences")).get_data(as_text=True)
    assert people.email("client") in page and 'name="email_unread"' in page


@pytest.mark.parametrize(("seconds", "words"), [(8.0, "8 seconds"), (60, "60 seconds"), (120, "two minutes"),
                                                (300, "5 minutes")])
async def test_the_page_says_after_how_long(browse, cast, monkeypatch, seconds, words):
    chosen = settings().model_copy(update={"unread_email_delay": seconds})
    monkeypatch.setattr(own_preferences, "settings", lambda: chosen)
    page = await (await (await browse(cast, "client")).get("/preferences")).get_data(as_text=True)
    assert f"within {words}." in page
