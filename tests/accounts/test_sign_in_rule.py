"""A practice that requires a second factor of its staff: who has none is led to set it up, and does nothing else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pyotp
import pytest

from models.accounts import sign_in_rule
from models.accounts.practices import today_here
from models.core.errors import Invalid
from server.door import ANYONE, DOORS
from tests.support.authenticator import added, shown
from tests.support.factors import app_of, started

PAGE = "/staff/settings/security"


@pytest.fixture
async def required(cast: Any) -> None:
    await _require(cast)


async def _require(cast: Any, *, in_days: int = 0) -> None:
    owner = await cast.actor("owner")

    async def work() -> None:
        await sign_in_rule.set_rule(owner, await today_here() + timedelta(days=in_days))

    await cast.inside(work)


async def test_staff_without_one_can_do_nothing_but_set_it_up(browse, cast):
    browser = await browse(cast, "practitioner")
    assert (await browser.json("/staff/me")).status_code == 200
    await _require(cast)
    refused = await browser.json("/staff/me")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "second-factor-required"
    led = await browser.get("/staff/messages")
    assert (led.status_code, led.headers["Location"]) == (303, "/staff/security/second-factor")
    page = await (await browser.get("/staff/security/second-factor")).get_data(as_text=True)
    assert "requires a second factor of its staff" in page and "rail" not in page.split("<main")[0].split("<body")[1]


async def test_every_door_of_staff_but_these_is_shut(browse, cast, required):
    browser = await browse(cast, "owner")
    shut = [door for door in DOORS if not door.while_unready and door.allow != ANYONE and door.practice]
    assert len(shut) > 60
    for door in shut:
        path = re.sub(r"<int:\w+>", "1", door.path)
        path = re.sub(r"<(uuid:)?\w+>", lambda found: str(cast.practice_id) if found[1] else "x", path)
        answer = await (browser.json if door.method == "GET" else browser.send)(path)
        assert (await answer.get_json())["code"] == "second-factor-required", (door.method, path)


async def test_set_up_it_opens_everything_for_that_session(browse, cast, required):
    browser = await browse(cast, "practitioner")
    app = await started(browser, "/staff")
    assert (await browser.post("/staff/security/second-factor", {"code": app.code()})).status_code == 200
    assert (await browser.json("/staff/me")).status_code == 200


async def test_signing_in_leads_there_and_with_the_code_to_work(browse, cast, required, sign_in, mid_step):
    browser = await browse(cast)
    assert (await sign_in("practitioner", browser=browser)).status_code == 200
    assert (await browser.json("/staff/me")).status_code == 403
    app = await started(browser, "/staff")
    await browser.send("/staff/security/second-factor", {"code": app.code(steps=-1)})
    other = await browse(cast)
    assert (await sign_in("practitioner", browser=other, code=app.code())).status_code == 200
    assert (await other.json("/staff/me")).status_code == 200


async def test_who_learned_a_password_makes_no_second_factor_beside_the_passkey(browse, cast, required):
    """Staff with a passkey alone: the password opens the set-up page, and there the passkey is asked for."""
    owner = await browse(cast, "practitioner")
    device = await added(owner, "/staff")
    thief = await browse(cast, "practitioner")
    for path, body in (("/security/second-factor/start", {}), ("/security/second-factor", {"code": "000000"}),
                       ("/security/passkeys/options", {}),
                       ("/security/passkeys", {"challenge": str(cast.practice_id), "credential": {}})):
        refused = await thief.send(f"/staff{path}", body)
        assert (await refused.get_json())["code"] == "use-your-passkey", path
    page = await (await thief.get("/staff/security/second-factor")).get_data(as_text=True)
    assert "Use your passkey" in page and "Show the key" not in page and "<add-passkey" not in page
    assert (await thief.json("/staff/me")).status_code == 403
    assert (await shown(thief, device, "/staff/step-up/passkey")).status_code == 200
    assert (await thief.json("/staff/me")).status_code == 200
    await started(thief, "/staff")


async def test_a_passkey_of_a_former_address_stands_in_nobodys_way(browse, cast, required, people):
    await added(await browse(cast, "practitioner"), "/staff")
    await people.run("UPDATE passkey SET rp_id = 'former.localhost'")
    await started(await browse(cast, "practitioner"), "/staff")


async def test_clients_are_not_asked(browse, cast, required):
    assert (await (await browse(cast, "client")).json("/me")).status_code == 200


async def test_until_its_day_staff_work_as_before(browse, cast):
    await _require(cast, in_days=14)
    browser = await browse(cast, "practitioner")
    assert (await browser.json("/staff/me")).status_code == 200


async def test_it_is_not_turned_off_while_it_is_required(browse, cast, required, sign_in):
    staff = await browse(cast)
    assert (await sign_in("practitioner", browser=staff)).status_code == 200
    key = await started(staff, "/staff")
    assert (await staff.send("/staff/security/second-factor", {"code": key.code()})).status_code == 200
    refused = await staff.send("/staff/security/second-factor/off")
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "second-factor-required"
    assert "Turn off" not in await (await staff.get("/staff/security")).get_data(as_text=True)


async def test_its_open_pages_lose_their_rooms(cast, required):
    from models.accounts.sessions import SecondFactorRequired, actor_of_session

    session = await cast.session("practitioner")
    with pytest.raises(SecondFactorRequired):
        await cast.inside(lambda: actor_of_session(cast.practice_id, session))


async def test_an_administrator_sets_the_day_and_sees_who_has_none(browse, cast, people):
    await app_of(cast, "practitioner")
    browser = await browse(cast, "owner")
    shown = await (await browser.json(PAGE)).get_json()
    assert "Maya Okafor" not in shown["without"] and "Ruth Calloway" in shown["without"]
    assert (await browser.post(PAGE, {"required": "on", "from_day": "2199-01-01"})).status_code == 303
    (event,) = await people.events("practice.sign_in_rule_changed")
    assert set(event["rights"]) == {cast.logins[name] for name in
                                    ("owner", "practitioner", "supervisor", "frontdesk", "biller")}
    assert (await browser.post(PAGE, {"from_day": "2199-01-01"})).status_code == 303
    assert (await (await browser.json(PAGE)).get_json())["required_from"] is None


@pytest.mark.parametrize("form", [{"required": "on"}, {"required": "on", "from_day": "2001-01-01"},
                                  {"required": "on", "from_day": "soon"}])
async def test_a_day_that_is_none_or_over_is_refused(browse, cast, form):
    refused = await (await browse(cast, "owner")).post(PAGE, form)
    assert refused.status_code == 422 and "wrong" in await refused.get_data(as_text=True)


async def test_others_do_not_set_it(browse, cast):
    for name in ("practitioner", "frontdesk", "client"):
        assert (await (await browse(cast, name)).send(PAGE, {"required": False})).status_code == 403


async def test_on_its_day_open_pages_hear_of_it(cast, people):
    await _require(cast, in_days=1)
    await cast.inside(lambda: sign_in_rule.begins(cast.practice_id))
    assert len(await people.events("practice.sign_in_rule_changed")) == 1, "not before its day"
    await people.run("UPDATE practice_profile SET second_factor_from = second_factor_from - 1")
    await cast.inside(lambda: sign_in_rule.begins(cast.practice_id))
    assert len(await people.events("practice.sign_in_rule_changed")) == 2


async def test_a_day_that_stands_may_be_saved_again(cast, people):
    owner = await cast.actor("owner")
    await people.run("UPDATE practice_profile SET second_factor_from = '2026-01-01'")
    await cast.inside(lambda: sign_in_rule.set_rule(owner, date(2026, 1, 1)))
    with pytest.raises(Invalid):
        await cast.inside(lambda: sign_in_rule.set_rule(owner, date(2025, 1, 1)))


async def test_until_its_day_the_first_page_says_from_when(browse, cast):
    browser = await browse(cast, "practitioner")
    assert "you need a second factor" not in await (await browser.get("/staff/today")).get_data(as_text=True)
    await _require(cast, in_days=14)
    assert "you need a second factor" in await (await browser.get("/staff/today")).get_data(as_text=True)


async def test_a_session_that_began_without_it_while_it_was_turned_on_signs_in_once_more(browse, cast, required):
    await app_of_unready(cast)
    browser = await browse(cast, "practitioner")
    page = await browser.get("/staff/security/second-factor")
    assert page.status_code == 200 and "Sign in once more" in await page.get_data(as_text=True)


async def app_of_unready(cast):
    from models.accounts import second_factor
    from models.accounts.sessions import actor_of_session

    session = await cast.session("practitioner")

    async def turn_on() -> None:
        actor = await actor_of_session(cast.practice_id, session, while_unready=True)
        await second_factor.start(actor)
        pending = await second_factor.pending(actor)
        await second_factor.turn_on(actor, pyotp.TOTP(pending.secret).now())

    await cast.inside(turn_on)
