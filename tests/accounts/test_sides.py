"""A login that opens both sides: asked which, without the password a second time."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients.tables import PortalAccess
from models.core.clock import now
from tests.support.factors import app_of


@pytest.fixture
async def both_sides(cast: Any) -> Any:
    """The practitioner is also a client's contact: one login, two sides."""

    async def grant() -> None:
        await PortalAccess.create(
            client_id=cast.clients["child"],
            contact_id=cast.contacts["coparent"],
            login_id=cast.logins["practitioner"],
            invited_at=now(),
            accepted_at=now(),
        )

    await cast.inside(grant)


async def test_a_login_with_two_sides_is_asked_which(sign_in, both_sides):
    asked = await sign_in("practitioner")
    assert asked.status_code == 409 and (await asked.get_json())["code"] == "choose-side"
    assert (await (await sign_in("practitioner", side="portal")).get_json())["side"] == "portal"
    assert (await (await sign_in("practitioner", side="desk")).get_json())["side"] == "desk"


async def test_a_page_asks_for_the_side_without_the_password_once(browse, cast, people, both_sides):
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", people.pair("practitioner"))).get_data(as_text=True)
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    assert browser.cookie is None
    answer = await browser.post("/sign-in", {"ticket": ticket, "side": "portal"})
    assert answer.status_code == 303 and browser.cookie
    again = await (await browse(cast)).send("/sign-in", {"ticket": ticket, "side": "desk"})
    assert (await again.get_json())["code"] == "ticket-expired"


async def test_a_ticket_for_the_side_is_no_link_for_a_password(browse, cast, people, both_sides):
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", people.pair("practitioner"))).get_data(as_text=True)
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    assert (await browser.send(f"/reset/{ticket}", {"password": "a brand new one"})).status_code == 409


async def test_a_side_that_the_login_does_not_open_is_refused(sign_in):
    assert (await sign_in("client")).status_code == 200
    refused = await sign_in("client", side="desk")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "other-side"


async def test_the_side_is_changed_later_without_the_password(browse, cast, people, both_sides):
    browser = await browse(cast, "practitioner")
    page = await (await browser.get("/staff/today")).get_data(as_text=True)
    assert "Go to my own portal" in page and 'action="/staff/side"' in page
    before = browser.cookie
    there = await browser.post("/staff/side", {})
    assert (there.status_code, there.headers["Location"]) == (303, "/home") and browser.cookie != before
    assert (await browser.json("/me")).status_code == 200
    assert "Go to the staff side" in await (await browser.get("/home")).get_data(as_text=True)
    back = await browser.post("/side", {})
    assert (back.status_code, back.headers["Location"]) == (303, "/staff/today")
    held = await people.rows("SELECT side FROM session WHERE login_id = $1 AND ended_at IS NULL",
                             cast.logins["practitioner"])
    assert [row["side"] for row in held] == ["desk"], "one session at a time"


async def test_the_other_side_has_proved_what_this_one_had_and_no_more(browse, cast, people, both_sides):
    browser = await browse(cast, "practitioner")
    long_ago = """UPDATE session SET proved_at = now() - interval '1 hour', stays = true,
      ends_at = now() + interval '10 minutes' WHERE id = $1"""
    await people.run(long_ago, browser.session_id)
    assert (await browser.send("/staff/side")).status_code == 200
    row = await people.row("SELECT now() - proved_at > interval '59 minutes' AS old, strong, stays,"
                           " ends_at < now() + interval '11 minutes' AS as_long FROM session"
                           " WHERE login_id = $1 AND ended_at IS NULL", cast.logins["practitioner"])
    assert tuple(row.values()) == (True, False, True, True)


async def test_a_page_of_the_other_side_offers_the_way_there(browse, cast, both_sides):
    browser = await browse(cast, "practitioner")
    page = await browser.get("/home")
    text = await page.get_data(as_text=True)
    assert page.status_code == 403 and 'action="/staff/side"' in text and 'name="next" value="/home"' in text
    assert (await browser.post("/staff/side", {"next": "/home"})).headers["Location"] == "/home"
    page = await (await browser.get("/staff/clients")).get_data(as_text=True)
    assert 'action="/side"' in page and 'name="next" value="/staff/clients"' in page
    assert (await browser.post("/side", {"next": "/staff/clients"})).headers["Location"] == "/staff/clients"
    assert (await browser.post("/staff/side", {"next": "//elsewhere.test/home"})).headers["Location"] == "/home"
    one_side = await (await (await browse(cast, "client")).get("/staff/clients")).get_data(as_text=True)
    assert "/side" not in one_side


@pytest.mark.parametrize(("name", "path"), [("client", "/side"), ("biller", "/staff/side")])
async def test_who_has_one_side_is_offered_and_given_no_other(browse, cast, name, path):
    browser = await browse(cast, name)
    home = await browser.get("/home" if name == "client" else "/staff/today")
    assert home.status_code == 200 and 'id="cross"' not in await home.get_data(as_text=True)
    refused = await browser.send(path)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "other-side"


async def test_a_session_of_one_factor_is_asked_for_the_second_before_the_other_side(browse, cast, both_sides):
    await app_of(cast, "practitioner")
    browser = await browse(cast, "practitioner")  # as one that began before: it has seen one factor
    asked = await browser.post("/staff/side", {})
    assert asked.status_code == 200 and 'name="code"' in await asked.get_data(as_text=True)
    assert (await browser.json("/staff/me")).status_code == 200, "nothing has ended before"
