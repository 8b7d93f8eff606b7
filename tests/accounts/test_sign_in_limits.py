"""How often signing in may be tried: by person, by address, by account; honest tries do not count."""

from __future__ import annotations

import pytest

from models.accounts import passwords
from models.core.settings import Settings
from server import requests
from server.worlds import PASSWORD

ELSEWHERE = {"client": ("198.51.100.9", 40000)}
WRONG = "not the password"


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
