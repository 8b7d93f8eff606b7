"""A login that opens both sides: asked which, without the password a second time."""

from __future__ import annotations

from typing import Any

import pytest

from models.clients.tables import PortalAccess
from models.core.clock import now


@pytest.fixture
async def both_sides(cast: Any) -> Any:
    """The practitioner is also a client's contact: one login, two sides."""

    async def grant() -> None:
        await PortalAccess.create(
            client_id=cast.clients["child"],
            contact_id=cast.contacts["coparent"],
            login_id=cast.logins["practitioner"],
            invited_at=now(),
            accepted_at=now(),
        )

    await cast.inside(grant)


async def test_a_login_with_two_sides_is_asked_which(sign_in, both_sides):
    asked = await sign_in("practitioner")
    assert asked.status_code == 409 and (await asked.get_json())["code"] == "choose-side"
    assert (await (await sign_in("practitioner", side="portal")).get_json())["side"] == "portal"
    assert (await (await sign_in("practitioner", side="desk")).get_json())["side"] == "desk"


async def test_a_page_asks_for_the_side_without_the_password_once(browse, cast, people, both_sides):
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", people.pair("practitioner"))).get_data(as_text=True)
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    assert browser.cookie is None
    answer = await browser.post("/sign-in", {"ticket": ticket, "side": "portal"})
    assert answer.status_code == 303 and browser.cookie
    again = await (await browse(cast)).send("/sign-in", {"ticket": ticket, "side": "desk"})
    assert (await again.get_json())["code"] == "ticket-expired"


async def test_a_ticket_for_the_side_is_no_link_for_a_password(browse, cast, people, both_sides):
    browser = await browse(cast)
    page = await (await browser.post("/sign-in", people.pair("practitioner"))).get_data(as_text=True)
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    assert (await browser.send(f"/reset/{ticket}", {"password": "a brand new one"})).status_code == 409


async def test_a_side_that_the_login_does_not_open_is_refused(sign_in):
    assert (await sign_in("client")).status_code == 200
    refused = await sign_in("client", side="desk")
    assert refused.status_code == 403 and (await refused.get_json())["code"] == "other-side"
