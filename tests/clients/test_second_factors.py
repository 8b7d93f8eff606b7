"""A lost second factor: administrators reset a member's, staff a client's, after they made sure who is asking."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients.tables import PortalAccess
from models.core.clock import now
from server.worlds import PASSWORD
from tests.support.authenticator import added, shown
from tests.support.factors import app_of

HOW = {"how": "Called back at the number on record."}


def _member(cast: Any, name: str = "practitioner") -> str:
    return f"/staff/team/{cast.staff[name]}/second-factor/reset"


def _reader(cast: Any, name: str = "client", client: str = "client") -> str:
    return f"/staff/clients/{cast.clients[client]}/portal/{cast.accesses[(name, client)]}/second-factor/reset"


async def _signs_in(browse: Any, cast: Any, name: str) -> int:
    pair = {"email": f"{name}@{cast.subdomain}.test", "password": PASSWORD}
    return int((await (await browse(cast)).send("/sign-in", pair)).status_code)


async def test_an_administrator_resets_a_members_and_the_person_is_told(browse, cast):
    await app_of(cast, "practitioner")
    signed_in = await browse(cast, "practitioner")
    key = await added(signed_in, "/staff")
    assert await _signs_in(browse, cast, "practitioner") == 422
    owner = await browse(cast, "owner")
    assert "Maya Okafor" in await (await owner.get(_member(cast))).get_data(as_text=True)
    assert (await owner.post(_member(cast), HOW)).status_code == 303
    assert await _signs_in(browse, cast, "practitioner") == 200
    assert (await signed_in.json("/staff/me")).status_code == 401, "all sessions end"
    assert (await shown(await browse(cast), key)).status_code == 422, "passkeys go with it"
    assert "has no second factor" in await (await owner.get(_member(cast))).get_data(as_text=True)


async def test_the_event_says_who_and_the_words_stay_in_their_row(browse, cast):
    from models.core.database import fetch_all, fetch_one

    await app_of(cast, "practitioner")
    await (await browse(cast, "owner")).send(_member(cast), HOW)
    sql = "SELECT login_id, subject_id, e::text AS text FROM event e WHERE type = 'login.second_factor_reset'"
    (event,) = await cast.inside(lambda: fetch_all(sql))
    assert (event["login_id"], event["subject_id"]) == (cast.logins["owner"], cast.logins["practitioner"])
    assert HOW["how"] not in event["text"]
    kept = await cast.inside(lambda: fetch_one("SELECT how, by_login_id, login_id FROM factor_reset"))
    assert (kept["how"], kept["by_login_id"]) == (HOW["how"], cast.logins["owner"])
    told = "SELECT kind, login_id FROM outgoing_mail WHERE kind <> 'security-changed'"
    mails = await cast.inside(lambda: fetch_all(told))
    assert [(one["kind"], one["login_id"]) for one in mails] == [("second-factor-reset", cast.logins["practitioner"])]


async def test_how_it_was_made_sure_is_asked(browse, cast):
    await app_of(cast, "practitioner")
    owner = await browse(cast, "owner")
    for how in ("", "   "):
        refused = await owner.post(_member(cast), {"how": how})
        assert refused.status_code == 422 and "How did you make sure" in await refused.get_data(as_text=True)
    assert await _signs_in(browse, cast, "practitioner") == 422


@pytest.mark.parametrize("name", ["practitioner", "supervisor", "frontdesk", "biller", "client"])
async def test_nobody_else_resets_a_members(browse, cast, name):
    await app_of(cast, "biller")
    assert (await (await browse(cast, name)).send(_member(cast, "biller"), HOW)).status_code == 403
    assert (await (await browse(cast, "owner")).send(_member(cast, "biller"), HOW)).status_code == 200


async def test_nor_does_another_practice(browse, cast, neighbours):
    await app_of(cast, "practitioner")
    await app_of(cast, "client")
    stranger = await browse(neighbours, "owner")
    assert (await stranger.send(_member(cast), HOW)).status_code == 404
    assert (await stranger.send(_reader(cast), HOW)).status_code == 404
    assert await _signs_in(browse, cast, "practitioner") == 422


async def test_ones_own_is_not_reset_but_turned_off(browse, cast):
    refused = await (await browse(cast, "owner")).send(_member(cast, "owner"), HOW)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "own-factor"


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "owner", "supervisor"])
async def test_staff_who_manage_the_client_reset_the_clients(browse, cast, name):
    await app_of(cast, "client")
    browser = await browse(cast, name)
    assert "Ana Beltrán" in await (await browser.get(_reader(cast))).get_data(as_text=True)
    assert (await browser.post(_reader(cast), HOW)).status_code == 303
    assert await _signs_in(browse, cast, "client") == 200


async def test_and_a_contacts(browse, cast):
    await app_of(cast, "parent")
    browser = await browse(cast, "practitioner")
    path = _reader(cast, "parent", "teen")
    assert "Karen Marsh" in await (await browser.get(path)).get_data(as_text=True)
    assert (await browser.send(path, HOW)).status_code == 200


async def test_who_may_only_look_at_the_record_does_not(browse, cast):
    await app_of(cast, "client")
    assert (await (await browse(cast, "biller")).send(_reader(cast), HOW)).status_code == 403
    assert await _signs_in(browse, cast, "client") == 422


async def test_an_access_of_another_client_is_none_of_this_one(browse, cast):
    path = f"/staff/clients/{cast.clients['client']}/portal/{cast.accesses[('teen', 'teen')]}/second-factor/reset"
    assert (await (await browse(cast, "owner")).send(path, HOW)).status_code == 404


async def test_staff_do_not_reach_an_administrator_through_a_portal_access(browse, cast):
    async def grant() -> None:
        access = await PortalAccess.create(
            client_id=cast.clients["child"], contact_id=cast.contacts["coparent"], login_id=cast.logins["owner"],
            invited_at=now(), accepted_at=now(),
        )
        cast.accesses[("owner", "child")] = access.id

    await cast.inside(grant)
    await app_of(cast, "owner")
    refused = await (await browse(cast, "frontdesk")).send(_reader(cast, "owner", "child"), HOW)
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "staff-login"


async def test_it_asks_who_is_there_first(browse, cast):
    from models.core.database import execute

    browser = await browse(cast, "owner")
    await cast.inside(lambda: execute("UPDATE session SET proved_at = now() - interval '11 minutes'"))
    refused = await browser.send(_member(cast), HOW)
    assert (await refused.get_json())["code"] == "step-up"
