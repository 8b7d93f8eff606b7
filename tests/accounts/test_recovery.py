"""Recovery codes: ten, shown once, each used once, also by two at once."""

from __future__ import annotations

import asyncio

from models.accounts import recovery, second_factor
from tests.support.factors import app_of
from tests.support.meeting import meet


async def _left(people) -> int:
    return (await people.row("SELECT count(*) AS n FROM recovery_code WHERE used_at IS NULL"))["n"]


async def test_each_of_ten_signs_in_once_in_place_of_the_code(cast, sign_in, people):
    app = await app_of(cast, "client")
    assert len(set(app.codes)) == 10 and await _left(people) == 10
    assert (await sign_in("client", code=app.codes[0])).status_code == 200
    assert (await sign_in("client", code=app.codes[0])).status_code == 422
    assert (await sign_in("client", code=app.codes[1].lower().replace("-", " "))).status_code == 200
    assert await _left(people) == 8


async def test_of_two_that_use_one_at_once_one_gets_in(cast, sign_in, people):
    app = await app_of(cast, "client")
    answers = await asyncio.gather(*(sign_in("client", code=app.codes[0]) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [200, 422]
    assert await _left(people) == 9


async def test_new_ones_put_the_former_out_of_use(browse, cast, sign_in, people):
    app = await app_of(cast, "client")
    browser = await browse(cast, "client")
    fresh = (await (await browser.send("/security/second-factor/codes")).get_json())["recovery_codes"]
    assert len(fresh) == 10 and not set(fresh) & set(app.codes)
    assert (await sign_in("client", code=app.codes[0])).status_code == 422
    assert (await sign_in("client", code=fresh[0])).status_code == 200


async def test_without_a_second_factor_there_are_none(browse, cast):
    refused = await (await browse(cast, "client")).send("/security/second-factor/codes")
    assert refused.status_code == 409


async def test_the_table_keeps_hashes_alone(cast, people):
    app = await app_of(cast, "client")
    kept = await people.rows("SELECT t::text AS text, hash FROM recovery_code t")
    bare = [code.replace("-", "") for code in app.codes]
    assert not [one for one in kept if any(code in one["text"] or code.encode() in bytes(one["hash"]) for code in bare)]


async def test_the_page_offers_them_as_a_file_and_says_how_many_are_left(browse, cast, sign_in):
    app = await app_of(cast, "client")
    browser = await browse(cast, "client")
    page = await (await browser.post("/security/second-factor/codes")).get_data(as_text=True)
    assert 'download="recovery-codes.txt"' in page and "data:text/plain" in page
    for code in app.codes[:1]:
        await sign_in("client", code=code)
    page = await (await browser.get("/security")).get_data(as_text=True)
    assert "10 of 10 recovery codes left" in page


async def test_that_one_was_used_stands_in_the_log(cast, sign_in, browse):
    app = await app_of(cast, "client")
    await sign_in("client", code=app.codes[0])
    log = (await (await (await browse(cast, "client")).json("/security")).get_json())["log"]
    assert "A recovery code was used" in [one["words"] for one in log]


async def test_of_two_windows_that_renew_them_at_once_the_codes_of_one_work(cast):
    login, owner = cast.logins["owner"], await cast.actor("owner")
    await app_of(cast, "owner")
    renew = lambda: cast.inside(lambda: second_factor.renew_codes(owner))  # noqa: E731
    shown = await meet(cast.practice_id, renew, renew)
    assert await cast.inside(lambda: recovery.left(login)) == 10
    working = [await cast.inside(lambda one=one: recovery.use(login, one[0])) for one in shown]
    assert sorted(working) == [False, True]
