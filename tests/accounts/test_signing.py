"""Signing in: who gets in, who does not, and that a refusal tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from models.accounts import passwords
from models.accounts.tables import StaffMember
from models.core.clock import now

WRONG = "not the password"


async def test_a_client_signs_in_and_sees_who_they_are(browse, cast, sign_in):
    browser = await browse(cast)
    answer = await sign_in("client", browser=browser)
    assert answer.status_code == 200
    assert (await answer.get_json())["side"] == "portal"
    me = await (await browser.json("/me")).get_json()
    assert [one["id"] for one in me["clients"]] == [str(cast.clients["client"])]


async def test_staff_sign_in_to_the_desk(browse, cast, sign_in):
    browser = await browse(cast)
    assert (await (await sign_in("practitioner", browser=browser)).get_json())["side"] == "desk"
    assert (await (await browser.json("/staff/me")).get_json())["staff"] == str(cast.staff["practitioner"])
    assert (await browser.json("/me")).status_code == 403


async def test_the_address_is_taken_in_any_spelling(sign_in, people, cast):
    assert (await sign_in("client", email=f"  Client@{cast.subdomain.upper()}.test ")).status_code == 200


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(sign_in):
    known, unknown = await sign_in("client", WRONG), await sign_in("nobody", WRONG)
    assert known.status_code == unknown.status_code == 422
    assert await known.get_json() == await unknown.get_json()
    assert "do not go together. Five tries left." in (await known.get_json())["errors"]["password"][0]
    assert "Set-Cookie" not in known.headers


async def test_a_wrong_password_and_an_unknown_address_take_the_same_work(sign_in, statements, monkeypatch):
    hashed: list[bool] = []
    compare = passwords._matches_now
    monkeypatch.setattr(passwords, "_matches_now", lambda kept, typed: hashed.append(True) or compare(kept, typed))
    await sign_in("nobody", WRONG)  # the practice is remembered from here on
    statements.clear(), hashed.clear()
    await sign_in("client", WRONG)
    known, work = statements[:], hashed[:]
    statements.clear()
    await sign_in("nobody", WRONG)
    assert known and statements == known
    assert work == [True] and hashed == [True, True]


async def test_someone_invited_who_never_chose_a_password_has_none(sign_in, people):
    await people.run("UPDATE login SET password_hash = NULL WHERE email = $1", people.email("client"))
    assert (await sign_in("client")).status_code == 422
    assert (await sign_in("client", "")).status_code == 422


async def test_a_form_shows_what_was_wrong_and_keeps_the_address(browse, cast, people):
    browser = await browse(cast)
    answer = await browser.post("/sign-in", people.pair("client", WRONG) | {"next": "/messages"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "do not go together" in page
    assert people.email("client") in page and 'value="/messages"' in page and WRONG not in page


async def test_each_signing_in_has_a_new_token_and_ends_the_old_session_of_that_browser(browse, cast, sign_in, people):
    browser = await browse(cast, "client")
    planted = browser.cookie
    assert (await sign_in("client", browser=browser)).status_code == 200
    assert browser.cookie != planted
    browser.cookie = planted
    assert (await browser.json("/me")).status_code == 401


async def test_the_database_keeps_no_token(browse, cast, sign_in, people):
    browser = await browse(cast)
    await sign_in("client", browser=browser)
    row = await people.row("SELECT * FROM session_key WHERE login_id = $1", cast.logins["client"])
    assert browser.cookie.encode() not in bytes(row["hash"]) and len(row["hash"]) == 32


async def test_a_session_remembers_its_device_and_tells_the_login(sign_in, people, cast):
    answer = await (await sign_in("client")).get_json()
    row = await people.row("SELECT device FROM session WHERE id = $1", answer["session"])
    assert row["device"] == "Chrome on Windows"
    (event,) = await people.events("session.started")
    assert event["ids"] == {"session": answer["session"]}
    assert event["rooms"] == [["login", str(cast.logins["client"])]] and event["rights"] is None


async def test_a_login_of_another_practice_does_not_open_this_one(browse, cast, neighbours, sign_in):
    stranger = await sign_in("client", email=f"client@{neighbours.subdomain}.test")
    assert stranger.status_code == 422


async def test_one_signs_in_at_ones_own_practices_host_and_nowhere_else(browse, cast, neighbours, sign_in, people):
    at_home, elsewhere, bare = await browse(cast), await browse(neighbours), await browse(cast)
    bare.host = "localhost:8000"
    assert (await sign_in("client", browser=at_home)).status_code == 200
    assert (await sign_in("client", browser=elsewhere)).status_code == 422
    assert (await sign_in("client", browser=bare)).status_code == 404
    assert (await bare.get("/sign-in")).status_code == 404


async def test_a_person_whose_access_was_revoked_is_told_so_after_the_right_password_only(sign_in, people, cast):
    assert (await sign_in("client")).status_code == 200
    await people.run("UPDATE portal_access SET revoked_at = $2 WHERE login_id = $1", cast.logins["client"], now())
    assert (await (await sign_in("client")).get_json())["code"] == "access-ended"
    assert (await (await sign_in("client", WRONG)).get_json())["code"] == "wrong-password"


@pytest.mark.parametrize("table", ["login", "staff_member"])
async def test_a_deactivated_staff_member_is_not_let_in(sign_in, people, cast, table):
    column = "id" if table == "login" else "login_id"
    await people.run(f"UPDATE {table} SET deactivated_at = $2 WHERE {column} = $1", cast.logins["biller"], now())
    assert (await sign_in("biller")).status_code == 403


ODD: list[Any] = [
    {"email": "a" * 300, "password": "x"},
    {"email": "a@b.test", "password": "x" * 2000},
    {"email": "a@b.test"},
    {"email": "nul\x00@b.test", "password": "x"},
    {"email": ["a"], "password": "x"},
    {"email": "a@b.test", "password": 7},
    {"email": "a@b.test", "password": "x", "side": "roof"},
    {"email": "a@b.test", "password": "x", "role": "owner"},
    {"ticket": "x" * 500, "side": "desk"},
    {},
    [],
    [None],
    "text",
]


async def test_odd_input_gets_a_sentence_and_costs_no_hash(browse, cast, monkeypatch):
    monkeypatch.setattr(passwords, "_matches_now", lambda kept, typed: pytest.fail("hashed"))
    browser = await browse(cast)
    headers = browser._headers({"Accept": "application/json", "Content-Type": "application/json"})
    answers = [await browser.send("/sign-in", body) for body in ODD]
    for raw in (b'{"email": "a@b.test", "password": "\\ud800"}', b"{", b"\xff", b"[" * 5000):
        answers.append(await browser.client.post("/sign-in", data=raw, headers=headers))
    for answer in answers:
        assert answer.status_code == 422 and (await answer.get_json())["detail"]


async def test_a_hash_with_former_parameters_is_made_anew_at_sign_in(sign_in, people, cast):
    kept = "SELECT password_hash, password_at FROM login WHERE id = $1"
    before = await people.row(kept, cast.logins["client"])
    assert passwords.is_dated(before["password_hash"])
    await sign_in("client")
    after = await people.row(kept, cast.logins["client"])
    assert not passwords.is_dated(after["password_hash"]) and after["password_at"] == before["password_at"]
    assert (await sign_in("client")).status_code == 200


async def test_a_staff_member_rehired_as_nothing_holds_no_session(cast, browse, people):
    browser = await browse(cast, "biller")
    assert (await browser.json("/staff/me")).status_code == 200
    await cast.inside(lambda: StaffMember.filter(id=cast.staff["biller"]).update(deactivated_at=now()))
    assert (await browser.json("/staff/me")).status_code == 401
