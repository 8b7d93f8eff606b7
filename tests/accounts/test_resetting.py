"""Forgot Password: links that work once, and who is signed out by them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from models.accounts import passwords, resetting, tickets
from models.accounts.reach import by_email
from models.accounts.sessions import begin, sessions_still_hold, sign_in
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Refusal
from server.worlds import PASSWORD

NEW = "four words in a row"


@pytest.fixture
def link_for(cast: Any) -> Any:
    """The secret of the link as the mail of that person gets it."""

    async def issue(name: str) -> str:
        token = await cast.inside(lambda: resetting.issue_reset_token(cast.logins[name]))
        assert token
        return str(token)

    return issue


async def test_asking_records_what_the_mail_is_enqueued_by(browse, cast, people):
    answer = await (await browse(cast)).send("/forgot-password", {"email": people.email("client").upper()})
    assert answer.status_code == 200
    (event,) = await people.events("login.reset_asked")
    assert event["subject_id"] == cast.logins["client"] and event["rooms"] is None
    assert await cast.inside(lambda: resetting.purpose_of(event["subject_id"])) == "password"


async def test_known_and_unknown_addresses_get_the_same_sentence_and_the_same_work(browse, cast, people, statements):
    browser, answers, work = await browse(cast), [], []
    await browser.get("/forgot-password")
    for name in ("client", "nobody"):
        statements.clear()
        answer = await browser.post("/forgot-password", {"email": people.email(name)})
        answers.append((answer.status_code, await answer.get_data(as_text=True)))
        work.append(statements[:])
    assert answers[0] == answers[1] and answers[0][0] == 200
    assert work[0] == work[1]
    asked = [one["subject_id"] for one in await people.events("login.reset_asked")]
    assert len(asked) == 2 and asked[0] == cast.logins["client"]
    assert await cast.inside(lambda: resetting.purpose_of(asked[1])) is None
    assert await cast.inside(lambda: resetting.issue_reset_token(asked[1])) is None


async def test_no_secret_is_kept_and_none_is_in_an_event(cast, people, link_for):
    token = await link_for("client")
    kept = await people.rows("SELECT hash FROM login_token")
    assert [len(row["hash"]) for row in kept] == [32] and token.encode() not in bytes(kept[0]["hash"])
    assert token not in str(await people.events())


async def test_opening_the_link_changes_nothing_so_a_mail_scanner_leaves_it_working(browse, cast, people, link_for):
    browser, token = await browse(cast), await link_for("client")
    for method in ("HEAD", "OPTIONS", "GET", "GET"):
        headers = {"Host": browser.host, "User-Agent": "scanner"}
        page = await browser.client.open(f"/reset/{token}", method=method, headers=headers)
        assert page.status_code == 200
    assert f"/reset/{token}" in await page.get_data(as_text=True)
    row = await people.row("SELECT used_at FROM login_token")
    assert row["used_at"] is None
    assert (await browser.send(f"/reset/{token}", {"password": NEW})).status_code == 200


async def test_the_link_sets_the_password_ends_every_session_and_signs_in(browse, cast, people, link_for):
    elsewhere, browser = await browse(cast, "client"), await browse(cast)
    assert (await elsewhere.json("/me")).status_code == 200
    answer = await browser.send(f"/reset/{await link_for('client')}", {"password": NEW})
    assert answer.status_code == 200 and (await browser.json("/me")).status_code == 200
    assert (await elsewhere.json("/me")).status_code == 401
    assert await sessions_still_hold([elsewhere.session_id]) == set()
    assert (await browser.send("/sign-in", people.pair("client"))).status_code == 422
    assert (await browser.send("/sign-in", people.pair("client", NEW))).status_code == 200
    told = await people.events()
    ended, changed = (
        next(one for one in told if one["type"] == kind) for kind in ("session.ended", "login.password_changed")
    )
    assert (ended["subject_id"], ended["data"]) == (elsewhere.session_id, {"reason": "password"})
    assert ended["rights"] == changed["rights"] == [cast.logins["client"]]


async def test_a_link_works_once(browse, cast, people, link_for):
    token = await link_for("client")
    assert (await (await browse(cast)).send(f"/reset/{token}", {"password": NEW})).status_code == 200
    again = await (await browse(cast)).send(f"/reset/{token}", {"password": "another four words"})
    assert again.status_code == 409 and (await again.get_json())["code"] == "link-expired"
    assert (await (await browse(cast)).send("/sign-in", people.pair("client", NEW))).status_code == 200
    page = await (await browse(cast)).get(f"/reset/{token}")
    assert page.status_code == 410 and f"/reset/{token}/again" in await page.get_data(as_text=True)


async def test_of_two_at_once_one_gets_it(cast, link_for):
    token = await link_for("client")

    async def use(password: str) -> bool:
        try:
            await cast.inside(lambda: resetting.set_by_link(token, password, address="203.0.113.5"))
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(use("first four words"), use("second four words"))) == [False, True]


async def test_choosing_a_password_uses_up_the_other_links_too(browse, cast, link_for):
    first, second = await link_for("client"), await link_for("client")
    assert (await (await browse(cast)).send(f"/reset/{second}", {"password": NEW})).status_code == 200
    assert (await (await browse(cast)).send(f"/reset/{first}", {"password": NEW})).status_code == 409


async def test_nobody_stays_in_by_the_former_password_that_was_typed_at_that_moment(cast, people, link_for):
    for turn in range(4):
        token = await link_for("client")

        async def enter() -> None:
            with suppress(Refusal):
                await cast.inside(lambda: sign_in(people.email("client"), PASSWORD, address="203.0.113.5"))

        reset = cast.inside(lambda token=token: resetting.set_by_link(token, NEW, address="203.0.113.5"))
        await asyncio.gather(*([enter(), reset] if turn % 2 else [reset, enter()]))
        held = await people.rows(
            "SELECT id FROM session WHERE login_id = $1 AND ended_at IS NULL", cast.logins["client"]
        )
        assert len(held) == 1
        kept = await passwords.hash_password(PASSWORD)
        await people.run("UPDATE login SET password_hash = $2 WHERE id = $1", cast.logins["client"], kept)


async def test_a_password_that_changed_between_check_and_session_begins_none(cast, people):
    reach = await cast.inside(lambda: by_email(people.email("client")))
    assert await cast.inside(lambda: begin(reach, None))
    await people.run("UPDATE login SET password_at = $2 WHERE id = $1", cast.logins["client"], now())
    with pytest.raises(Conflict):
        await cast.inside(lambda: begin(reach, None))


async def test_an_unfit_password_leaves_the_link_working(browse, cast, people, link_for):
    browser, token = await browse(cast), await link_for("client")
    for unfit in ("short", "1234567890", people.email("client"), "x" * 300, "aaaaaaaaaaaa"):
        answer = await browser.post(f"/reset/{token}", {"password": unfit})
        assert answer.status_code == 422, unfit
        assert f'action="/reset/{token}"' in await answer.get_data(as_text=True)
    assert (await browser.send(f"/reset/{token}", {"password": NEW})).status_code == 200


async def test_a_link_of_another_practice_is_unknown_here(browse, cast, neighbours, link_for):
    token, stranger = await link_for("client"), await browse(neighbours)
    page = await stranger.get(f"/reset/{token}")
    assert page.status_code == 410 and "/reset/" not in await page.get_data(as_text=True)
    assert (await stranger.send(f"/reset/{token}", {"password": NEW})).status_code == 409
    assert (await (await browse(cast)).send(f"/reset/{token}", {"password": NEW})).status_code == 200


async def test_one_address_at_two_practices_is_two_logins_and_nothing_of_the_one_reaches_the_other(
    browse, cast, neighbours, people, link_for
):
    theirs = await browse(neighbours, "client")
    take = "UPDATE login SET email = $2 WHERE id = $1"
    await neighbours.inside(lambda: execute(take, neighbours.logins["client"], people.email("client")))
    assert (await (await browse(cast)).send(f"/reset/{await link_for('client')}", {"password": NEW})).status_code == 200
    assert (await theirs.json("/me")).status_code == 200
    for where, opens, shut in ((cast, NEW, PASSWORD), (neighbours, PASSWORD, NEW)):
        assert (await (await browse(where)).send("/sign-in", people.pair("client", shut))).status_code == 422
        entered = await browse(where)
        assert (await entered.send("/sign-in", people.pair("client", opens))).status_code == 200
        me = await (await entered.json("/me")).get_json()
        assert [one["id"] for one in me["clients"]] == [str(where.clients["client"])]


async def test_an_expired_link_offers_a_new_one_to_the_same_address(browse, cast, people, link_for, later):
    browser, token = await browse(cast), await link_for("client")
    later(minutes=59)
    assert (await browser.get(f"/reset/{token}")).status_code == 200
    later(minutes=2)
    page = await browser.get(f"/reset/{token}")
    shown = await page.get_data(as_text=True)
    assert page.status_code == 410 and f"/reset/{token}/again" in shown and people.email("client") not in shown
    assert (await browser.send(f"/reset/{token}", {"password": NEW})).status_code == 409
    assert (await browser.post(f"/reset/{token}/again")).status_code == 200
    assert [one["subject_id"] for one in await people.events("login.reset_asked")] == [cast.logins["client"]]


async def test_a_made_up_link_that_asks_again_looks_the_same(browse, cast, people, link_for):
    browser = await browse(cast)
    known = await browser.post(f"/reset/{await link_for('client')}/again")
    made_up = await browser.post("/reset/made-up/again")
    assert await known.get_data(as_text=True) == await made_up.get_data(as_text=True)
    assert len(await people.events("login.reset_asked")) == 2


@pytest.fixture
async def invited(cast: Any, people: Any) -> None:
    """The client was invited and never came: no password, nothing accepted."""
    await people.run("UPDATE login SET password_hash = NULL WHERE id = $1", cast.logins["client"])
    await people.run("UPDATE portal_access SET accepted_at = NULL WHERE login_id = $1", cast.logins["client"])


async def test_who_was_invited_and_forgets_gets_no_link_for_a_password_but_the_invitation(cast, people, invited):
    """The invitation itself, sent again, is tested where it lives: tests/clients/portal/test_accepting.py."""
    login = cast.logins["client"]
    assert await cast.inside(lambda: resetting.purpose_of(login)) == "invitation"
    assert await cast.inside(lambda: resetting.issue_reset_token(login)) is None


async def test_a_withdrawn_invitation_and_a_deactivated_login_get_no_mail(cast, people, invited):
    await people.run("UPDATE portal_access SET revoked_at = $2 WHERE login_id = $1", cast.logins["client"], now())
    await people.run("UPDATE login SET deactivated_at = $2 WHERE id = $1", cast.logins["biller"], now())
    for name in ("client", "biller"):
        assert await cast.inside(lambda name=name: resetting.issue_reset_token(cast.logins[name])) is None


async def test_a_forgotten_password_accepts_no_invitation_by_the_way(browse, cast, people, link_for):
    await people.run("UPDATE portal_access SET accepted_at = NULL WHERE id = $1", cast.accesses[("parent", "child")])
    browser = await browse(cast)
    assert (await browser.send(f"/reset/{await link_for('parent')}", {"password": NEW})).status_code == 200
    assert len((await (await browser.json("/me")).get_json())["clients"]) == 1


async def test_asking_is_limited_by_address_and_by_account(browse, cast, people):
    browser = await browse(cast)
    ask = lambda name: browser.send("/forgot-password", {"email": people.email(name)})  # noqa: E731
    assert [(await ask("client")).status_code for _ in range(6)] == [200] * 5 + [429]
    assert [(await ask("nobody")).status_code for _ in range(6)] == [200] * 5 + [429]
    codes = [(await ask(f"other{number}")).status_code for number in range(12)]
    assert codes[0] == 200 and codes[-1] == 429


async def test_a_ticket_is_only_good_for_what_it_was_made_for(cast):
    login = cast.logins["client"]
    ticket = await cast.inside(lambda: tickets.issue(login, tickets.CHOOSE_SIDE))
    assert await cast.inside(lambda: tickets.redeem(ticket, *resetting.LINKS)) is None
    assert await cast.inside(lambda: tickets.redeem(ticket, tickets.CHOOSE_SIDE)) == login
    assert await cast.inside(lambda: tickets.redeem(ticket, tickets.CHOOSE_SIDE)) is None


async def test_a_refused_change_keeps_nothing(cast, people, link_for):
    token = await link_for("client")
    await people.run("UPDATE portal_access SET revoked_at = $2 WHERE login_id = $1", cast.logins["client"], now())
    before = await people.row("SELECT password_hash FROM login WHERE id = $1", cast.logins["client"])
    with pytest.raises(Refusal):
        await cast.inside(lambda: resetting.set_by_link(token, NEW, address="203.0.113.5"))
    assert await people.row("SELECT password_hash FROM login WHERE id = $1", cast.logins["client"]) == before
    assert await people.events() == []
