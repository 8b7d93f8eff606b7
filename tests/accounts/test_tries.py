"""Nobody can keep the owner of a login out: a known device, the e-mailed link and a passkey have tries of their own."""

from __future__ import annotations

from typing import Any

import pytest

from models.accounts import links, passwords, tickets
from models.accounts.tries import BY_ACCOUNT, FROM_HERE, take_all
from models.core import limits
from models.core.errors import TooMany
from server.worlds import PASSWORD
from tests.support.factors import app_of

WRONG = "not the password"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted here is tries, not what each costs."""
    monkeypatch.setattr(passwords, "_matches_now", lambda kept, typed: kept is not None and typed == PASSWORD)


@pytest.fixture
async def exhausted(browse: Any, cast: Any, sign_in: Any, quick: None) -> Any:
    """The owner has signed in on a device before; then an attacker used up every try there is, also from the owner's
    own address."""
    device = await browse(cast)
    assert (await sign_in("client", browser=device)).status_code == 200
    await device.send("/sign-out")
    for number in range(31):
        await sign_in("client", WRONG, base={"client": (f"192.0.2.{number}", 1)})
    for _ in range(61):
        await sign_in("client", WRONG)
    assert (await sign_in("client")).status_code == 429
    assert (await sign_in("client", base={"client": ("198.51.100.77", 1)})).status_code == 429
    return device


async def test_the_owner_on_a_known_device_signs_in_at_once(exhausted, sign_in):
    assert (await sign_in("client", browser=exhausted)).status_code == 200


async def test_the_owner_on_an_unknown_device_signs_in_by_the_link(exhausted, browse, cast, people):
    browser = await browse(cast)
    assert (await browser.send("/sign-in/link", {"email": people.email("client")})).status_code == 200
    token = await cast.inside(lambda: links.issue(cast.logins["client"]))
    assert (await browser.send(f"/sign-in/link/{token}")).status_code == 200


async def test_who_guesses_codes_keeps_the_owner_from_no_known_device(browse, cast, sign_in):
    """The attacker has the password already; the owner's device asks for the code, too, and has tries of its own."""
    app, device = await app_of(cast, "client"), await browse(cast)
    assert (await sign_in("client", browser=device, code=app.code())).status_code == 200
    await device.send("/sign-out")
    guesses = [(await sign_in("client", code="000000")).status_code for _ in range(7)]
    assert guesses == [422] * 6 + [429]
    assert (await sign_in("client", browser=device)).status_code == 422, "the premise: the code is asked there"
    assert (await sign_in("client", browser=device, code=app.code(steps=1))).status_code == 200


async def test_a_device_of_somebody_else_is_an_unknown_one(exhausted, browse, cast, sign_in):
    theirs = await browse(cast)
    assert (await sign_in("teen", browser=theirs, base={"client": ("198.51.100.3", 1)})).status_code == 200
    assert (await sign_in("client", browser=theirs)).status_code == 429


async def test_a_known_device_has_tries_too_and_not_for_ever(exhausted, sign_in):
    answers = [(await sign_in("client", WRONG, browser=exhausted)).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


async def test_a_made_up_token_is_no_known_device(exhausted, browse, cast, sign_in):
    browser = await browse(cast)
    browser.others["portico_device"] = ".".join("x" * 43 for _ in range(9))
    assert (await sign_in("client", browser=browser)).status_code == 429


async def test_an_unknown_address_runs_out_in_the_same_way(exhausted, sign_in):
    for number in range(31):
        last = await sign_in("nobody", WRONG, base={"client": (f"198.51.100.{number}", 1)})
    assert last.status_code == 429


async def test_whoever_spends_the_links_leaves_one_that_works_in_the_mailbox(cast, browse, people):
    attacker, owner = await browse(cast), await browse(cast)
    asked = [(await attacker.send("/sign-in/link", {"email": people.email("client")})).status_code for _ in range(4)]
    assert asked == [200, 200, 200, 429]
    refused = await owner.send("/sign-in/link", {"email": people.email("client")})
    assert "Look into your e-mail" in (await refused.get_json())["detail"]
    assert links.ASKS_BY_ACCOUNT.seconds <= tickets.LASTS[tickets.SIGN_IN].total_seconds()
    mailed = await cast.inside(lambda: links.issue(cast.logins["client"]))
    assert (await owner.send(f"/sign-in/link/{mailed}")).status_code == 200


@pytest.mark.parametrize("growing", [FROM_HERE, BY_ACCOUNT])
async def test_the_pause_grows(cast, growing, monkeypatch):
    """Quarter after quarter of an hour of wrong tries ends in hours, then in a day."""
    clock = [1000.0]
    monkeypatch.setattr(limits, "monotonic", lambda: clock[0])
    monkeypatch.setattr(limits, "_redis", None)
    waits: list[float] = []
    for _ in range(12):
        try:
            while True:
                await take_all(growing, cast.practice_id, "growing")
        except TooMany as many:
            waits.append(many.retry_after or 0)
            clock[0] += waits[-1] + 1
    assert waits[0] <= 900 < 3600 < max(waits) and max(waits) > 7200
