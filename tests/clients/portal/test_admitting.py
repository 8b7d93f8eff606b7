"""Portal access taken away and given back, and the card of each person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.accounts.practices import today_here
from models.clients import admitting, inviting
from models.clients.inviting import Wishes
from models.core.errors import Conflict


async def test_you_may_revoke_access_and_the_person_is_out_while_everything_stays(portal, browse, cast):
    client = cast.clients["client"]
    browser = await browse(cast, "client")
    assert (await browser.json("/me")).status_code == 200
    await portal.act(admitting.revoke, client)
    refused = await browser.json("/me")
    assert refused.status_code == 401 and "access to this portal has ended" in (await refused.get_json())["detail"]
    open_ones = "SELECT 1 FROM session WHERE login_id = $1 AND side = 'portal' AND ended_at IS NULL"
    assert await portal.rows(open_ones, cast.logins["client"]) == []
    (event,) = await portal.events("access.revoked")
    assert event["rights"] == [cast.logins["client"]]
    assert (await portal.card(client)).state == "revoked"


async def test_restore_gives_back_what_was_and_asks_for_no_new_invitation(portal, browse, cast):
    client = cast.clients["client"]
    await portal.act(admitting.revoke, client)
    await portal.act(admitting.restore, client)
    assert (await portal.card(client)).state == "accepted"
    assert await portal.leave() == []
    assert (await (await browse(cast, "client")).json("/me")).status_code == 200
    assert len(await portal.rows("SELECT 1 FROM portal_access WHERE client_id = $1", client)) == 1


async def test_a_session_that_was_ended_by_revoking_does_not_come_back_with_access(portal, browse, cast):
    browser = await browse(cast, "client")
    for verb in (admitting.revoke, admitting.restore):
        await portal.act(verb, cast.clients["client"])
    assert (await browser.json("/me")).status_code == 401


async def test_a_login_with_other_accesses_keeps_those(portal, browse, cast):
    browser = await browse(cast, "parent")
    await portal.act(admitting.revoke, cast.clients["teen"], cast.contacts["parent"])
    names = [one["name"] for one in (await (await browser.json("/me")).get_json())["clients"]]
    assert names == ["Nora Marsh"]
    assert (await browser.json(f"/for/{cast.clients['teen']}/home")).status_code == 404


async def test_revoking_leaves_a_desk_of_the_same_login_alone(portal, browse, cast):
    await portal.run("UPDATE portal_access SET login_id = $1 WHERE client_id = $2", cast.logins["biller"],
                     cast.clients["client"])
    desk = await browse(cast, "biller")
    await portal.act(admitting.revoke, cast.clients["client"])
    assert (await desk.json("/staff/me")).status_code == 200


async def test_you_may_toggle_access_for_both_the_minor_and_any_contacts(portal, cast):
    """The child has none yet; its mother has. Each card is of one person and moves alone."""
    child, parent = cast.clients["child"], cast.contacts["parent"]
    assert ((await portal.card(child)).state, (await portal.card(child, parent)).state) == ("off", "accepted")
    await portal.act(admitting.turn_on, child)
    await portal.act(admitting.revoke, child, parent)
    assert ((await portal.card(child)).state, (await portal.card(child, parent)).state) == ("uninvited", "revoked")
    assert (await portal.card(cast.clients["teen"], parent)).state == "accepted"


async def test_what_was_sent_is_revoked_and_not_switched_off(portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    with pytest.raises(Conflict):
        await portal.act(admitting.turn_off, rosa)


async def test_restoring_an_invitation_that_was_never_accepted_sends_nothing(portal):
    rosa = await portal.newcomer()
    await portal.invite(rosa)
    await portal.act(admitting.revoke, rosa)
    await portal.act(admitting.restore, rosa)
    assert (await portal.card(rosa)).state == "uninvited" and await portal.leave() == []


async def test_an_address_that_went_to_another_client_meanwhile_is_not_restored(portal):
    rosa, other = await portal.newcomer(), await portal.newcomer("Otto Falk")
    await portal.invite(rosa)
    await portal.act(admitting.revoke, rosa)
    await portal.run("UPDATE client SET email = '' WHERE id = $1", rosa)
    await portal.run("UPDATE client SET email = $2 WHERE id = $1", other, portal.address("rosa"))
    await portal.act(inviting.send, other, None, Wishes([], [], {}))
    with pytest.raises(Conflict) as taken:
        await portal.act(admitting.restore, rosa)
    assert taken.value.code == "address-taken"


async def test_revoking_twice_is_once(portal, cast):
    for _ in range(2):
        await portal.act(admitting.revoke, cast.clients["client"])
    assert len(await portal.events("access.revoked")) == 1


@pytest.mark.parametrize("door", ["on", "off", "invitation", "redeliver", "link", "revoke", "restore"])
async def test_a_biller_sees_the_tab_and_changes_nothing_on_it(portal, browse, cast, door):
    at = f"/staff/clients/{cast.clients['client']}/portal"
    biller = await browse(cast, "biller")
    page = await (await biller.get(at)).get_data(as_text=True)
    assert "Who can sign in" in page and "Revoke access" not in page and "data-access" not in page
    answer = await biller.send(f"{at}/{cast.clients['client']}/{door}")
    assert answer.status_code == 403 and (await answer.get_json())["code"] == "not-managed"


async def test_a_person_of_another_client_has_no_card_here(browse, cast, neighbours):
    owner = await browse(cast, "owner")
    for person in (cast.clients["teen"], cast.contacts["parent"], neighbours.clients["client"]):
        at = f"/staff/clients/{cast.clients['client']}/portal/{person}"
        assert (await owner.send(f"{at}/revoke")).status_code == 404


async def test_of_a_discharged_client_the_tab_says_how_long_they_read(portal, browse, cast):
    client, ends = cast.clients["client"], "UPDATE client SET status = $2, read_only_until = $3 WHERE id = $1"
    assert (await portal.card(client)).state == "accepted"
    today = await cast.inside(today_here)
    await portal.run(ends, client, "discharged", today + timedelta(days=9))
    assert ((await portal.card(client)).state, (await portal.card(client)).on) == ("reading", True)
    maya = await browse(cast, "practitioner")
    words = await (await maya.get(f"/staff/clients/{client}/portal")).get_data(as_text=True)
    assert "Reads only until" in words
    await portal.run(ends, client, "discharged", today - timedelta(days=1))
    assert (await portal.card(client)).state == "closed"
    await portal.run(ends, client, "active", None)
    assert (await portal.card(client)).state == "accepted"


async def test_what_was_switched_on_and_off_before_anybody_was_invited_leaves_no_trace_in_the_list(portal):
    client, said = await portal.newcomer(), "SELECT portal FROM client WHERE id = $1"
    for verb, word in ((admitting.turn_on, "on"), (admitting.turn_off, "none"), (admitting.turn_on, "on")):
        await portal.act(verb, client)
        assert [row["portal"] for row in await portal.rows(said, client)] == [word]
    await portal.invite(client)
    await portal.act(admitting.revoke, client)
    assert [row["portal"] for row in await portal.rows(said, client)] == ["revoked"]
