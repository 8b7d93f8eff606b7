"""The second factor by an authenticator app, from setting it up to signing in with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.accounts import second_factor
from models.core.encrypting import decrypted
from server.worlds import PASSWORD
from tests.support.factors import app_of, pressed, started


@pytest.mark.parametrize(("name", "root"), [("client", ""), ("practitioner", "/staff")])
async def test_it_is_set_up_by_the_proof_of_one_code_and_then_asked(browse, cast, sign_in, mid_step, name, root):
    browser, other = await browse(cast, name), await browse(cast, name)
    app = await started(browser, root)
    assert (await sign_in(name)).status_code == 200, "nothing is asked before a code was shown"
    page = await browser.post(f"{root}/security/second-factor", {"code": app.code(steps=-1)})
    codes = (await page.get_data(as_text=True)).split('class="codes num">')[1].split("</ul>")[0].count("<li>")
    assert page.status_code == 200 and codes == 10
    assert (await other.json(f"{root}/me")).status_code == 401, "all other sessions end"
    assert (await browser.json(f"{root}/me")).status_code == 200
    refused = await (await sign_in(name)).get_json()
    assert refused["code"] == "second-factor" and "code" in refused["errors"]
    assert (await sign_in(name, code=app.code())).status_code == 200


async def test_a_wrong_code_turns_nothing_on_and_the_page_keeps_the_key(browse, cast, sign_in):
    browser = await browse(cast, "client")
    app = await started(browser, "")
    answer = await browser.post("/security/second-factor", {"code": "000000"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "This code is not right" in page
    assert " ".join(app.secret[at : at + 4] for at in range(0, 32, 4)) in page
    assert (await sign_in("client")).status_code == 200


async def test_the_page_draws_the_key_and_says_it_in_text(browse, cast):
    browser = await browse(cast, "client")
    await started(browser, "")
    page = await (await browser.get("/security/second-factor")).get_data(as_text=True)
    assert 'src="data:image/svg+xml' in page and 'alt="QR code' in page and "otpauth://totp/" in page


async def test_a_code_works_once(cast, sign_in):
    app = await app_of(cast, "client")
    code = app.code()
    assert (await sign_in("client", code=code)).status_code == 200
    again = await sign_in("client", code=code)
    assert again.status_code == 422 and (await again.get_json())["code"] == "second-factor"
    assert (await sign_in("client", code=app.code(steps=-1))).status_code == 422, "nor does an older one"
    assert (await sign_in("client", code=app.code(steps=1))).status_code == 200, "one step of drift is allowed"


@pytest.mark.parametrize("steps", [-2, 2, 40])
async def test_a_clock_that_is_more_than_one_step_off_is_refused(cast, sign_in, mid_step, later, steps):
    app = await app_of(cast, "client")
    later(minutes=5)
    assert (await sign_in("client", code=app.code(steps=steps))).status_code == 422
    assert (await sign_in("client", code=app.code(steps=-1))).status_code == 200


async def test_of_two_that_come_with_one_code_at_once_one_gets_in(cast, sign_in):
    app = await app_of(cast, "client")
    code = app.code()
    answers = await asyncio.gather(*(sign_in("client", code=code) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 422, 422]


async def test_the_wrong_password_says_nothing_of_the_second_factor(cast, sign_in):
    app = await app_of(cast, "client")
    refused = await (await sign_in("client", "not this one", code=app.code())).get_json()
    assert refused["code"] == "wrong-password" and "code" not in refused["errors"]


async def test_a_page_asks_for_the_code_without_the_password_once_more(browse, cast, people):
    app = await app_of(cast, "client")
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", {**people.pair("client"), "next": "/messages"})).get_data(as_text=True)
    assert browser.cookie is None and "One more step" in page and PASSWORD not in page
    ticket = pressed(page, "ticket")
    wrong = await browser.post("/sign-in", {"ticket": ticket, "code": "000000", "next": "/messages"})
    again = await wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "One more step" in again and "Five tries left" in again
    assert pressed(again, "ticket") == ticket, "a wrong code uses no ticket up"
    done = await browser.post("/sign-in", {"ticket": ticket, "code": app.code(), "next": "/messages"})
    assert (done.status_code, done.headers["Location"]) == (303, "/messages") and browser.cookie
    used = await (await browse(cast)).send("/sign-in", {"ticket": ticket, "code": app.code(steps=1)})
    assert (await used.get_json())["code"] == "ticket-expired"


async def test_the_ticket_of_the_code_opens_nothing_by_itself(browse, cast, people):
    await app_of(cast, "client")
    browser = await browse(cast)
    ticket = pressed(await (await browser.post("/sign-in", people.pair("client"))).get_data(as_text=True), "ticket")
    for body in ({"ticket": ticket}, {"ticket": ticket, "side": "portal"}, {"ticket": ticket, "code": ""}):
        assert (await browser.send("/sign-in", body)).status_code == 422
    assert (await browser.send(f"/reset/{ticket}", {"password": "a brand new one"})).status_code == 409
    assert (await browser.send(f"/sign-in/link/{ticket}")).status_code == 409
    assert browser.cookie is None


async def test_guessing_codes_is_stopped(cast, sign_in, people):
    app = await app_of(cast, "client")
    answers = [(await sign_in("client", code="000000")).status_code for _ in range(7)]
    assert answers == [422] * 6 + [429]
    assert (await sign_in("client", code=app.code())).status_code == 429
    lines = await people.rows("SELECT kind, times FROM security_line WHERE kind = 'wrong-code'")
    assert [(one["kind"], one["times"]) for one in lines] == [("wrong-code", 6)]


async def test_a_new_password_by_link_still_asks_for_the_code(browse, cast, sign_in):
    from models.accounts import tickets

    app = await app_of(cast, "client")
    token = await cast.inside(lambda: tickets.issue(cast.logins["client"], tickets.PASSWORD))
    browser = await browse(cast)
    page = await (await browser.post(f"/reset/{token}", {"password": "four words in a row"})).get_data(as_text=True)
    assert browser.cookie is None and "One more step" in page
    assert (await browser.post("/sign-in", {"ticket": pressed(page, "ticket"), "code": app.code()})).status_code == 303
    assert (await sign_in("client", "four words in a row", code=app.code(steps=1))).status_code == 200


async def test_a_program_that_sets_a_password_by_link_gets_a_ticket(browse, cast):
    from models.accounts import tickets

    app = await app_of(cast, "client")
    token = await cast.inside(lambda: tickets.issue(cast.logins["client"], tickets.PASSWORD))
    browser = await browse(cast)
    told = await (await browser.send(f"/reset/{token}", {"password": "four words in a row"})).get_json()
    assert told["next"] == "second-factor" and browser.cookie is None
    assert (await browser.send("/sign-in", {"ticket": told["ticket"], "code": app.code()})).status_code == 200


async def test_turned_off_the_password_alone_signs_in(browse, cast, sign_in):
    await app_of(cast, "client")
    assert (await sign_in("client")).status_code == 422
    browser = await browse(cast, "client")
    assert (await browser.post("/security/second-factor/off")).headers["Location"] == "/security?done=off"
    assert (await sign_in("client")).status_code == 200


async def test_it_is_not_set_up_a_second_time_over_the_first(browse, cast):
    await app_of(cast, "client")
    browser = await browse(cast, "client")
    refused = await browser.send("/security/second-factor/start")
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "already-on"
    assert (await browser.send("/security/second-factor", {"code": "000000"})).status_code == 409


async def test_a_set_up_that_waited_too_long_starts_again(browse, cast, later, people):
    browser = await browse(cast, "client")
    app = await started(browser, "")
    later(minutes=31)
    ahead = "now() + interval '31 minutes'"
    await people.run(f"UPDATE session SET active_at = {ahead}, proved_at = {ahead}")
    refused = await browser.send("/security/second-factor", {"code": app.code()})
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "not-started"


async def test_the_secret_stands_nowhere_in_clear(cast, people):
    app = await app_of(cast, "client")
    row = await people.row("SELECT secret, login_id FROM totp")
    assert app.secret.encode() not in bytes(row["secret"])
    assert decrypted("second-factor", bytes(row["secret"]), of=row["login_id"]) == app.secret
    assert decrypted("second-factor", bytes(row["secret"]), of=cast.logins["teen"]) is None, "nor beside another login"
    for table in ("event", "event_data", "security_line", "request_key"):
        texts = await people.rows(f"SELECT t::text AS text FROM {table} t")
        assert not [one for one in texts if app.secret in one["text"] or any(code in one["text"] for code in app.codes)]


async def test_nothing_of_it_comes_with_any_json_but_its_own(browse, cast):
    app = await app_of(cast, "client")
    browser = await browse(cast, "client")
    for path in ("/security", "/me", "/sessions", "/preferences"):
        text = await (await browser.json(path)).get_data(as_text=True)
        assert app.secret not in text and not any(code in text for code in app.codes)
    assert (await browser.json("/security/second-factor")).status_code == 200
    assert app.secret not in await (await browser.json("/security/second-factor")).get_data(as_text=True)


async def test_changes_are_heard_by_the_login_alone(cast, people):
    await app_of(cast, "client")
    told = [one for one in await people.events() if one["type"] == "login.second_factor_changed"]
    assert told and all(one["rooms"] == [["login", str(cast.logins["client"])]] for one in told)


async def test_a_login_of_two_sides_is_asked_for_the_code_first(browse, cast, people):
    from models.clients.tables import PortalAccess
    from models.core.clock import now

    async def grant() -> None:
        await PortalAccess.create(client_id=cast.clients["child"], contact_id=cast.contacts["coparent"],
                                  login_id=cast.logins["practitioner"], invited_at=now(), accepted_at=now())

    await cast.inside(grant)
    app = await app_of(cast, "practitioner")
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", people.pair("practitioner"))).get_data(as_text=True)
    assert "One more step" in page
    step = {"ticket": pressed(page, "ticket"), "code": app.code(), "remember": "on"}
    sides = await (await browser.post("/sign-in", step)).get_data(as_text=True)
    assert "Where to?" in sides and browser.cookie is None
    side = {"ticket": pressed(sides, "ticket"), "side": "portal", "remember": pressed(sides, "remember")}
    assert (await browser.post("/sign-in", side)).status_code == 303 and browser.cookie
    kept = await people.row("SELECT strong FROM session WHERE side = 'portal' AND ended_at IS NULL")
    assert kept["strong"] is True


async def test_the_app_of_another_login_is_worth_nothing(cast, sign_in):
    await app_of(cast, "client")
    other = await app_of(cast, "teen")
    assert (await sign_in("client", code=other.code())).status_code == 422
    assert (await sign_in("client", code=other.codes[0])).status_code == 422
    assert (await sign_in("teen", code=other.code())).status_code == 200


ODD: list[Any] = ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "000 000", "-12345", "x" * 128]


@pytest.mark.parametrize("typed", ODD)
async def test_odd_codes_are_refused_in_words(cast, sign_in, typed):
    await app_of(cast, "client")
    refused = await sign_in("client", code=typed)
    assert refused.status_code == 422 and (await refused.get_json())["errors"]["code"]


async def test_a_code_may_be_typed_with_its_gap(cast):
    app = await app_of(cast, "client")
    code = app.code()
    assert await cast.inside(lambda: second_factor.takes(cast.logins["client"], f" {code[:3]} {code[3:]} "))
