"""A person's own security page: factors, passkeys, devices, and the log of what happened."""

from __future__ import annotations

import pytest

from server.worlds import PASSWORD
from tests.support.factors import app_of

WRONG = "not this one"


async def _log(browser, root=""):
    return (await (await browser.json(f"{root}/security")).get_json())["log"]


async def test_sign_ins_failures_and_changes_stand_in_it_newest_first(browse, cast, sign_in):
    await sign_in("client", WRONG)
    browser = await browse(cast)
    await sign_in("client", browser=browser)
    await browser.send("/password", {"current": PASSWORD, "password": "four words in a row"})
    found = [(one["words"], one["device"]) for one in await _log(browser)]
    assert found == [
        ("The password was changed", "A program (Quart)"), ("Signed in", "Chrome on Windows"),
        ("A wrong password was typed", "Chrome on Windows"),
    ]


async def test_failures_within_the_hour_are_one_line(browse, cast, sign_in, people):
    for _ in range(4):
        await sign_in("client", WRONG)
    (line,) = await _log(await browse(cast, "client"))
    assert line["times"] == 4
    assert "4 times within an hour" in await (await (await browse(cast, "client")).get("/security")).get_data(True)


async def test_programs_of_many_names_fill_no_table(browse, cast, people):
    for number in range(5):
        browser = await browse(cast)
        await browser.send("/sign-in", people.pair("client", WRONG), User_Agent=f"attack{number}/1.0")
    rows = await people.rows("SELECT device, times FROM security_line")
    assert [(one["device"], one["times"]) for one in rows] == [("A program", 5)]


async def test_a_failure_for_nobody_leaves_nothing(sign_in, people):
    assert (await sign_in("nobody", WRONG)).status_code == 422
    assert await people.rows("SELECT 1 FROM security_line") == []


async def test_it_is_ones_own_alone(browse, cast, sign_in, neighbours):
    await sign_in("client", WRONG)
    assert len(await _log(await browse(cast, "client"))) == 1
    for other in (await browse(cast, "teen"), await browse(neighbours, "client")):
        assert await _log(other) == []
    assert await _log(await browse(cast, "owner"), "/staff") == []


async def test_no_address_of_anybody_is_kept_but_in_the_audit_log(cast, sign_in, people):
    await sign_in("client", WRONG)
    await sign_in("client")
    for table in ("security_line", "device", "event_data"):
        for row in await people.rows(f"SELECT t::text AS text FROM {table} t"):
            assert "203.0.113.7" not in row["text"] and "@" not in row["text"]
    (row,) = await people.rows("SELECT device, address FROM event WHERE type = 'session.started'")
    assert (row["device"], row["address"]) == ("Chrome on Windows", "203.0.113.7")


@pytest.mark.parametrize(("name", "root"), [("client", ""), ("practitioner", "/staff"), ("parent", "")])
async def test_the_page_and_the_menu_that_leads_there(browse, cast, name, root):
    browser = await browse(cast, name)
    page = await (await browser.get(f"{root}/security")).get_data(as_text=True)
    for heading in ("Second factor", "Passkeys", "Devices", "What happened"):
        assert f">{heading}</h2>" in page
    assert f'data-href="{root}/security"' in page


async def test_few_recovery_codes_are_pointed_out(browse, cast, people):
    await app_of(cast, "client")
    browser = await browse(cast, "client")
    assert "Few recovery codes" not in await (await browser.get("/security")).get_data(as_text=True)
    await people.run("UPDATE recovery_code SET used_at = now() WHERE hash IN (SELECT hash FROM recovery_code LIMIT 8)")
    assert "Few recovery codes" in await (await browser.get("/security")).get_data(as_text=True)
