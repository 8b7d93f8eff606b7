"""Passkeys: made, used without an e-mail address, worth two factors, and nothing to whoever forges one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.accounts.practices import forget_practices
from models.core.database import execute
from tests.support.authenticator import Authenticator, added, b64, shown
from tests.support.factors import app_of, pressed


@pytest.fixture
async def phone(browse: Any, cast: Any) -> Authenticator:
    """The client's passkey."""
    return await added(await browse(cast, "client"))


@pytest.mark.parametrize(("name", "root", "me"), [("client", "", "/me"), ("practitioner", "/staff", "/staff/me")])
async def test_a_passkey_signs_in_without_an_address_or_a_password(browse, cast, name, root, me):
    device = await added(await browse(cast, name), root)
    browser = await browse(cast)
    answer = await shown(browser, device)
    assert answer.status_code == 200 and (await answer.get_json())["login"] == str(cast.logins[name])
    assert (await browser.json(me)).status_code == 200


async def test_it_counts_as_both_factors(browse, cast, phone, sign_in):
    await app_of(cast, "client")
    assert (await sign_in("client")).status_code == 422
    browser = await browse(cast)
    assert (await shown(browser, phone)).status_code == 200
    assert (await browser.json("/me")).status_code == 200


async def test_one_that_makes_sure_of_nobody_is_neither_kept_nor_taken(browse, cast, phone):
    """A key left in a desk answers whoever touches it: it opens nothing."""
    browser = await browse(cast, "practitioner")
    asked = await (await browser.send("/staff/security/passkeys/options")).get_json()
    assert asked["options"]["authenticatorSelection"]["userVerification"] == "required"
    found = Authenticator(browser.host, verifies=False)
    body = {"challenge": asked["challenge"], "credential": found.makes(asked["options"])}
    refused = await browser.send("/staff/security/passkeys", body)
    assert refused.status_code == 422 and "finger, face or PIN" in (await refused.get_json())["detail"]
    mine = await added(browser, "/staff")
    await browser.send("/staff/lock")
    mine.verifies = phone.verifies = False
    assert (await shown(browser, mine, "/staff/unlock/passkey")).status_code == 422
    assert (await browser.json("/staff/me")).status_code == 423
    for device in (mine, phone):
        stranger = await browse(cast)
        assert (await shown(stranger, device)).status_code == 422 and stranger.cookie is None
    mine.verifies = True
    assert (await shown(browser, mine, "/staff/unlock/passkey")).status_code == 200


async def test_the_options_name_the_host_and_want_a_key_that_is_found_by_itself(browse, cast):
    browser = await browse(cast, "client")
    options = (await (await browser.send("/security/passkeys/options")).get_json())["options"]
    assert options["rp"]["id"] == f"{cast.subdomain}.localhost" and ":" not in options["rp"]["id"]
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    asked = (await (await (await browse(cast)).send("/sign-in/passkey/options")).get_json())["options"]
    assert asked.get("allowCredentials", []) == [], "whose passkeys there are is told to nobody"


FORGED: list[dict[str, Any]] = [
    {"origin": "https://evil.test"},
    {"origin": "http://harbor.localhost:8000"},
    {"rp_id": "evil.test"},
    {"challenge": b64(b"x" * 32)},
]


@pytest.mark.parametrize("forged", FORGED)
async def test_an_answer_for_elsewhere_opens_nothing(browse, cast, phone, forged):
    browser = await browse(cast)
    refused = await shown(browser, phone, **forged)
    assert refused.status_code == 422 and (await refused.get_json())["code"] == "passkey-not-taken"
    assert browser.cookie is None
    assert (await shown(browser, phone)).status_code == 200


async def test_an_answer_works_once_also_when_two_come_at_once(browse, cast, phone):
    first, second = await browse(cast), await browse(cast)
    asked = await (await first.send("/sign-in/passkey/options")).get_json()
    body = {"challenge": asked["challenge"], "credential": phone.signs(asked["options"])}
    answers = await asyncio.gather(first.send("/sign-in/passkey", body), second.send("/sign-in/passkey", body))
    assert sorted(one.status_code for one in answers) == [200, 422]
    assert (await first.send("/sign-in/passkey", body)).status_code == 422


async def test_a_copy_that_counts_behind_is_refused(browse, cast, phone):
    assert (await shown(await browse(cast), phone, count=7)).status_code == 200
    assert (await shown(await browse(cast), phone, count=7)).status_code == 422
    assert (await shown(await browse(cast), phone, count=8)).status_code == 200


async def test_a_challenge_lasts_five_minutes_and_is_for_one_thing(browse, cast, phone, later):
    browser = await browse(cast, "client")
    for_step_up = await (await browser.send("/step-up/passkey/options")).get_json()
    body = {"challenge": for_step_up["challenge"], "credential": phone.signs(for_step_up["options"])}
    assert (await (await browse(cast)).send("/sign-in/passkey", body)).status_code == 422
    asked = await (await (await browse(cast)).send("/sign-in/passkey/options")).get_json()
    later(minutes=6)
    body = {"challenge": asked["challenge"], "credential": phone.signs(asked["options"])}
    assert (await (await browse(cast)).send("/sign-in/passkey", body)).status_code == 422


async def test_a_passkey_opens_no_other_practice(browse, cast, phone, neighbours):
    browser = await browse(neighbours)
    assert (await shown(browser, phone, rp_id=f"{neighbours.subdomain}.localhost",
                        origin=f"http://{browser.host}")).status_code == 422


async def test_who_has_nothing_to_open_is_told_so(browse, cast, phone, people):
    await people.run("UPDATE portal_access SET revoked_at = now() WHERE login_id = $1", cast.logins["client"])
    refused = await shown(await browse(cast), phone)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "access-ended"


async def test_another_host_needs_another_one_and_both_pages_say_so(browse, cast, phone):
    before = await (await (await browse(cast)).get("/sign-in")).get_data(as_text=True)
    assert "This portal has a new address." not in before
    moved = "UPDATE practice SET former_subdomains = ARRAY[subdomain], subdomain = $2 WHERE id = $1"
    await execute(moved, cast.practice_id, f"{cast.subdomain}-new")
    forget_practices()
    browser, visitor = await browse(cast, "client"), await browse(cast)
    browser.host = visitor.host = f"{cast.subdomain}-new.localhost:8000"
    assert "This portal has a new address." in await (await visitor.get("/sign-in")).get_data(as_text=True)
    page = await (await browser.get("/security")).get_data(as_text=True)
    assert f"Made for {cast.subdomain}.localhost." in page and "add a new one" in page
    phone.host = visitor.host
    assert (await shown(visitor, phone)).status_code == 422
    fresh = await added(browser)
    assert (await shown(visitor, fresh)).status_code == 200


async def test_it_proves_who_is_there_before_a_sensitive_door(browse, cast, phone, people):
    browser = await browse(cast, "client")
    await people.run("UPDATE session SET proved_at = now() - interval '11 minutes'")
    page = await (await browser.get("/security/second-factor")).get_data(as_text=True)
    assert "<use-passkey" in page
    stranger = await added(await browse(cast, "teen"))
    assert (await shown(browser, stranger, "/step-up/passkey")).status_code == 422, "somebody else's proves nothing"
    assert (await browser.json("/security/second-factor")).status_code == 403
    assert (await shown(browser, phone, "/step-up/passkey")).status_code == 200
    assert (await browser.json("/security/second-factor")).status_code == 200


async def test_it_unlocks_a_locked_desk(browse, cast):
    browser, other = await browse(cast, "practitioner"), await browse(cast, "supervisor")
    mine, theirs = await added(browser, "/staff"), await added(other, "/staff")
    await browser.send("/staff/lock")
    assert "<use-passkey" in await (await browser.get("/staff/messages")).get_data(as_text=True)
    assert (await shown(browser, theirs, "/staff/unlock/passkey")).status_code == 422
    assert (await browser.json("/staff/me")).status_code == 423
    assert (await shown(browser, mine, "/staff/unlock/passkey")).status_code == 200
    assert (await browser.json("/staff/me")).status_code == 200


async def test_with_one_staff_meet_the_rule_of_their_practice(browse, cast, people):
    device = await added(await browse(cast, "practitioner"), "/staff")
    await people.run("UPDATE practice_profile SET second_factor_from = '2026-01-01'")
    browser = await browse(cast, "practitioner")
    assert (await browser.json("/staff/me")).status_code == 403
    assert (await shown(browser, device, "/staff/step-up/passkey")).status_code == 200
    assert (await browser.json("/staff/me")).status_code == 200
    fresh = await browse(cast)
    assert (await shown(fresh, device)).status_code == 200 and (await fresh.json("/staff/me")).status_code == 200


async def test_several_are_named_and_one_is_removed(browse, cast, phone):
    browser = await browse(cast, "client")
    other = await added(browser)
    keys = (await (await browser.json("/security")).get_json())["passkeys"]
    assert len(keys) == 2 and keys[0]["used_at"] is None
    assert (await browser.send(f"/security/passkeys/{keys[0]['id']}/name", {"name": "My phone"})).status_code == 200
    assert (await browser.send(f"/security/passkeys/{keys[1]['id']}/remove")).status_code == 200
    assert (await shown(await browse(cast), other)).status_code == 422
    assert (await shown(await browse(cast), phone)).status_code == 200
    (left,) = (await (await browser.json("/security")).get_json())["passkeys"]
    assert left["name"] == "My phone" and left["used_at"]


@pytest.mark.parametrize("other", ["teen", "neighbour"])
async def test_nobody_touches_the_passkey_of_another(browse, cast, neighbours, phone, people, other):
    key = (await people.row("SELECT id FROM passkey"))["id"]
    browser = await browse(neighbours, "client") if other == "neighbour" else await browse(cast, other)
    assert (await browser.send(f"/security/passkeys/{key}/remove")).status_code == 404
    assert (await browser.send(f"/security/passkeys/{key}/name", {"name": "Mine"})).status_code == 404
    assert (await shown(await browse(cast), phone)).status_code == 200


async def test_making_one_answers_its_own_challenge_of_its_own_person(browse, cast):
    browser, other = await browse(cast, "client"), await browse(cast, "teen")
    asked = await (await browser.send("/security/passkeys/options")).get_json()
    device = Authenticator(browser.host)
    body = {"challenge": asked["challenge"], "credential": device.makes(asked["options"])}
    assert (await other.send("/security/passkeys", body)).status_code == 422
    evil = device.makes(asked["options"], origin="https://evil.test")
    assert (await browser.send("/security/passkeys", {**body, "credential": evil})).status_code == 422
    asked = await (await browser.send("/security/passkeys/options")).get_json()
    body = {"challenge": asked["challenge"], "credential": device.makes(asked["options"])}
    assert (await browser.send("/security/passkeys", body)).status_code == 200
    assert (await browser.send("/security/passkeys", body)).status_code == 422, "and only once"


async def test_the_same_passkey_is_not_kept_twice(browse, cast, phone):
    browser = await browse(cast, "teen")
    asked = await (await browser.send("/security/passkeys/options")).get_json()
    body = {"challenge": asked["challenge"], "credential": phone.makes(asked["options"])}
    assert (await browser.send("/security/passkeys", body)).status_code == 409


ODD: list[Any] = [{}, {"rawId": 5}, {"rawId": "%%%"}, {"rawId": "é"}, {"response": "x"}, {"rawId": "a" * 5000},
                  {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}}]


@pytest.mark.parametrize("credential", ODD)
async def test_odd_answers_get_a_sentence(browse, cast, phone, credential):
    for path in ("/sign-in/passkey", "/security/passkeys"):
        browser = await browse(cast, "client")
        asked = await (await browser.send(f"{path}/options")).get_json()
        answer = await browser.send(path, {"challenge": asked["challenge"], "credential": credential})
        assert answer.status_code == 422 and (await answer.get_json())["detail"]


async def test_over_its_true_bytes_too(browse, cast, phone):
    """A true passkey's answer with one part spoilt."""
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        browser = await browse(cast)
        asked = await (await browser.send("/sign-in/passkey/options")).get_json()
        credential = phone.signs(asked["options"])
        credential["response"][part] = credential["response"][part][:-8] + "AAAAAAAA"
        answer = await browser.send("/sign-in/passkey", {"challenge": asked["challenge"], "credential": credential})
        assert answer.status_code == 422 and browser.cookie is None


async def test_a_login_of_two_sides_chooses_after_its_passkey(browse, cast):
    from models.clients.tables import PortalAccess
    from models.core.clock import now

    async def grant() -> None:
        await PortalAccess.create(client_id=cast.clients["child"], contact_id=cast.contacts["coparent"],
                                  login_id=cast.logins["practitioner"], invited_at=now(), accepted_at=now())

    await cast.inside(grant)
    device = await added(await browse(cast, "practitioner"), "/staff")
    browser = await browse(cast)
    told = await (await shown(browser, device)).get_json()
    assert told["next"] == "choose-side" and browser.cookie is None
    page = await (await browser.post("/sign-in", {"ticket": told["ticket"]})).get_data(as_text=True)
    assert "Where to?" in page
    answer = await browser.post("/sign-in", {"ticket": pressed(page, "ticket"), "side": "desk"})
    assert answer.status_code == 303 and (await browser.json("/staff/me")).status_code == 200


async def test_asking_is_limited_by_address(browse, cast, monkeypatch):
    from models.core.limits import Limit
    from server import passkeys

    monkeypatch.setattr(passkeys, "ASKS_BY_ADDRESS", Limit("passkey-few", most=2, seconds=900))
    browser = await browse(cast)
    answers = [(await browser.send("/sign-in/passkey/options")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
