"""A link by e-mail instead of the password: the same for known and unknown, used once, not by a scanner."""

from __future__ import annotations

import asyncio

import pytest

from models.accounts import links, tickets
from models.core.clock import now
from tests.support.factors import app_of, pressed


async def _link(cast, name="client"):
    return await cast.inside(lambda: links.issue(cast.logins[name]))


async def test_a_known_and_an_unknown_address_get_the_same_answer_and_take_the_same_work(
    browse, cast, people, statements
):
    browser = await browse(cast)
    await browser.send("/sign-in/link", {"email": people.email("nobody-yet")})
    answers, work = [], []
    for name in ("client", "nobody"):
        statements.clear()
        answers.append(await browser.send("/sign-in/link", {"email": people.email(name)}))
        work.append(statements[:])
    assert [one.status_code for one in answers] == [200, 200]
    assert await answers[0].get_json() == await answers[1].get_json()
    assert work[0] and work[0] == work[1]


async def test_the_page_behind_it_has_a_button_and_opening_it_uses_nothing_up(browse, cast):
    token, browser = await _link(cast), await browse(cast)
    for _ in range(3):
        page = await browser.get(f"/sign-in/link/{token}")
        assert page.status_code == 200 and f'action="/sign-in/link/{token}"' in await page.get_data(as_text=True)
    answer = await browser.post(f"/sign-in/link/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")
    assert (await browser.json("/me")).status_code == 200
    assert (await browser.get(f"/sign-in/link/{token}")).status_code == 410


async def test_of_two_presses_one_signs_in(browse, cast):
    token, first, second = await _link(cast), await browse(cast), await browse(cast)
    answers = await asyncio.gather(first.send(f"/sign-in/link/{token}"), second.send(f"/sign-in/link/{token}"))
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_it_works_for_fifteen_minutes(browse, cast, later):
    token, other, browser = await _link(cast), await _link(cast), await browse(cast)
    later(minutes=14)
    assert (await browser.send(f"/sign-in/link/{token}")).status_code == 200
    later(minutes=2)
    refused = await (await browse(cast)).send(f"/sign-in/link/{other}")
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "link-expired"


async def test_the_second_factor_is_still_asked(browse, cast):
    app, token, browser = await app_of(cast, "client"), await _link(cast), await browse(cast)
    page = await (await browser.post(f"/sign-in/link/{token}")).get_data(as_text=True)
    assert "One more step" in page and browser.cookie is None
    answer = await browser.post("/sign-in", {"ticket": pressed(page, "ticket"), "code": app.code()})
    assert answer.status_code == 303 and browser.cookie


async def test_a_program_sends_link_and_code_together(browse, cast):
    app, token, browser = await app_of(cast, "client"), await _link(cast), await browse(cast)
    refused = await browser.send(f"/sign-in/link/{token}")
    assert refused.status_code == 422 and (await refused.get_json())["code"] == "second-factor"
    assert (await browser.send(f"/sign-in/link/{token}", {"code": app.code()})).status_code == 200


@pytest.mark.parametrize("purpose", [tickets.PASSWORD, tickets.INVITATION, tickets.CHOOSE_SIDE, tickets.SECOND_STEP])
async def test_no_other_ticket_is_such_a_link_and_it_is_none_of_them(browse, cast, purpose):
    other = await cast.inside(lambda: tickets.issue(cast.logins["client"], purpose))
    token, browser = await _link(cast), await browse(cast)
    assert (await browser.send(f"/sign-in/link/{other}")).status_code == 409
    assert (await browser.send(f"/reset/{token}", {"password": "four words in a row"})).status_code == 409
    assert (await browser.send("/sign-in", {"ticket": token, "side": "portal"})).status_code == 409
    assert (await browser.send(f"/sign-in/link/{token}")).status_code == 200


async def test_a_link_of_another_practice_opens_nothing_here(browse, cast, neighbours):
    token = await _link(neighbours)
    assert (await (await browse(cast)).send(f"/sign-in/link/{token}")).status_code == 409


async def test_who_has_nothing_to_open_gets_none(cast, people):
    assert await _link(cast)
    await people.run("UPDATE portal_access SET revoked_at = $2 WHERE login_id = $1", cast.logins["client"], now())
    assert await _link(cast) is None
    await people.run("UPDATE login SET deactivated_at = $2 WHERE id = $1", cast.logins["biller"], now())
    assert await _link(cast, "biller") is None


async def test_a_new_password_ends_links_that_wait(browse, cast):
    token = await _link(cast)
    password = await cast.inside(lambda: tickets.issue(cast.logins["client"], tickets.PASSWORD))
    answer = await (await browse(cast)).send(f"/reset/{password}", {"password": "four words in a row"})
    assert answer.status_code == 200
    assert (await (await browse(cast)).send(f"/sign-in/link/{token}")).status_code == 409


async def test_the_sign_in_page_leads_to_it_and_it_asks_for_the_address(browse, cast):
    browser = await browse(cast)
    assert 'href="/sign-in/link"' in await (await browser.get("/sign-in")).get_data(as_text=True)
    empty = await browser.post("/sign-in/link", {"email": " "})
    assert empty.status_code == 422 and "Type the e-mail address" in await empty.get_data(as_text=True)
