"""Signing in: who gets in, who does not, and that a refusal tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from models.accounts import passwords
from models.accounts.tables import StaffMember
from models.clients.tables import PortalAccess
from models.core.actor import Actor, Side
from models.core.clock import now
from models.core.ids import new_id
from models.core.settings import Settings
from server import requests
from server.accounts import safe_next
from server.worlds import PASSWORD
from tests.accounts.conftest import ADDRESS

ELSEWHERE = {"client": ("198.51.100.9", 40000)}
WRONG = "not the password"


@pytest.fixture
def sign_in(browse: Any, cast: Any, people: Any) -> Any:
    """Posts JSON to /sign-in from a fresh browser, or from the one given."""

    async def post(
        name: str, password: str | None = None, *, browser: Any = None, base: Any = None, **more: Any
    ) -> Any:
        given = browser or await browse(cast)
        body = {**(people.pair(name) if password is None else people.pair(name, password)), **more}
        headers = given._headers(
            {"Accept": "application/json", "User-Agent": "Mozilla/5.0 (Windows NT) Chrome/1 Safari/1"}
        )
        return given._keep(await given.client.post("/sign-in", json=body, headers=headers, scope_base=base or ADDRESS))

    return post


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted here is tries, not what each costs."""
    monkeypatch.setattr(passwords, "_matches_now", lambda kept, typed: kept is not None and typed == PASSWORD)


async def test_after_six_wrong_tries_the_seventh_waits_even_with_the_right_password(sign_in, quick):
    answers = [await sign_in("client", WRONG) for _ in range(6)]
    assert {one.status_code for one in answers} == {422}
    assert "No tries left" in (await answers[-1].get_json())["errors"]["password"][0]
    refused = await sign_in("client")
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 900
    assert (await sign_in("client", base=ELSEWHERE)).status_code == 200
    assert (await sign_in("practitioner")).status_code == 200


async def test_an_unknown_address_runs_out_of_tries_in_the_same_way(sign_in, quick):
    for _ in range(6):
        assert (await sign_in("nobody", WRONG)).status_code == 422
    assert (await sign_in("nobody", WRONG)).status_code == 429


async def test_a_page_says_when_to_try_again(browse, cast, people, quick):
    browser = await browse(cast)
    for _ in range(6):
        assert (await browser.post("/sign-in", people.pair("client", WRONG))).status_code == 422
    answer = await browser.post("/sign-in", people.pair("client"))
    assert answer.status_code == 429
    assert "Too many tries. Try again in 15 minutes." in await answer.get_data(as_text=True)


async def test_signing_in_rightly_uses_no_tries(sign_in, quick):
    for _ in range(8):
        assert (await sign_in("client")).status_code == 200


async def test_one_address_trying_many_accounts_is_stopped(sign_in, quick):
    for number in range(60):
        assert (await sign_in(f"guess{number}", WRONG)).status_code == 422
    assert (await sign_in("client")).status_code == 429
    assert (await sign_in("client", base=ELSEWHERE)).status_code == 200


async def test_many_addresses_trying_one_account_are_stopped(sign_in, quick):
    for number in range(30):
        assert (await sign_in("client", WRONG, base={"client": (f"192.0.2.{number}", 1)})).status_code == 422
    assert (await sign_in("client", base=ELSEWHERE)).status_code == 429


async def _after_seven_wrong_tries(browse, cast, people, peer: str) -> int:
    """The answer to the seventh try of a caller that claims another address each time."""
    browser, answer = await browse(cast), None
    for number in range(7):
        headers = browser._headers({"Accept": "application/json", "X-Forwarded-For": f"198.51.100.{number}"})
        body = people.pair("client", WRONG)
        answer = await browser.client.post("/sign-in", json=body, headers=headers, scope_base={"client": (peer, 1)})
    return answer.status_code


async def test_a_forwarded_address_is_believed_from_trusted_proxies_alone(browse, cast, people, quick, monkeypatch):
    assert await _after_seven_wrong_tries(browse, cast, people, "203.0.113.7") == 429
    trusting = Settings(trusted_proxies=("10.0.0.0/8",))
    monkeypatch.setattr(requests, "settings", lambda: trusting)
    assert await _after_seven_wrong_tries(browse, cast, people, "203.0.113.8") == 429
    assert await _after_seven_wrong_tries(browse, cast, people, "10.1.2.3") == 422


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("/staff/messages?show=mine", "/staff/messages?show=mine"),
        ("/staff", "/staff"),
        ("/messages", "/staff/today"),
        ("/staffing", "/staff/today"),
        ("//evil.test/staff/", "/staff/today"),
        ("https://evil.test", "/staff/today"),
        ("/\\evil.test", "/staff/today"),
        ("/staff/\r\nX: y", "/staff/today"),
        ("/\t/evil.test", "/staff/today"),
        ("javascript:alert(1)", "/staff/today"),
        ("", "/staff/today"),
        (None, "/staff/today"),
        ("/sign-in", "/staff/today"),
    ],
)
def test_after_signing_in_one_goes_to_a_page_of_ones_own_side_and_nowhere_else(given, seen):
    actor = Actor(new_id(), new_id(), Side.DESK, new_id(), "Maya", staff_id=new_id())
    assert safe_next(given, actor) == seen


async def test_a_redirect_goes_to_the_asked_page(browse, cast, people):
    browser = await browse(cast)
    answer = await browser.post("/sign-in", people.pair("client") | {"next": "/messages"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/messages")
    answer = await (await browse(cast)).post("/sign-in", people.pair("client") | {"next": "//evil.test"})
    assert answer.headers["Location"] == "/home"


async def test_the_landing_page_shows_the_practice_to_the_signed_out_and_leads_on_the_signed_in(browse, cast):
    page = await (await (await browse(cast)).get("/")).get_data(as_text=True)
    for words in ("Harbor Counseling", "14 Wharf Street", "(207) 555-0132", "Forgot Password"):
        assert words in page
    for name, place in (("client", "/home"), ("parent", "/for"), ("practitioner", "/staff/today")):
        answer = await (await browse(cast, name)).get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, place)


async def test_another_site_cannot_sign_anyone_in(browse, cast, people):
    browser = await browse(cast)
    assert (await browser.send("/sign-in", people.pair("client"), Origin=f"http://{browser.host}")).status_code == 200
    for headers in ({"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await (await browse(cast)).send("/sign-in", people.pair("client"), **headers)).status_code == 403


async def test_a_staff_member_rehired_as_nothing_holds_no_session(cast, browse, people):
    browser = await browse(cast, "biller")
    assert (await browser.json("/staff/me")).status_code == 200
    await cast.inside(lambda: StaffMember.filter(id=cast.staff["biller"]).update(deactivated_at=now()))
    assert (await browser.json("/staff/me")).status_code == 401
