"""Start Setup's second page: grant your client access to the portal, or skip it."""

from __future__ import annotations

import re

from models.clients.sections import SECTIONS
from models.core.database import fetch_one


async def set_up(cast, client):
    row = await cast.inside(lambda: fetch_one("SELECT set_up_at FROM client WHERE id = $1", client))
    return row["set_up_at"] is not None


async def test_the_wizard_asks_if_you_would_like_to_give_your_client_access_to_the_portal(portal, browse, cast):
    rosa = await portal.newcomer()
    at = f"/staff/clients/{rosa}/setup/portal"
    browser = await browse(cast, "practitioner")
    page = await (await browser.get(at)).get_data(as_text=True)
    for words in ("Features to enable", "Information to collect", "Message to Rosa", "Send invitation", "Skip"):
        assert words in page
    assert not await set_up(cast, rosa)
    form = {"features": "messaging", "asks": "preferences:required", "message": "Hello"}
    answer = await browser.post(at, form)
    assert answer.headers["Location"] == f"/staff/clients/{rosa}/portal"
    assert await set_up(cast, rosa) and len(await portal.leave()) == 1
    (row,) = await portal.rows("SELECT asks, message FROM invitation")
    assert (row["asks"], row["message"]) == ({"preferences": "required"}, "Hello")


async def test_skipping_finishes_the_setup_and_sends_nothing(portal, browse, cast):
    rosa = await portal.newcomer()
    answer = await (await browse(cast, "practitioner")).post(f"/staff/clients/{rosa}/setup/portal/skip")
    assert answer.headers["Location"] == f"/staff/clients/{rosa}"
    assert await set_up(cast, rosa) and await portal.leave() == []
    assert (await portal.card(rosa)).state == "off"


async def test_a_missing_address_is_typed_right_there_and_a_wrong_one_loses_nothing(portal, browse, cast):
    rosa = await portal.newcomer(email="")
    at = f"/staff/clients/{rosa}/setup/portal"
    browser = await browse(cast, "practitioner")
    refused = await browser.post(at, {"email": "rosa at home", "message": "Hello Rosa"})
    page = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and "This is not an e-mail address" in page and "Hello Rosa" in page
    assert not await set_up(cast, rosa)
    await browser.post(at, {"email": portal.address("rosa")})
    assert await set_up(cast, rosa) and [mail["To"] for mail in await portal.leave()] == [portal.address("rosa")]


def asked(page: str) -> dict[str, str]:
    """What stands in the list of information to collect."""
    lists = re.findall(r'<select class="push ask-wish" name="asks">(.*?)</select>', page, re.DOTALL)
    found = {}
    for one in lists:
        (key,) = set(re.findall(r'value="(\w+):', one))
        found[key] = (re.findall(r'value="(?:\w+:(\w+))?" selected', one) or ["none chosen"])[0]
    return found


async def test_each_information_is_required_optional_or_not_asked_as_the_practice_usually_does(portal, browse, cast):
    rosa = await portal.newcomer(email="")
    usual = {"names": "required", "insurance": "optional"}
    given = {"asks": [f"{key}:{wish}" for key, wish in usual.items()], "reminders": True}
    assert (await (await browse(cast, "owner")).send("/staff/settings/invitations", given)).status_code == 200
    at, browser = f"/staff/clients/{rosa}/setup/portal", await browse(cast, "practitioner")
    shown = asked(await (await browser.get(at)).get_data(as_text=True))
    assert set(shown) == {*SECTIONS, "preferences"}, "every information that a record holds"
    assert {key: wish for key, wish in shown.items() if wish} == usual
    changed = {"email": "rosa at home", "message": "", "features": "", "asks": ["names:optional", "referral:required"]}
    refused = await browser.post(at, changed)
    page = await refused.get_data(as_text=True)
    assert {key: wish for key, wish in asked(page).items() if wish} == {"names": "optional", "referral": "required"}
    assert 'name="features" value="messaging" checked' not in page, "what was chosen stands there again"
    await browser.post(at, {**changed, "email": portal.address("rosa")})
    (row,) = await portal.rows("SELECT asks FROM invitation")
    assert row["asks"] == {"names": "optional", "referral": "required"}


async def test_who_may_not_change_the_record_gets_neither(portal, browse, cast):
    rosa = await portal.newcomer()
    biller = await browse(cast, "biller")
    assert (await biller.get(f"/staff/clients/{rosa}/setup/portal")).status_code == 403
    assert (await biller.send(f"/staff/clients/{rosa}/setup/portal/skip")).status_code == 403
    assert not await set_up(cast, rosa)


async def test_inviting_an_existing_client_to_the_portal_goes_by_the_portal_tab(portal, browse, cast):
    rosa = await portal.newcomer()
    at = f"/staff/clients/{rosa}/portal"
    browser = await browse(cast, "frontdesk")
    page = await (await browser.get(at)).get_data(as_text=True)
    assert f'action="{at}/{rosa}/invitation"' in page
    await browser.post(f"{at}/{rosa}/invitation", {"features": "messaging"})
    assert len(await portal.leave()) == 1
