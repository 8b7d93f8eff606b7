"""The address of a sign-in changes behind a link to the new one; the old one is told; nobody learns of others."""

from __future__ import annotations

import asyncio

import pytest

from models.clients import addresses, contacts, email_asking
from models.clients.portal_tab import portal_tab
from models.core.errors import Missing
from server.worlds import PASSWORD


def _link(mails):
    text = next(one for one in mails if "Confirm your new" in one["Subject"]).get_body(("plain",)).get_content()
    return "/email/confirm/" + text.partition("/email/confirm/")[2].split()[0]


async def _asked(portal, browser, to, *, root=""):
    answer = await browser.send(f"{root}/email", {"email": to, "password": PASSWORD})
    assert answer.status_code == 200
    return await portal.leave()


async def _login(portal, name):
    (row,) = await portal.rows("SELECT email FROM login WHERE id = $1", portal.cast.logins[name])
    return row["email"]


async def test_a_link_goes_to_the_new_address_a_notice_to_the_old_and_nothing_changes_before_the_form(
    portal, browse, cast
):
    ana, new = await browse(cast, "client"), portal.address("ana.new")
    mails = await _asked(portal, ana, new.upper())
    assert [(one["To"], "Confirm" in one["Subject"]) for one in mails] == [
        (new, True), (portal.address("client"), False)
    ]
    assert new not in str(mails[1])
    link, scanner = _link(mails), await browse(cast)
    for _ in range(3):
        assert "Use this address" in await (await scanner.get(link)).get_data(as_text=True)
    assert await _login(portal, "client") == portal.address("client")
    page = await (await ana.get("/email")).get_data(as_text=True)
    assert f"{new} waits for confirmation" in page


async def test_behind_the_link_the_sign_in_and_the_record_have_it_and_the_other_sessions_end(portal, browse, cast):
    ana, elsewhere, phone = await browse(cast, "client"), await browse(cast, "client"), await browse(cast)
    new = portal.address("ana.new")
    link = _link(await _asked(portal, ana, new))
    assert "is changed" in await (await phone.post(link)).get_data(as_text=True)
    assert (await ana.json("/me")).status_code == 200 and (await elsewhere.json("/me")).status_code == 401
    for email, status in ((new, 200), (portal.address("client"), 422)):
        pair = {"email": email, "password": PASSWORD}
        assert (await (await browse(cast)).send("/sign-in", pair)).status_code == status
    (row,) = await portal.rows("SELECT email FROM client WHERE id = $1", cast.clients["client"])
    assert row["email"] == new
    (told,) = await portal.leave()
    assert told["To"] == portal.address("client") and "was changed" in told["Subject"]
    assert (await phone.post(link)).status_code == 409 and (await phone.get(link)).status_code == 410
    assert "was changed" in await (await ana.get("/security")).get_data(as_text=True)


async def test_a_contact_keeps_one_address_for_all_their_children(portal, browse, cast):
    parent, new = await browse(cast, "parent"), portal.address("parent.new")
    await (await browse(cast)).post(_link(await _asked(portal, parent, new)))
    rows = await portal.rows(
        "SELECT DISTINCT c.email FROM contact c JOIN portal_access a ON a.practice_id = c.practice_id"
        " AND a.contact_id = c.id WHERE a.login_id = $1", cast.logins["parent"],
    )
    assert [row["email"] for row in rows] == [new]
    assert len(await portal.events("access.email_changed")) == 2


async def test_staff_change_their_own_the_same_way(portal, browse, cast):
    maya, new = await browse(cast, "practitioner"), portal.address("maya.new")
    await (await browse(cast)).post(_link(await _asked(portal, maya, new, root="/staff")))
    assert await _login(portal, "practitioner") == new
    assert (await maya.json("/staff/me")).status_code == 200


async def test_the_password_is_asked_and_the_present_address_is_no_change(portal, browse, cast):
    ana = await browse(cast, "client")
    wrong = {"email": portal.address("ana.new"), "password": "guess"}
    refused = await ana.post("/email", wrong)
    page = await refused.get_data(as_text=True)
    assert refused.status_code == 422 and "This is not your password" in page and wrong["email"] in page
    for email in ("no address", portal.address("client")):
        answer = await ana.send("/email", {"email": email, "password": PASSWORD})
        assert (await answer.get_json())["errors"].keys() == {"email"}
    assert await portal.leave() == [] and await portal.events("login.email_asked") == []


async def test_an_address_of_somebody_else_is_answered_alike_and_never_mailed(portal, browse, cast):
    ana = await browse(cast, "client")
    free = await ana.send("/email", {"email": portal.address("nobody"), "password": PASSWORD})
    shown = await (await ana.json("/email")).get_json()
    await portal.leave()
    taken = await ana.send("/email", {"email": portal.address("coparent"), "password": PASSWORD})
    assert (taken.status_code, (await taken.get_json()).keys()) == (free.status_code, (await free.get_json()).keys())
    again = await (await ana.json("/email")).get_json()
    assert again["waiting"] == {**shown["waiting"], "email": portal.address("coparent")}
    assert [one["To"] for one in await portal.leave()] == [portal.address("client")]


async def test_an_address_that_somebody_gets_meanwhile_is_not_taken_from_them(portal, browse, cast):
    ana, new = await browse(cast, "client"), portal.address("both")
    link = _link(await _asked(portal, ana, new))
    await portal.run("UPDATE login SET email = $2 WHERE id = $1", cast.logins["teen"], new)
    assert (await (await browse(cast)).post(link)).status_code == 409
    assert await _login(portal, "client") == portal.address("client")


async def test_only_the_newest_link_works_for_an_hour_and_not_when_it_was_let_go(portal, browse, cast, later):
    ana, phone = await browse(cast, "client"), await browse(cast)
    first = _link(await _asked(portal, ana, portal.address("first")))
    second = _link(await _asked(portal, ana, portal.address("second")))
    assert (await phone.get(first)).status_code == 410 and (await phone.get(second)).status_code == 200
    await ana.post("/email/let-go")
    assert (await phone.post(second)).status_code == 409
    third = _link(await _asked(portal, ana, portal.address("third")))
    later(minutes=61)
    assert (await phone.post(third)).status_code == 409
    assert await _login(portal, "client") == portal.address("client")


async def test_two_presses_at_once_change_it_once(portal, browse, cast):
    link = _link(await _asked(portal, await browse(cast, "client"), portal.address("new")))
    presses = [(await browse(cast)).post(link) for _ in range(2)]
    assert sorted(one.status_code for one in await asyncio.gather(*presses)) == [200, 409]


async def test_a_link_of_another_practice_or_a_forged_one_is_nothing(portal, browse, cast, neighbours):
    link = _link(await _asked(portal, await browse(cast, "client"), portal.address("new")))
    for browser, path in (
        (await browse(neighbours), link), (await browse(cast), link[:-3] + "abc"),
        (await browse(cast), "/email/confirm/x"),
    ):
        assert (await browser.get(path)).status_code == 410 and (await browser.post(path)).status_code == 409
    assert (await (await browse(cast)).get(link)).status_code == 200


async def test_a_link_for_a_new_password_that_went_to_the_old_address_ends(portal, browse, cast):
    await (await browse(cast)).send("/forgot-password", {"email": portal.address("client")})
    await portal.run_jobs("mail.reset")
    (reset,) = await portal.leave()
    path = "/reset/" + reset.get_body(("plain",)).get_content().partition("/reset/")[2].split()[0]
    assert (await (await browse(cast)).get(path)).status_code == 200
    await (await browse(cast)).post(_link(await _asked(portal, await browse(cast, "client"), portal.address("new"))))
    assert (await (await browse(cast)).get(path)).status_code == 410


async def _corrected(portal, cast, new, name="client"):
    await portal.act(addresses.correct_address, cast.clients[name], None, new)
    return await portal.leave()


async def test_staffs_change_acts_on_the_contact_address_at_once_and_on_the_sign_in_after_the_person_confirms(
    portal, browse, cast
):
    ana, new = cast.clients["client"], portal.address("ana.new")
    mails = await _corrected(portal, cast, new)
    assert [one["To"] for one in mails] == [new, portal.address("client")]
    card = await portal.card(ana)
    assert (card.address, card.sign_in, card.waits) == (new, portal.address("client"), "waits")
    page = await (await browse(cast, "practitioner")).get(f"/staff/clients/{ana}/portal")
    assert f"{new} waits for confirmation" in await page.get_data(as_text=True)
    link, phone = _link(mails), await browse(cast)
    assert "Your password" in await (await phone.get(link)).get_data(as_text=True)
    for wrong in ("", "guess"):
        assert (await phone.post(link, {"password": wrong})).status_code == 422
    assert await _login(portal, "client") == portal.address("client")
    assert (await phone.post(link, {"password": PASSWORD})).status_code == 200
    card = await portal.card(ana)
    assert await _login(portal, "client") == new and (card.sign_in, card.waits) == ("", "")


async def test_the_details_tab_and_a_contacts_card_do_the_same(portal, browse, cast):
    maya, new = await browse(cast, "practitioner"), portal.address("ana.new")
    answer = await maya.send(f"/staff/clients/{cast.clients['client']}/details/contact", {"email": new})
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    assert (await portal.card(cast.clients["client"])).waits == "waits"
    actor, child = await cast.actor("practitioner"), cast.clients["child"]
    parent = next(
        one for one in await cast.inside(lambda: contacts.contacts_of(child))
        if one.email == portal.address("parent")
    )
    given = {"first_name": "Pat", "last_name": "Lee", "email": portal.address("pat"), "phone": "", "kind": "parent",
             "relation": "mother"}
    await cast.inside(lambda: contacts.update(actor, child, parent.id, given))
    assert (await portal.card(child, parent.id)).waits == "waits"
    assert await _login(portal, "parent") == portal.address("parent")


async def test_the_old_address_written_back_lets_the_change_go(portal, cast):
    new = portal.address("ana.new")
    await _corrected(portal, cast, new)
    await _corrected(portal, cast, portal.address("client"))
    card = await portal.card(cast.clients["client"])
    assert (card.sign_in, card.waits) == ("", "") and len(await portal.events("access.email_let_go")) == 1


async def test_a_persons_own_request_is_no_news_for_staff_but_replaces_theirs(portal, browse, cast):
    await _corrected(portal, cast, portal.address("ana.new"))
    ana = await browse(cast, "client")
    await _asked(portal, ana, portal.address("ana.own"))
    assert (await portal.card(cast.clients["client"])).waits == ""
    assert (await cast.inside(lambda: email_asking.waiting_of(cast.logins["client"]))).by_staff is False


async def test_who_does_not_see_the_client_sees_no_card(cast, neighbours):
    stranger = await neighbours.actor("owner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: portal_tab(stranger, cast.clients["client"]))
