"""Every page is reached by a link from where one would look for it, and only by whom it lets in."""

from __future__ import annotations

from typing import Any

from tests.support.factors import app_of

NAME = {"kind": "parent", "first_name": "Rosa", "last_name": "Marsh"}


async def read(browse: Any, cast: Any, who: str, path: str) -> str:
    return str(await (await (await browse(cast, who)).get(path)).get_data(as_text=True))


async def test_the_portal_tab_views_as_each_person_and_resets_a_second_factor_that_is_there(browse, cast):
    teen = f"/staff/clients/{cast.clients['teen']}"
    reset = f"{teen}/portal/{cast.accesses[('coparent', 'teen')]}/second-factor/reset"
    view = f"{teen}/view-as?access={cast.accesses[('coparent', 'teen')]}"
    page = await read(browse, cast, "owner", f"{teen}/portal")
    assert view in page and "View as David" in page and reset not in page
    await app_of(cast, "coparent")
    assert reset in await read(browse, cast, "owner", f"{teen}/portal")
    assert view not in await read(browse, cast, "frontdesk", f"{teen}/portal"), "who may not view as anybody"
    assert "second-factor" not in await read(browse, cast, "biller", f"{teen}/portal"), "who may only look"


async def test_view_as_has_the_person_chosen_from_whose_card_one_came(browse, cast):
    david = cast.accesses[("coparent", "teen")]
    page = await read(browse, cast, "owner", f"/staff/clients/{cast.clients['teen']}/view-as?access={david}")
    assert f'value="{david}" checked' in page


async def test_a_contact_added_on_the_portal_tab_leads_back_there(browse, cast):
    teen = f"/staff/clients/{cast.clients['teen']}"
    browser = await browse(cast, "practitioner")
    assert 'name="tab" value="portal"' in await read(browse, cast, "practitioner", f"{teen}/portal")
    answer = await browser.post(f"{teen}/contacts", {**NAME, "tab": "portal"})
    assert answer.headers["Location"] == f"{teen}/portal"
    answer = await browser.post(f"{teen}/contacts", {**NAME, "first_name": "Ines"})
    assert answer.headers["Location"] == f"{teen}/details#contacts"
    assert "Add a contact" not in await read(browse, cast, "biller", f"{teen}/portal")


async def test_who_finds_nobody_is_led_to_the_emergency_door_where_they_may_use_it(browse, cast):
    async def nobody(who: str) -> str:
        answer = await (await browse(cast, who)).post("/staff/clients", {"words": "zzzz"})
        return str(await answer.get_data(as_text=True))

    assert "/staff/emergency" in await nobody("practitioner")
    assert "Nobody was found" in await nobody("owner") and "/staff/emergency" not in await nobody("owner")
    assert "/staff/emergency" not in await nobody("biller")


async def test_the_page_of_a_member_leads_to_the_reset_of_a_second_factor(browse, cast):
    maya = cast.staff["practitioner"]
    reset = f"/staff/team/{maya}/second-factor/reset"
    assert "without a second factor" in await read(browse, cast, "owner", f"/staff/settings/team/{maya}")
    await app_of(cast, "practitioner")
    assert reset in await read(browse, cast, "owner", f"/staff/settings/team/{maya}")


async def test_the_head_of_a_minor_says_until_when_and_offers_to_write(browse, cast):
    teen = f"/staff/clients/{cast.clients['teen']}"
    page = await read(browse, cast, "owner", teen)
    assert "Minor until March 2, 2029" in page and f'href="{teen}/messages"' in page and "View as Leo" in page


async def test_a_contact_of_one_client_reads_for_whom_they_act(browse, cast):
    assert "You act for Leo" in await read(browse, cast, "coparent", "/home")
    assert "You act for" not in await read(browse, cast, "client", "/home")


async def test_all_pages_of_account_settings_have_one_title(browse, cast):
    from server.wiring import SETTINGS

    for _, _, path in SETTINGS:
        page = await read(browse, cast, "owner", path)
        # the guide's own name of it: Billing Settings > Billing
        title = "Billing Settings" if path.endswith("/billing") else "Account Settings"
        assert f"<h1>{title}</h1>" in page and page.count('aria-current="page"') >= 2, path
