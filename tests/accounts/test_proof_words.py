"""With what a session began and was last proved, in the words that a signature's certificate says."""

from __future__ import annotations

from models.accounts import links, signing, tickets
from models.accounts.known_devices import Browser
from server.worlds import PASSWORD
from tests.support.factors import app_of

NEWEST = "SELECT began_by, proved_by FROM session ORDER BY created_at DESC, id DESC LIMIT 1"


async def _words(people) -> tuple[str, str]:
    row = await people.row(NEWEST)
    return row["began_by"], row["proved_by"]


async def test_a_password(sign_in, people):
    await sign_in("client")
    assert await _words(people) == ("a password", "a password")


async def test_a_password_and_a_code(cast, sign_in, people):
    app = await app_of(cast, "client")
    await sign_in("client", code=app.code())
    assert (await _words(people))[0] == "a password and a one-time code"


async def test_in_two_steps_as_in_one(cast, people):
    app = await app_of(cast, "client")
    ticket = await cast.inside(lambda: tickets.issue(cast.people.logins["client"], tickets.SECOND_STEP))
    await cast.inside(lambda: signing.sign_in_with_ticket(ticket, code=app.code()))
    assert (await _words(people))[0] == "a password and a one-time code"


async def test_a_browser_that_is_remembered_claims_no_code(cast, people):
    app, pair = await app_of(cast, "client"), people.pair("client")

    def sign_in(browser: Browser, code: str = ""):
        return cast.inside(lambda: signing.sign_in(
            pair["email"], pair["password"], address="203.0.113.9", code=code, browser=browser,
        ))

    first = await sign_in(Browser(remember=True), app.code())
    await sign_in(Browser(first.device_tokens))
    assert (await _words(people))[0] == "a password in a browser that is remembered"


async def test_a_link_by_e_mail(cast, people):
    token = await cast.inside(lambda: tickets.issue(cast.people.logins["client"], tickets.SIGN_IN))
    await cast.inside(lambda: links.sign_in_by_link(token, address="203.0.113.9", device="", browser=Browser()))
    assert (await _words(people))[0] == "a link by e-mail"


async def test_a_proof_before_a_sensitive_page_says_its_own(browse, cast, people):
    ana = await browse(cast, "client")
    assert (await ana.send("/step-up", {"password": PASSWORD})).status_code == 200
    row = await people.row("SELECT began_by, proved_by FROM session WHERE id = $1", ana.session_id)
    assert (row["began_by"], row["proved_by"]) == ("", "a password")
