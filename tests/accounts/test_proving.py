"""Step-up: sensitive doors ask once more who is there, and then go on to what was asked."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from server.door import ADMINISTRATOR, DOORS
from server.worlds import PASSWORD
from tests.support.authenticator import added, shown
from tests.support.factors import pressed

LONG_AGO = "UPDATE session SET proved_at = clock_timestamp() - interval '11 minutes'"
PAGE = "/staff/settings/security"


@pytest.fixture
async def owner(browse: Any, cast: Any, people: Any) -> Any:
    """An administrator whose last proof is eleven minutes old."""
    browser = await browse(cast, "owner")
    await people.run(LONG_AGO)
    return browser


async def test_a_proof_of_minutes_ago_opens_the_door_and_an_older_one_does_not(browse, cast, people):
    browser = await browse(cast, "owner")
    assert (await browser.get(PAGE)).status_code == 200
    await people.run("UPDATE session SET proved_at = clock_timestamp() - interval '9 minutes'")
    assert (await browser.get(PAGE)).status_code == 200
    await people.run(LONG_AGO)
    refused = await browser.json(PAGE)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "step-up"
    assert (await browser.json("/staff/me")).status_code == 200, "all other doors stay open"


async def test_after_the_password_the_page_that_was_asked_for_comes(owner):
    page = await owner.get(PAGE)
    text = await page.get_data(as_text=True)
    assert page.status_code == 403 and "Confirm that it is you" in text and "Second factor for staff" not in text
    wrong = await owner.post("/staff/step-up", {"password": "not this one", "next": pressed(text, "next")})
    again = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "This is not your password." in again and pressed(again, "next") == PAGE
    answer = await owner.post("/staff/step-up", {"password": PASSWORD, "next": PAGE})
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert (await owner.get(PAGE)).status_code == 200


async def test_a_form_that_was_sent_waits_and_is_sent_with_one_more_click(owner, people):
    page = await owner.post(PAGE, {"required": "on", "from_day": "2199-01-01"})
    text = await page.get_data(as_text=True)
    assert page.status_code == 403 and "What you filled in is kept." in text
    given = {name: unescape(pressed(text, name)) for name in ("action", "kept")}
    done = await (await owner.post("/staff/step-up", {"password": PASSWORD, **given})).get_data(as_text=True)
    assert f'action="{PAGE}"' in done and 'name="from_day" value="2199-01-01"' in done
    assert (await people.row("SELECT second_factor_from AS day FROM practice_profile"))["day"] is None
    assert (await owner.post(PAGE, {"required": "on", "from_day": "2199-01-01"})).status_code == 303
    assert str((await people.row("SELECT second_factor_from AS day FROM practice_profile"))["day"]) == "2199-01-01"


async def test_a_form_that_was_sent_goes_on_after_a_passkey_too(owner, people):
    await people.run("UPDATE session SET proved_at = clock_timestamp()")
    device = await added(owner, "/staff")
    await people.run(LONG_AGO)
    text = await (await owner.post(PAGE, {"required": "on", "from_day": "2199-01-01"})).get_data(as_text=True)
    assert 'then="go-on"' in text
    waits = {name: unescape(pressed(text, name)) for name in ("action", "kept")}
    unproved = await owner.post("/staff/step-up", waits)
    assert unproved.status_code == 403 and "What you filled in is kept." in await unproved.get_data(as_text=True)
    assert (await shown(owner, device, "/staff/step-up/passkey")).status_code == 200
    done = await (await owner.post("/staff/step-up", waits)).get_data(as_text=True)
    assert f'action="{PAGE}"' in done and 'name="from_day" value="2199-01-01"' in done


async def test_a_wrong_password_at_an_open_page_stands_in_the_security_log(owner):
    for _ in range(2):
        await owner.send("/staff/step-up", {"password": "guess"})
    await owner.send("/staff/lock")
    await owner.send("/staff/unlock", {"password": "guess"})
    await owner.send("/staff/unlock", {"password": PASSWORD})
    log = (await (await owner.json("/staff/security")).get_json())["log"]
    (line,) = [one for one in log if one["kind"] == "wrong-inside"]
    assert line["times"] == 3 and line["words"] == "A wrong password was typed where you were signed in"


async def test_what_was_written_comes_back_to_be_seen_and_secrets_do_not(owner, cast):
    path = f"/staff/team/{cast.staff['biller']}/second-factor/reset"
    text = await (await owner.post(path, {"how": "Called back, asked for the birth date"})).get_data(as_text=True)
    assert "Called back" in text
    secret = await (await owner.post("/staff/security/second-factor", {"code": "123456"})).get_data(as_text=True)
    assert "123456" not in secret


@pytest.mark.parametrize("elsewhere", ["https://evil.test", "//evil.test/staff/", "/messages"])
async def test_it_leads_to_no_page_of_somebody_else(owner, elsewhere):
    answer = await owner.post("/staff/step-up", {"password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/staff/today"
    page = await owner.post("/staff/step-up", {"password": PASSWORD, "action": elsewhere, "kept": "[]"})
    assert 'action="/staff/today"' in await page.get_data(as_text=True)


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"a": 1}', '[["a", "b", "c"]]', '[["<b>", "\\u0000"]]'])
async def test_a_form_that_was_tampered_with_brings_nobody_into_trouble(owner, kept):
    page = await owner.post("/staff/step-up", {"password": PASSWORD, "action": PAGE, "kept": kept})
    assert page.status_code in (200, 422) and "<b>" not in (await page.get_data(as_text=True)).split("<main")[1][:80]


async def test_a_proof_holds_for_its_own_session_alone(owner, browse, cast, people):
    other = await browse(cast, "owner")
    await people.run(LONG_AGO)
    assert (await owner.send("/staff/step-up", {"password": PASSWORD})).status_code == 200
    assert (await owner.json(PAGE)).status_code == 200
    assert (await other.json(PAGE)).status_code == 403


async def test_guessing_is_stopped(owner):
    answers = [(await owner.send("/staff/step-up", {"password": "guess"})).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


async def test_unlocking_a_desk_is_a_proof(owner):
    await owner.send("/staff/lock")
    assert (await owner.send("/staff/unlock", {"password": PASSWORD})).status_code == 200
    assert (await owner.json(PAGE)).status_code == 200


async def test_the_doors_that_ask_for_it_are_these(wired):
    asking = {door.path.removeprefix("/staff") for door in DOORS if door.step_up}
    assert {path for path in asking if path.startswith("/security")} == {
        "/security/second-factor", "/security/second-factor/start",
        "/security/second-factor/codes", "/security/second-factor/off", "/security/passkeys",
        "/security/passkeys/options", "/security/passkeys/<uuid:id>/name", "/security/passkeys/<uuid:id>/remove",
    }
    assert "/settings/security" in asking


# What only draws or asks, and keeps nothing.
ASK_ONLY = {"/staff/settings/branding/preview", "/staff/settings/portal/subdomain/look"}


def test_whatever_only_administrators_change_asks_for_it_and_so_do_exports(wired):
    """Settings, the team, the practice's billing details, the audit log; and whatever leaves as a file."""
    open_still = {door.path for door in DOORS if door.method == "POST" and door.allow == ADMINISTRATOR}
    open_still -= {door.path for door in DOORS if door.step_up}
    assert open_still == ASK_ONLY
    leaving = {door.path for door in DOORS if "export" in door.path or door.path.startswith("/account/data")}
    kept = {door.path for door in DOORS if door.step_up}
    assert leaving - kept == {"/account/data/<uuid:id>/remove"}


async def test_a_desk_left_open_changes_no_billing_details_and_takes_nothing_out(owner, people):
    refused = await owner.send("/staff/settings/practice", {"name": "Harbor", "tax_id": "99-9999999"})
    assert (await refused.get_json())["code"] == "step-up"
    assert (await people.row("SELECT count(*) AS n FROM event WHERE type = 'practice.details_changed'"))["n"] == 0
    for path in ("/staff/clients/export.csv", "/staff/clients/export.json", "/staff/settings/audit/export"):
        answer = await owner.json(path)
        assert (await answer.get_json())["code"] == "step-up", path
    assert await people.rows("SELECT 1 FROM look") == [], "and nothing was taken out"


async def test_portal_people_step_up_at_their_own_door(browse, cast, people):
    browser = await browse(cast, "client")
    await people.run(LONG_AGO)
    page = await browser.get("/security/second-factor")
    assert page.status_code == 403 and 'action="/step-up"' in await page.get_data(as_text=True)
    answer = await browser.post("/step-up", {"password": PASSWORD, "next": "/security/second-factor"})
    assert answer.headers["Location"] == "/security/second-factor"
    assert (await browser.get("/security/second-factor")).status_code == 200
